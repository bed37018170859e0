#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// What WeChat calls: /wechat/message, /wechat/oauth, /wechat/pay/notify; and /wechat/enter, the way
// to WeChat's OAuth page.
void add_wechat_routes(http::router& table, flows::parts& with);

// To WeChat's OAuth page, and after it to next_path.
base::task<http::reply> enter(flows::parts& with, std::string next_path, int tries);

}  // namespace routes
