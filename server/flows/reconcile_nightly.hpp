#pragma once

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

namespace flows {

// Every morning after ten, once over all servers: yesterday is reconciled, days that were missed
// (at most a week back) are made up for, and differences of the last days that wait for a
// neighbour day's bill are judged anew. A bill that is not ready is tried for again in ten minutes.
// Answers how many days were looked at.
base::task<int> reconcile_nightly(parts& with);

}  // namespace flows
