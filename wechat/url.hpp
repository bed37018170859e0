#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wechat {

struct url_parts {
    bool tls = false;
    std::string host;       // without brackets
    std::string port;       // "443" and "80" when not given
    std::string target;     // path and query, at least "/"
    std::string authority;  // as it goes into the Host header
};

// Absolute http or https addresses without user information or fragment; nullopt otherwise. Blanks
// and control characters are refused: they would break the request line.
std::optional<url_parts> read_url(std::string_view text);

// 127.0.0.0/8, ::1 and localhost.
bool is_loopback(std::string_view host);

}  // namespace wechat
