#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.hpp"

namespace http {

enum class same_site { strict, lax };

// A cookie as safe as it can be unless said otherwise. Without max_age_s it ends with the browser.
struct cookie {
    std::string name;
    std::string value;
    std::optional<std::int64_t> max_age_s = {};
    std::string path = "/";
    bool http_only = true;
    bool secure = true;
    http::same_site same_site = http::same_site::lax;
};

// The value of a Set-Cookie header. Throws base::error{internal} for characters that a cookie
// cannot hold, and for a __Host- or __Secure- name without what the name promises.
std::string to_text(const cookie& set);

// The value that makes the browser forget it.
std::string clear_cookie(std::string_view name, std::string_view path = "/");

// Adds the Set-Cookie header.
void set_cookie(reply& answer, const cookie& set);

}  // namespace http
