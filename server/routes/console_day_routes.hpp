#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// The daily close.
void add_console_day_routes(http::router& table, flows::parts& with);

}  // namespace routes
