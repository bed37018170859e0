#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "server/http/message.hpp"

namespace http {

// The proxies whose X-Forwarded-For is believed: addresses or networks ("10.0.0.0/8", "::1").
class proxy_list {
public:
    proxy_list() = default;
    // Throws base::error{conf_invalid} for what is neither.
    explicit proxy_list(const std::vector<std::string>& networks);

    bool trusts(const boost::asio::ip::address& who) const;

    // Who asked: `peer` unless it is a trusted proxy; then the last address of X-Forwarded-For
    // that is not one of ours. Never what a client wrote in front of it.
    std::string client_of(const boost::asio::ip::address& peer, const header_list& headers) const;

private:
    struct network {
        boost::asio::ip::address_v6::bytes_type first;
        unsigned bits;
    };
    std::vector<network> networks_;
};

// IPv4 that came through an IPv6 socket is written as IPv4.
boost::asio::ip::address plain(const boost::asio::ip::address& who);

}  // namespace http
