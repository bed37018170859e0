#include "server/http/cookies.hpp"

#include <algorithm>

#include "server/base/error.hpp"
#include "server/http/text.hpp"

namespace http {
namespace {

// RFC 6265 cookie-octet.
bool is_cookie_value(std::string_view value) {
    return std::all_of(value.begin(), value.end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
    });
}

bool is_cookie_path(std::string_view path) {
    return !path.empty() && path.front() == '/' && is_cookie_value(path);
}

}  // namespace

std::string to_text(const cookie& set) {
    base::ensure(is_token(set.name), "a cookie's name is a token");
    base::ensure(is_cookie_value(set.value), "a cookie's value holds cookie characters only");
    base::ensure(is_cookie_path(set.path), "a cookie's path starts with a slash");
    if (set.name.starts_with("__Host-")) {
        base::ensure(set.secure && set.path == "/", "__Host- cookies are Secure with Path=/");
    }
    if (set.name.starts_with("__Secure-")) {
        base::ensure(set.secure, "__Secure- cookies are Secure");
    }
    std::string text = set.name + "=" + set.value + "; Path=" + set.path;
    if (set.max_age_s) text += "; Max-Age=" + std::to_string(*set.max_age_s);
    if (set.http_only) text += "; HttpOnly";
    if (set.secure) text += "; Secure";
    text += set.same_site == same_site::strict ? "; SameSite=Strict" : "; SameSite=Lax";
    return text;
}

std::string clear_cookie(std::string_view name, std::string_view path) {
    return to_text({std::string{name}, "", 0, std::string{path}});
}

void set_cookie(reply& answer, const cookie& set) {
    answer.with("Set-Cookie", to_text(set));
}

}  // namespace http
