#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/choices.hpp"
#include "server/base/task.hpp"
#include "server/flows/pay_bills.hpp"
#include "server/flows/visitors.hpp"

// A student chooses for himself: an optional item, a top-up, a project to sign up for.
namespace flows {

struct choice_request {
    std::string request_id;
    std::int64_t item_id = 0;
    base::fen amount;
    db::pay_channel channel = db::pay_channel::jsapi;
    std::string target;
    rules::answers answers;
};

// One of the two.
struct chosen {
    std::optional<payable> pay;
    std::optional<db::sign_up> signed_up;  // free: done
};

// Throws choice_not_found, choice_not_open, choice_full, choice_taken, bills_changed,
// amount_outside_limits, target_wrong, answers_wrong, held_by_order, request_id_reused,
// wechat_identity_needed, wechat_refused.
base::task<chosen> choose(parts& with, visitor who, choice_request wanted);

struct offer {
    rules::choice_item item;
    std::optional<db::sign_up> own;        // the live one
    std::optional<db::top_up> unfinished;  // of a living item
};

base::task<std::vector<offer>> offers_for(parts& with, visitor who, rules::fee_category category);

base::task<std::vector<db::sign_up>> sign_ups_for(parts& with, visitor who);
base::task<std::vector<db::top_up>> top_ups_for(parts& with, visitor who);

// What was filled in; only for who has signed in with a password of his own.
rules::answers answers_of(const parts& with, const visitor& who, const db::sign_up& one);

// May it be taken back now by the student himself?
bool is_cancellable(const db::sign_up& one, base::epoch_ms now);

// Unpaid: its order is given up. Free: done at once. Throws sign_up_not_found,
// sign_up_not_cancellable.
base::task<db::sign_up> cancel_sign_up(parts& with, visitor who, std::int64_t id);

}  // namespace flows
