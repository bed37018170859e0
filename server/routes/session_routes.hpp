#pragma once

#include "server/base/task.hpp"
#include "server/flows/visitors.hpp"
#include "server/http/message.hpp"
#include "server/http/router.hpp"

namespace routes {

// /api/v1/site, /session, /binding, /wechat/jssdk
void add_session_routes(http::router& table, flows::parts& with);

// Who is here, as /session says it; with the cookie where the visitor is a new one.
base::task<http::reply> session_reply(flows::parts& with, flows::visitor who);

}  // namespace routes
