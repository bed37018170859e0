#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// /api/v1/captcha, /portal/session, /account/…, /recoveries, /profile
void add_account_routes(http::router& table, flows::parts& with);

}  // namespace routes
