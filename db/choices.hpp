#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/orders.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/rules/choice_rules.hpp"

// What a payer starts himself. Its bill is made by the unit that opens the order and lives with it;
// the same units that end an order end what hangs on it. All functions are parts of units of work.
namespace db {

// ---- Looking

std::vector<rules::choice_item> choice_items(connection& db, rules::fee_category category);

enum class sign_up_state { held, done, closed, cancelled, refunded };
std::string_view name_of(sign_up_state state);

// A project or an optional item that a student has taken.
struct sign_up {
    std::int64_t id = 0;
    std::int64_t item_id = 0;
    std::string item_name;
    rules::fee_category category = rules::fee_category::enrolment;
    std::string period;
    std::string order_no;  // "" when free
    sign_up_state state = sign_up_state::done;
    base::fen amount;  // of the order
    std::string answers_sealed;
    base::epoch_ms created_at = 0;
    std::optional<base::epoch_ms> ended_at;
    std::optional<base::epoch_ms> open_until;  // of the item
};

std::vector<sign_up> sign_ups_of(
    connection& db, std::int64_t person_id, int count
);  // newest first
std::vector<sign_up> live_sign_ups_of(connection& db, std::int64_t person_id);
std::optional<sign_up> find_sign_up(connection& db, std::int64_t id, std::int64_t person_id);

enum class top_up_state { open, paid, closed };
enum class top_up_delivery { none, on_its_way, delivered, held_up, returned };
std::string_view name_of(top_up_state state);
std::string_view name_of(top_up_delivery delivery);

struct top_up {
    std::string order_no;  // also the number that the other system knows it by
    std::int64_t item_id = 0;
    std::string item_name;
    std::string target_label;
    std::string target;
    base::fen amount;
    top_up_state state = top_up_state::open;
    base::epoch_ms created_at = 0;
    std::optional<base::epoch_ms> paid_at;
    top_up_delivery delivery = top_up_delivery::none;
    std::optional<base::epoch_ms> delivered_at;
};

std::vector<top_up> top_ups_of(connection& db, std::int64_t person_id, int count);  // newest first

std::vector<top_up> open_top_ups_of(connection& db, std::int64_t person_id);

// What the notice to the other system says, and whether it may leave.
struct top_up_notice {
    top_up what;
    base::fen refund_held;  // of its line: going back, or gone
    base::fen refunded;
};

std::optional<top_up_notice> find_top_up_notice(connection& db, std::string_view order_no);

// ---- Choosing

struct choice_draft {
    order_draft order;  // its bill_ids and total_seen are not used
    std::int64_t item_id = 0;
    rules::choice_wish wish;
    std::int64_t sign_up_id = 0;  // the sealed answers are bound to it
    std::string answers_sealed;   // "" for none
    bool top_ups_leave = false;   // the other system is known
};

enum class choose_kind {
    opened,             // an order
    signed_up,          // free: done at once
    same,               // this request id has opened that order before
    same_sign_up,       // ... or signed up
    request_id_reused,  // ... for something else
    item_missing,
    not_choosable,  // see `why`
    in_live_order,  // see holding_order_no
    taken_before,   // paid or signed up already
    charged,        // the school charges it to this student by a bill
    not_connected,  // nobody to hand a top-up to
};

struct choose_outcome {
    choose_kind kind = choose_kind::opened;
    order opened;
    std::optional<sign_up> signed_up;
    rules::choice_judgement why;
    std::string holding_order_no;
};

// Throws base::error{choice_full} where the last place went to somebody else meanwhile.
choose_outcome choose(connection& db, const choice_draft& draft);

// ---- Ending; called by the units of db/orders, db/payments and db/refunds

// The order closes without money: its chosen bill owes nothing, its place is free.
void close_choice(connection& db, std::string_view order_no, base::epoch_ms now);
// The chosen bill of the order has its money: signed up, or a top-up that leaves.
void complete_choice(
    connection& db, std::string_view order_no, std::int64_t person_id, base::epoch_ms now
);
// Money of the order's chosen bill went back: all of it ends a sign-up and frees its place.
void give_back_choice(connection& db, std::string_view order_no, base::epoch_ms now);

// A free sign-up, while it is live. False: it is not.
bool cancel_sign_up(connection& db, std::int64_t id, std::int64_t person_id, base::epoch_ms now);

}  // namespace db
