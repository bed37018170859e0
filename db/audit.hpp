#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

// Who did what. Rows are numbered without a gap and chained by SHA-256, so that one that was
// changed, taken out or slipped in shows (db/verify_audit.hpp).
namespace db {

// actor: "student:<id>", "operator:<id>", "command:<name>", "wechat"; never a name or an ID number.
// Nowhere a secret. Longer texts than the columns hold are cut.
struct audit_entry {
    std::string_view actor;
    std::string_view action;
    std::string_view object;
    std::string_view result;
    std::string_view request_id;
    std::string_view detail = {};   // what has changed: "role finance > admin"
    std::string_view address = {};  // of whom it was
};

// Written when the unit has returned, as the last thing before COMMIT: it takes the head of the
// chain, which every other audited unit waits for.
void append_audit(connection& db, const audit_entry& entry, base::epoch_ms now);

// What the hash of a row covers, beside the hash before it.
struct audit_row {
    std::int64_t number = 0;
    std::int64_t id = 0;
    base::epoch_ms at = 0;
    std::string actor;
    std::string action;
    std::string object;
    std::string result;
    std::string request_id;
    std::string detail;
    std::string address;
};

std::string audit_hash(std::string_view hash_before, const audit_row& row);

struct audit_head {
    std::int64_t number = 0;
    std::string hash;  // 32 bytes
    // Rows from before began_at are older than the chain; there were so many.
    base::epoch_ms began_at = 0;
    std::int64_t rows_before = 0;
};

audit_head read_audit_head(connection& db);

}  // namespace db
