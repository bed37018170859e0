#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// /api/v1/choices, /sign-ups, /top-ups
void add_choice_routes(http::router& table, flows::parts& with);

}  // namespace routes
