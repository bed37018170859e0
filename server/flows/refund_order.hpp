#pragma once

#include <cstdint>
#include <optional>
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
    std::optional<base::fen> sum;           // ... or so much of it
    rules::refund_reason reason = rules::refund_reason::mistake;
    std::string reason_text;  // the payer reads it; "" = the reason's own words
    std::string note;         // for colleagues
    std::optional<std::int64_t> batch_id;
    std::string by;          // "operator:<id>", "finance:<name>" of a command
    std::string address;     // where he sits; "" = not at the console
    std::string request_id;  // made by the asker once per intent
};

// For the flows that ask in a way of their own.
db::refund_wish refund_wish_for(parts& with, const refund_request& wanted);
// Why not, in one sentence; "" where it may be.
std::string sentence_for(const rules::refund_judgement& why);
// Throws what became of a decision, unless it was done.
void require_decided(db::decide_kind kind);

// Reserves the amount and fixes number and bytes. Throws base::error{refund_…} with a sentence that
// says why not; the same request id answers the same refund.
base::task<db::refund> ask_for_refund(parts& with, refund_request wanted);

// Another person's word: release, reject, send_again, give_up. Before giving up WeChat is asked
// once more. Throws base::error{refund_…}.
base::task<db::refund> decide_refund(
    parts& with,
    std::string out_refund_no,
    db::decision what,
    std::string by,
    db::decision_note note
);

// Late money for fees that are settled meanwhile goes back by itself. Answers how many were made.
base::task<int> send_late_money_back(parts& with);

}  // namespace flows
