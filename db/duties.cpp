#include "db/duties.hpp"

#include "db/server_clock.hpp"

namespace db {
namespace {

constexpr auto make = "INSERT IGNORE INTO duties (name, duty_key) VALUES (?, ?)";

constexpr auto claim = "UPDATE duties SET lease_until_ms = " CAMPUS_DB_NOW_MS
                       " + ?, version = version + 1 WHERE name = ? AND duty_key = ? AND done = 0 "
                       "AND lease_until_ms <= " CAMPUS_DB_NOW_MS;

constexpr auto finish =
    "UPDATE duties SET done = 1, version = version + 1 WHERE name = ? AND duty_key = ?";

constexpr auto postpone = "UPDATE duties SET lease_until_ms = " CAMPUS_DB_NOW_MS
                          " + ?, version = version + 1 WHERE name = ? AND duty_key = ?";

}  // namespace

bool claim_duty(
    connection& db, std::string_view name, std::string_view key, base::epoch_ms lease_ms
) {
    db.change(make, name, key);
    return db.change(claim, lease_ms, name, key) == 1;
}

void finish_duty(connection& db, std::string_view name, std::string_view key) {
    db.change(finish, name, key);
}

void postpone_duty(
    connection& db, std::string_view name, std::string_view key, base::epoch_ms wait_ms
) {
    db.change(postpone, wait_ms, name, key);
}

}  // namespace db
