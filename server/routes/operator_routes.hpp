#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// /api/v1/console/operators, /sessions, /colleges
void add_operator_routes(http::router& table, flows::parts& with);

}  // namespace routes
