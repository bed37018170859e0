#include "server/http/proxies.hpp"

#include <charconv>

#include "server/base/error.hpp"
#include "server/http/text.hpp"

namespace http {
namespace {

namespace ip = boost::asio::ip;

// Both families in one space, so that one comparison does.
ip::address_v6::bytes_type bytes_of(const ip::address& who) {
    if (who.is_v6()) return who.to_v6().to_bytes();
    return ip::make_address_v6(ip::v4_mapped, who.to_v4()).to_bytes();
}

bool share_bits(
    const ip::address_v6::bytes_type& a, const ip::address_v6::bytes_type& b, unsigned bits
) {
    for (unsigned i = 0; i < bits; ++i) {
        const unsigned mask = 0x80U >> (i % 8);
        if ((a[i / 8] & mask) != (b[i / 8] & mask)) return false;
    }
    return true;
}

}  // namespace

proxy_list::proxy_list(const std::vector<std::string>& networks) {
    for (const auto& text : networks) {
        std::string_view rest = text;
        const auto slash = text.find('/') != std::string::npos;
        boost::system::error_code bad;
        const auto first = ip::make_address(std::string{trim(cut(rest, '/'))}, bad);
        const unsigned width = first.is_v4() ? 32 : 128;
        unsigned bits = width;
        if (slash) {
            const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), bits);
            if (read.ec != std::errc{} || read.ptr != rest.data() + rest.size()) bits = 999;
        }
        if (bad || bits > width) {
            throw base::error{base::errc::conf_invalid, "trusted_proxies: not a network: " + text};
        }
        networks_.push_back({bytes_of(first), bits + (128 - width)});
    }
}

bool proxy_list::trusts(const ip::address& who) const {
    if (networks_.empty()) return false;
    const auto bytes = bytes_of(who);
    for (const auto& known : networks_) {
        if (share_bits(known.first, bytes, known.bits)) return true;
    }
    return false;
}

std::string proxy_list::client_of(const ip::address& peer, const header_list& headers) const {
    auto who = plain(peer);
    if (!trusts(who)) return who.to_string();
    std::string chain;
    for (const auto& [name, value] : headers) {
        if (name == "x-forwarded-for") chain += (chain.empty() ? "" : ",") + value;
    }
    for (std::string_view rest = chain; !rest.empty() && trusts(who);) {
        const auto comma = rest.rfind(',');
        const auto last = comma == std::string_view::npos ? rest : rest.substr(comma + 1);
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
        boost::system::error_code bad;
        const auto said = ip::make_address(std::string{trim(last)}, bad);
        if (bad) break;
        who = plain(said);
    }
    return who.to_string();
}

ip::address plain(const ip::address& who) {
    if (who.is_v6() && who.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, who.to_v6());
    }
    return who;
}

}  // namespace http
