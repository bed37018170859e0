#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/base/money.hpp"

// Where the sides of a day can differ, in words for finance, and what helps.
namespace rules {

enum class difference_kind {
    payment_missing_here,
    payment_amount_differs,
    payment_missing_there,
    refund_missing_here,
    refund_amount_differs,
    refund_missing_there,
    platform_refund,  // made by hand in the merchant console
    row_twice,        // one number in two rows of the bills
    row_odd,          // neither a payment nor a refund
    fees_differ,
    fees_not_whole,
    flow_missing,  // in the trade bill, and no movement of the account
    flow_other,    // a movement that is no payment, refund or fee
    flow_broken,   // the balances do not follow from the movements
    ledger_differs,
};

// What can be done about it. Whatever it is, a person can explain it instead.
enum class proposal {
    ask_again,      // WeChat was not clear: run the day again
    into_suspense,  // real money whose place nobody knows
    book_refund,
    book_fees,
    book_transfer,
    explain,
};

std::string_view name_of(difference_kind kind);
// Throws base::error{internal} for a word that is in neither table.
difference_kind difference_kind_of(std::string_view name);
std::string_view name_of(proposal what);
proposal proposal_of(std::string_view name);

std::string_view sentence_of(difference_kind kind);
std::string_view sentence_of(proposal what);

proposal first_proposal(difference_kind kind);
// The next days' bills may explain it: a movement near midnight.
bool may_wait(difference_kind kind);
// WeChat's own answer counts more than its bill.
bool is_asked_about(difference_kind kind);

// "CP…R01": made by us out of the order's number.
bool is_our_refund_number(std::string_view number, std::string_view order_no);

// The number of a payment without an order of ours. "" when the transaction's number is too long.
std::string stray_order_no(std::string_view transaction_id);

}  // namespace rules
