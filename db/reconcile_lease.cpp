#include "db/reconcile_lease.hpp"

#include "db/server_clock.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

// Longer than anything between two units of a run, save the comparison of a very big day: who loses
// the day meanwhile finds out before it writes.
constexpr base::epoch_ms lease_ms = 60'000;

constexpr auto make = "INSERT IGNORE INTO reconciliation_leases (day) VALUES (?)";

constexpr auto take =
    "UPDATE reconciliation_leases SET lease_owner = ?, lease_until_ms = " CAMPUS_DB_NOW_MS
    " + ? WHERE day = ? "
    "AND (lease_owner IS NULL OR lease_owner = ? OR lease_until_ms <= " CAMPUS_DB_NOW_MS ")";

// Always a change, so that the count of rows tells the truth.
constexpr auto hold =
    "UPDATE reconciliation_leases SET "
    "lease_until_ms = GREATEST(lease_until_ms + 1, " CAMPUS_DB_NOW_MS
    " + ?) WHERE day = ? AND lease_owner = ?";

constexpr auto leave =
    "UPDATE reconciliation_leases SET lease_owner = NULL, lease_until_ms = 0 "
    "WHERE day = ? AND lease_owner = ?";

constexpr auto held_between =
    "SELECT day FROM reconciliation_leases WHERE day >= ? AND day < ? "
    "AND lease_owner IS NOT NULL AND lease_until_ms > " CAMPUS_DB_NOW_MS;

}  // namespace

bool take_day(connection& db, const day_lease& mine) {
    db.change(make, mine.day);
    return db.change(take, mine.owner, lease_ms, mine.day, mine.owner) == 1;
}

void hold_day(connection& db, const day_lease& mine) {
    if (db.change(hold, lease_ms, mine.day, mine.owner) == 1) return;
    throw base::error{base::errc::busy, "another run works on this day"};
}

void leave_day(connection& db, const day_lease& mine) {
    db.change(leave, mine.day, mine.owner);
}

std::vector<std::string> days_worked_on(
    connection& db, std::string_view from, std::string_view until
) {
    auto found = db.select(held_between, from, until);
    std::vector<std::string> out;
    while (found.next()) out.push_back(found.text("day"));
    return out;
}

}  // namespace db
