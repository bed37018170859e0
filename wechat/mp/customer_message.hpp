#pragma once

#include <string>

#include "server/base/task.hpp"
#include "wechat/call.hpp"
#include "wechat/mp/api.hpp"

namespace wechat::mp {

// Speech outside the five seconds of a callback; allowed within WeChat's windows (45015 beyond).
base::task<call_result<nothing>> send_customer_text(
    api& calls, std::string openid, std::string content
);

}  // namespace wechat::mp
