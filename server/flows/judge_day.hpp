#pragma once

#include "db/day_differences.hpp"
#include "db/reconcile_lease.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// What WeChat itself says about a day's differences: its answer counts more than its bill.
namespace flows {

struct judged {
    int booked = 0;       // what only the bill knew and WeChat confirmed
    bool unsure = false;  // some answer was not clear: again in a while
};

// Asks about each unresolved difference that can be asked about, books what is confirmed, and lets
// those wait that the next days' bills may explain.
base::task<judged> judge_day(parts& with, db::day_lease mine, db::day_scope of);

}  // namespace flows
