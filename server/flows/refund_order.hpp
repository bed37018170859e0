#pragma once

#include <string>
#include <vector>

#include "db/refunds.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// What finance does with refunds. Sending is the watcher's (watch_refunds.hpp).
namespace flows {

struct refund_request {
    std::string order_no;
    std::vector<rules::refund_part> parts;  // empty: all that is left
    rules::refund_reason reason = rules::refund_reason::mistake;
    std::string reason_text;  // the payer reads it; "" = the reason's own words
    std::string by;           // "finance:<name>"
    std::string request_id;   // made by the asker once per intent
};

// Reserves the amount and fixes number and bytes. Throws base::error{refund_…} with a sentence that
// says why not; the same request id answers the same refund.
base::task<db::refund> ask_for_refund(parts& with, refund_request wanted);

// Another person's word: release, reject, send_again, give_up. Before giving up WeChat is asked
// once more. Throws base::error{refund_…}.
base::task<db::refund> decide_refund(
    parts& with, std::string out_refund_no, db::decision what, std::string by
);

// Late money for fees that are settled meanwhile goes back by itself. Answers how many were made.
base::task<int> send_late_money_back(parts& with);

}  // namespace flows
