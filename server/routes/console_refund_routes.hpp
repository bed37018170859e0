#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// Refunds at the console, one by one.
void add_console_refund_routes(http::router& table, flows::parts& with);

}  // namespace routes
