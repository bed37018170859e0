#include "wechat/url.hpp"

#include <algorithm>

namespace wechat {
namespace {

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<url_parts> read_url(std::string_view text) {
    if (!is_plain(text) || text.find('#') != std::string_view::npos) return std::nullopt;
    url_parts made;
    if (text.starts_with("https://")) {
        made.tls = true;
        text.remove_prefix(8);
    } else if (text.starts_with("http://")) {
        text.remove_prefix(7);
    } else {
        return std::nullopt;
    }

    const auto end = std::min(text.find_first_of("/?"), text.size());
    const auto authority = text.substr(0, end);
    const auto rest = text.substr(end);
    if (authority.empty() || authority.find('@') != std::string_view::npos) return std::nullopt;
    made.authority = authority;
    made.target = rest.starts_with('/') ? std::string{rest} : "/" + std::string{rest};

    auto host = authority;
    std::string_view port = made.tls ? "443" : "80";
    const auto bracket = authority.find(']');
    const auto colon = authority.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        host = authority.substr(0, colon);
        port = authority.substr(colon + 1);
    }
    if (host.starts_with('[')) {
        if (!host.ends_with(']')) return std::nullopt;
        host = host.substr(1, host.size() - 2);
    }
    if (host.empty() || !is_port(port)) return std::nullopt;
    made.host = host;
    made.port = port;
    return made;
}

bool is_loopback(std::string_view host) {
    if (host == "localhost" || host == "::1") return true;
    // Four numbers: "127.evil.example" is a name.
    const bool numbers = std::all_of(host.begin(), host.end(), [](char c) {
        return c == '.' || (c >= '0' && c <= '9');
    });
    return numbers && host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3;
}

}  // namespace wechat
