#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/money.hpp"

// Where the money of an order goes.
namespace rules {

// A line of the order beside its bill as it stands now, under lock.
struct settlement_line {
    int line_no = 0;
    std::int64_t bill_id = 0;
    base::fen amount;           // what the order has for it
    base::fen bill_owed;        // due minus paid
    std::string live_order_no;  // of the bill
};

enum class credit_kind {
    credit,   // to the bill
    wait,     // the bill stands in a newer order that must end first
    surplus,  // the bill is settled: back to the payer
};

struct line_settlement {
    int line_no = 0;
    std::int64_t bill_id = 0;
    credit_kind what = credit_kind::credit;
    base::fen amount;
};

// Each line whole or not at all: a bill is never credited over what it owes, and half a line would
// leave the student with a debt that nobody can explain. A line waits while its bill stands in an
// order other than `order_no`.
std::vector<line_settlement> settle(
    const std::vector<settlement_line>& lines, std::string_view order_no
);

}  // namespace rules
