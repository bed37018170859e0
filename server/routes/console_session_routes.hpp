#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// /api/v1/console/session, /setup, /own
void add_console_session_routes(http::router& table, flows::parts& with);

}  // namespace routes
