#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "db/connection.hpp"
#include "server/rules/fee_rules.hpp"

namespace db {

// Every bill of a person that is not settled, in no order. What he has merely chosen is no debt.
std::vector<rules::bill> unsettled_bills(connection& db, std::int64_t person_id);

// One bill of that person, settled or not.
std::optional<rules::bill> find_bill(connection& db, std::int64_t person_id, std::int64_t bill_id);

// The bills of that person among `ids` (ascending, without repeats), locked in ascending order.
std::vector<rules::bill> lock_bills(
    connection& db, std::int64_t person_id, const std::vector<std::int64_t>& ids
);

// Puts a free bill that owes exactly `owed` into an order. False: somebody was quicker.
bool hold_bill(
    connection& db,
    std::int64_t bill_id,
    std::string_view order_no,
    base::fen owed,
    base::epoch_ms now
);

// Frees whatever the order still holds.
void free_bills(connection& db, std::string_view order_no, base::epoch_ms now);

// Credits a bill that stands in this order or in none, never over what it owes. False: it would.
bool credit_bill(
    connection& db,
    std::int64_t bill_id,
    std::string_view order_no,
    base::fen amount,
    base::epoch_ms now
);

}  // namespace db
