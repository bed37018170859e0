#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"

namespace db {

// Accounts by name: `provider:<mch_id>` what WeChat holds for us, `fee:<item id>` what was
// collected for an item, `suspense` money whose place is not decided.
struct ledger_entry {
    std::string account;
    std::optional<std::int64_t> person_id;
    std::optional<std::int64_t> bill_id;
    base::fen amount;  // debit positive, credit negative
};

// Appends one journal whose entries sum to zero; the key is unique, so a business event is booked
// once or the whole unit rolls back.
void book(
    connection& db,
    std::string_view kind,
    std::string_view business_key,
    const std::vector<ledger_entry>& entries,
    base::epoch_ms now
);

}  // namespace db
