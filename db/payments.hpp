#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"

// Money that WeChat says it took.
namespace db {

enum class learnt_by { notice, query, bill };

// Already verified and decrypted; the merchant is the one whose keys fitted.
struct payment_fact {
    std::string mch_id;
    std::string order_no;
    std::string transaction_id;
    base::fen amount;
    base::epoch_ms paid_at = 0;
    learnt_by how = learnt_by::notice;
};

enum class payment_outcome {
    applied,   // the order is paid
    late,      // it was closed; what is still due was credited, the rest waits
    repeated,  // known before; nothing changed
    // Not as expected. Told by a notice: nothing is booked, WeChat is asked at once. As the answer
    // to our question: real money, on the books in suspense, for finance.
    amount_differs,
    paid_twice,  // another transaction for an order that has one: for finance
    unknown_order,
};

std::string_view name_of(payment_outcome outcome);

// The one unit of work in which notice, query, sweep and daily bill all end. Idempotent by the
// transaction. Moves the order, credits the bills, keeps the payment, books the journal and queues
// the message to the student.
payment_outcome apply_payment(connection& db, const payment_fact& fact, base::epoch_ms now);

// Money for an order that we do not know: on the books in suspense, under a number of its own
// (rules::stray_order_no), so that it can be refunded. False: this transaction is known already.
bool book_stray_payment(connection& db, const payment_fact& fact, base::epoch_ms now);

// Late money that waits for a newer order of the same bills: credits or releases what it can.
// Answers the order numbers that were looked at.
std::vector<std::string> parked_payments(connection& db, int count);
bool settle_parked(connection& db, std::string_view order_no, base::epoch_ms now);

struct paid_item {
    std::string order_no;
    std::string period;
    std::string item_name;
    base::fen amount;
    base::fen refunded;  // of the amount
    base::epoch_ms paid_at = 0;
    std::string transaction_id;
};

// Newest first.
std::vector<paid_item> paid_items(connection& db, std::int64_t person_id, int count);

}  // namespace db
