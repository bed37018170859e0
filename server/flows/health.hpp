#pragma once

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

namespace flows {

// Whether this process can do its work now: asks the database.
base::task<bool> is_ready(parts& with);

}  // namespace flows
