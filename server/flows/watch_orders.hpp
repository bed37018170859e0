#pragma once

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

namespace flows {

// Rule 6: asks WeChat about every unfinished order until the answer is certain, closes those that
// were given up or have ended, and places late money. One round; answers how many orders it looked
// at. Several servers may do it at once: each order is leased.
base::task<int> watch_once(parts& with);

}  // namespace flows
