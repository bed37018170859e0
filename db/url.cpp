#include "db/url.hpp"

#include <charconv>
#include <optional>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

[[noreturn]] void refuse(std::string_view why) {
    throw base::error{base::errc::conf_invalid, "database.url: " + std::string{why}};
}

std::string decoded(std::string_view text) {
    auto plain = base::percent_decode(text);
    if (!plain || plain->find('\0') != std::string::npos) refuse("bad percent-encoding");
    return std::move(*plain);
}

// Cuts `text` at the first `at`; what follows is answered, absent if there is no `at`.
std::optional<std::string_view> cut(std::string_view& text, char at) {
    const auto place = text.find(at);
    if (place == std::string_view::npos) return std::nullopt;
    const auto rest = text.substr(place + 1);
    text = text.substr(0, place);
    return rest;
}

std::uint16_t port_of(std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size() || port == 0) {
        refuse("bad port");
    }
    return port;
}

void read_authority(url& where, std::string_view text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) refuse("no user");
    auto user = text.substr(0, at);
    const auto password = cut(user, ':');
    where.user = decoded(user);
    if (password) where.password = base::secret{decoded(*password)};
    auto host = text.substr(at + 1);
    if (const auto port = cut(host, ':')) where.port = port_of(*port);
    where.host = decoded(host);
}

void read_keys(url& where, std::string_view text) {
    while (!text.empty()) {
        auto pair = text;
        const auto rest = cut(pair, '&');
        const auto text_value = cut(pair, '=');
        const auto content = text_value ? decoded(*text_value) : std::string{};
        if (pair == "socket") {
            where.socket = content;
        } else if (pair == "ssl_ca") {
            where.ssl_ca = content;
        } else if (pair == "ssl_cert") {
            where.ssl_cert = content;
        } else if (pair == "ssl_key") {
            where.ssl_key = content;
        } else {
            // A key that is passed over in silence is how TLS gets lost.
            refuse("unknown key behind '?'");
        }
        if (content.empty()) refuse("a key behind '?' has no value");
        text = rest.value_or(std::string_view{});
    }
}

// The name stands in CREATE DATABASE, where no placeholder can.
bool is_plain_name(std::string_view name) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    return !name.empty() && name.size() <= 64 &&
           name.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

url parse_url(std::string_view text) {
    constexpr std::string_view scheme = "mysql://";
    if (!text.starts_with(scheme)) refuse("must start with mysql://");
    text.remove_prefix(scheme.size());

    const auto keys = cut(text, '?');
    const auto name = cut(text, '/');
    if (!name) refuse("no database name");

    url where;
    read_authority(where, text);
    where.name = decoded(*name);
    if (keys) read_keys(where, *keys);

    if (!is_plain_name(where.name)) refuse("the database name is not plain");
    if (where.user.empty()) refuse("no user");
    if (where.host.empty() == where.socket.empty()) refuse("either a host or ?socket=, not both");
    if (where.socket.size() > 107) refuse("the socket path is too long");
    if (where.ssl_cert.empty() != where.ssl_key.empty()) refuse("ssl_cert and ssl_key go together");
    if (!where.ssl_cert.empty() && where.ssl_ca.empty()) refuse("ssl_cert needs ssl_ca");
    return where;
}

std::string describe(const url& where) {
    if (!where.socket.empty()) return where.socket + " " + where.name;
    return where.host + ":" + std::to_string(where.port) + " " + where.name;
}

}  // namespace db
