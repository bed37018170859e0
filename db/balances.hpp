#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"

// What stood on the books at any past instant, by the time the money moved.
namespace db {

struct account_balance {
    std::string account;
    std::string item_name;  // of a fee account
    base::fen amount;       // debit positive
};

// Of all accounts, or of one. `until` is the first instant that does not count any more.
std::vector<account_balance> balances_at(
    connection& db, base::epoch_ms until, std::string_view account
);
// The same of one person's entries.
std::vector<account_balance> balances_of_person(
    connection& db, std::int64_t person_id, base::epoch_ms until
);

}  // namespace db
