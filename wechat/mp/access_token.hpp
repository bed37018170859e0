#pragma once

#include <cstdint>
#include <string>

#include "server/base/secret.hpp"
#include "server/base/task.hpp"
#include "wechat/call.hpp"
#include "wechat/http_client.hpp"

namespace wechat::mp {

struct access_token {
    base::secret token;
    std::int64_t expires_in_s = 0;
};

// POST /cgi-bin/stable_token in normal mode: the same token while it is valid, so servers may ask
// independently. Never forces a refresh: that would kill the token of everybody else.
base::task<call_result<access_token>> fetch_access_token(
    http_client& http, std::string api_base, std::string app_id, base::secret app_secret
);

}  // namespace wechat::mp
