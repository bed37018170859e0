#pragma once

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

namespace flows {

// Tells the school's other system what was topped up, one round; answers how many notices it looked
// at. At least once: each is leased, posted outside any transaction, and settled only by whoever
// still holds the lease; the other system takes each number once. Several servers may do it at
// once.
base::task<int> send_top_ups_once(parts& with);

}  // namespace flows
