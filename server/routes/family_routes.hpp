#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// /api/v1/family-links for the student, /family for whoever holds a link. The link's secret travels
// in bodies only.
void add_family_routes(http::router& table, flows::parts& with);

}  // namespace routes
