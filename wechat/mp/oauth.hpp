#pragma once

#include <string>
#include <string_view>

#include "server/base/secret.hpp"
#include "server/base/task.hpp"
#include "wechat/call.hpp"
#include "wechat/http_client.hpp"

namespace wechat::mp {

struct authorize_request {
    std::string app_id;
    std::string redirect_uri;  // raw; encoded once here
    std::string scope = "snsapi_base";
    std::string state;              // [0-9A-Za-z], at most 128
    bool connect_redirect = false;  // undocumented; stops doubled callbacks on some Android clients
};

// The order of parameters and the fragment are part of the protocol. Throws base::error{internal}
// for a state outside its alphabet. page_base without trailing slash.
std::string authorize_url(std::string_view page_base, const authorize_request& wanted);

enum class oauth_kind {
    identified,
    snapshot,    // a virtual user of a snapshot page: bind nothing, offer no payment
    code_spent,  // 40029, 40163, 42003, 41008: start again, unless a session is there already
    refused,     // settings or rights
    unknown,     // busy or no answer: start again
};

struct oauth_outcome {
    oauth_kind kind = oauth_kind::unknown;
    std::string openid;    // identified or snapshot
    std::string union_id;  // may be ""
    std::string scope;
    refusal why;
    std::string reason;
};

base::task<oauth_outcome> exchange_code(
    http_client& http,
    std::string api_base,
    std::string app_id,
    base::secret app_secret,
    std::string code
);

}  // namespace wechat::mp
