#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

// One worker for each day that is closed, over all servers and commands.
namespace db {

// A day of one merchant's account: [from, until).
struct day_scope {
    std::string day;  // "2026-11-22"
    std::string mch_id;
    base::epoch_ms from = 0;
    base::epoch_ms until = 0;
};

struct day_lease {
    std::string day;
    std::string owner;  // a name for this run alone
};

// False: somebody else works on the day.
bool take_day(connection& db, const day_lease& mine);
// First in every unit that writes about the day: it goes on being ours, or the unit ends here with
// base::error{busy} because somebody took over.
void hold_day(connection& db, const day_lease& mine);
void leave_day(connection& db, const day_lease& mine);
// Days of [from, until) that somebody works on just now.
std::vector<std::string> days_worked_on(
    connection& db, std::string_view from, std::string_view until
);

}  // namespace db
