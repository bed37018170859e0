#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// Orders at the console: found, looked at, asked about, and the searches that operators keep.
void add_console_order_routes(http::router& table, flows::parts& with);

}  // namespace routes
