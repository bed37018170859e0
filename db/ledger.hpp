#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"

// Double entry, append-only. Journals are numbered without a gap and chained by SHA-256, so that a
// row that was changed, taken out or slipped in shows (db/verify_ledger.hpp).
namespace db {

// Accounts by name:
//   provider:<mch_id>  what WeChat holds for us       fees:<mch_id>  what WeChat kept for itself
//   fee:<item id>      what was collected for an item  bank:<mch_id>  what WeChat paid out
//   suspense           money whose place is not decided
//   refunding          on its way back to a payer
struct ledger_entry {
    std::string account;
    std::optional<std::int64_t> person_id;
    std::optional<std::int64_t> bill_id;
    base::fen amount;  // debit positive, credit negative
};

std::string provider_account(std::string_view mch_id);
std::string fees_account(std::string_view mch_id);
std::string bank_account(std::string_view mch_id);
std::string fee_account(std::int64_t item_id);
inline const std::string suspense_account = "suspense";
inline const std::string refunding_account = "refunding";

struct ledger_journal {
    std::string_view kind;
    std::string_view business_key;  // unique: an event is booked once or the whole unit rolls back
    std::vector<ledger_entry> entries;  // sum to zero
    // When the money moved. Within a closed day it becomes the first instant after the closed ones:
    // what finance has signed does not change any more.
    base::epoch_ms value_at = 0;
};

// Appends one journal. It takes the head of the chain, which every other booking waits for: call it
// last in a unit, after all locks of orders and bills.
void book(connection& db, const ledger_journal& what, base::epoch_ms now);

bool is_booked(connection& db, std::string_view business_key);

// What the hash of a journal covers, beside the hash before it.
struct chained_journal {
    std::int64_t seq = 0;
    std::int64_t id = 0;
    std::string kind;
    std::string business_key;
    base::epoch_ms booked_at = 0;
    base::epoch_ms value_at = 0;
    std::vector<ledger_entry> entries;
};

std::string chain_hash(std::string_view hash_before, const chained_journal& journal);

struct chain_head {
    std::int64_t seq = 0;
    std::string hash;  // 32 bytes
    base::epoch_ms closed_until = 0;
};

chain_head ledger_head(connection& db);
// Holds every booking until the unit ends.
chain_head lock_ledger_head(connection& db);
// After lock_ledger_head: nothing is booked before `until` any more.
void close_ledger_until(connection& db, base::epoch_ms until);

}  // namespace db
