#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// /api/v1/console/audit
void add_audit_routes(http::router& table, flows::parts& with);

}  // namespace routes
