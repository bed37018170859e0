#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// /api/v1/site, /session, /binding, /wechat/jssdk
void add_session_routes(http::router& table, flows::parts& with);

}  // namespace routes
