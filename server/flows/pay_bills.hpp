#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/orders.hpp"
#include "server/base/error.hpp"
#include "server/base/task.hpp"
#include "server/flows/ask_wechat.hpp"
#include "server/flows/visitors.hpp"
#include "wechat/pay/signer.hpp"

// A student pays: from ticked bills to WeChat's sheet, and back.
namespace flows {

struct pay_request {
    std::string request_id;
    std::vector<std::int64_t> bill_ids;
    std::map<std::int64_t, base::fen> parts;  // of bills that are not to be paid whole
    base::fen total_seen;
    db::pay_channel channel = db::pay_channel::jsapi;
};

// Where an order stands between us and WeChat.
enum class readiness {
    ready,    // `sheet` opens WeChat's pay sheet
    unknown,  // WeChat has not answered; the same call again, nothing is paid twice
    settled,  // over meanwhile: look at the order's state
};

struct payable {
    db::order order;
    readiness wechat = readiness::unknown;
    std::optional<wechat::pay::pay_parameters> sheet;
};

// A refusal of open_order that names the order in the way.
class held_by_order : public base::error {
public:
    explicit held_by_order(std::string order_no)
        : base::error{base::errc::bill_in_live_order}, order_no_{std::move(order_no)} {}
    const std::string& order_no() const { return order_no_; }

private:
    std::string order_no_;
};

// Opens an order or finds the one of the same request id, then prepares it. Throws
// wechat_identity_needed, bill_not_found, bill_not_payable, bills_changed, too_many_lines,
// part_not_allowed, arrears_first, held_by_order, request_id_reused, wechat_refused.
base::task<payable> open_and_prepare(parts& with, visitor who, pay_request wanted);

// For the flows that open an order in a way of their own: an order of this visitor that begins now,
// without what it is over and without the hash of the intent.
db::order_draft new_draft(
    const parts& with, const visitor& who, std::string request_id, db::pay_channel channel
);

// Says why an order was not opened. Throws held_by_order and the like.
[[noreturn]] void refuse_selection(const db::open_outcome& outcome);

// Only who opened an unfinished order pays it, and only in its time. Throws wechat_identity_needed,
// other_wechat_account, order_not_payable.
void require_payable(const db::order& one, const visitor& who);

// Continues an unfinished order. Throws order_not_found, other_wechat_account.
base::task<payable> continue_order(parts& with, visitor who, std::string order_no);

struct confirmation {
    db::order order;
    wechat_word wechat = wechat_word::unknown;
};

// The page came back from the sheet, or the student asks: what does WeChat say?
base::task<confirmation> confirm_order(parts& with, visitor who, std::string order_no);

// Throws order_not_cancellable for one that is paid.
base::task<confirmation> cancel_order(parts& with, visitor who, std::string order_no);

base::task<db::order> own_order(parts& with, const visitor& who, std::string order_no);

}  // namespace flows
