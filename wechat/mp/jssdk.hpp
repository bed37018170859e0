#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/base/task.hpp"
#include "wechat/call.hpp"
#include "wechat/mp/api.hpp"

namespace wechat::mp {

struct jsapi_ticket {
    std::string ticket;
    std::int64_t expires_in_s = 0;
};

// Very limited: keep it until its own end.
base::task<call_result<jsapi_ticket>> fetch_jsapi_ticket(api& calls);

// Signs the page address as in the address bar; a fragment is cut off, nothing is decoded. Whoever
// calls must have checked that the host is ours.
std::string jssdk_signature(
    std::string_view ticket,
    std::string_view nonce,
    std::int64_t timestamp_s,
    std::string_view page_url
);

}  // namespace wechat::mp
