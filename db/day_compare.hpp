#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "db/reconcile_lease.hpp"
#include "server/base/money.hpp"
#include "server/rules/day_difference.hpp"

// A day's three sides against each other: WeChat's bills, our payments and refunds, the ledger.
// Set-based; only reads.
namespace db {

struct difference_found {
    rules::difference_kind kind = rules::difference_kind::row_odd;
    std::string key;  // once for each merchant and kind
    std::string order_no;
    std::string refund_no;
    std::string transaction_id;
    base::fen provider;
    base::fen ours;
};

// What WeChat kept, by both bills, and what is booked of it.
struct day_fees {
    std::int64_t bill_fine = 0;
    bool whole = true;  // no row of the trade bill has a part of a fen
    base::fen flow;
    base::fen booked;
    bool operator==(const day_fees&) const = default;
};
day_fees fees_of_day(connection& db, const day_scope& of);

// Cheap: by the key of the journals.
base::fen fees_booked_of(connection& db, const day_scope& of);

struct day_compared {
    std::vector<difference_found> found;
    // Kinds of which there are more than are listed.
    std::vector<rules::difference_kind> unlisted;
    day_fees fees;
};

inline constexpr std::size_t differences_listed_max = 500;  // of each kind

day_compared compare_day(connection& db, const day_scope& of);

// Whether anything happened that day as far as we know: by our side, or by the bills on file.
bool day_has_money(connection& db, const day_scope& of);

struct side_sums {
    std::int64_t payments = 0;
    base::fen paid;
    std::int64_t refunds = 0;
    base::fen refunded;
    bool operator==(const side_sums&) const = default;
};

struct day_sums {
    side_sums bill;
    side_sums ours;
    side_sums ledger;
    base::fen cut_in;   // in this day's bill, of another day with us
    base::fen cut_out;  // of this day with us, in another day's bill
    std::int64_t bill_fees_fine = 0;
    base::fen flow_fees;
    base::fen booked_fees;
    base::fen flow_income;
    base::fen flow_expense;
    std::optional<base::fen> opening;
    std::optional<base::fen> closing;
    base::fen ledger_balance;
    bool operator==(const day_sums&) const = default;
};

day_sums sum_up_day(connection& db, const day_scope& of, const day_fees& fees);

}  // namespace db
