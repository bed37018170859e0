#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "server/base/task.hpp"

// One connection of the HTTP client and the shelf where idle ones wait. For http_client.cpp only.
namespace wechat::detail {

using tcp = boost::asio::ip::tcp;
using tcp_socket = boost::asio::basic_stream_socket<tcp, base::io_executor>;
using tls_stream = boost::asio::ssl::stream<tcp_socket>;

// Whom a kept connection belongs to: clients with different trust must not share.
struct peer_key {
    std::uint64_t client = 0;
    bool tls = false;
    std::string host;
    std::string port;
    bool operator==(const peer_key&) const = default;
};

struct connection {
    connection(base::io_executor executor, boost::asio::ssl::context& trust, peer_key whose)
        : stream{executor, trust}, peer{std::move(whose)} {}

    tcp_socket& socket() { return stream.next_layer(); }
    void close() {
        boost::system::error_code ignored;
        socket().close(ignored);
    }
    // Nothing to read and not closed by the peer.
    bool is_quiet();

    tls_stream stream;  // used without its TLS part for plain http
    peer_key peer;
    std::chrono::steady_clock::time_point idle_since;
};

// Idle connections of one io_context, destroyed with it.
class idle_shelf final : public boost::asio::execution_context::service {
public:
    using key_type = idle_shelf;
    static boost::asio::execution_context::id id;

    explicit idle_shelf(boost::asio::execution_context& owner) : service{owner} {}

    // The freshest connection to that peer that is younger than `longest` and quiet; else null.
    std::shared_ptr<connection> take(const peer_key& peer, std::chrono::milliseconds longest);
    void put(std::shared_ptr<connection> kept, std::chrono::milliseconds longest);

private:
    void shutdown() override { idle_.clear(); }
    void drop_old(std::chrono::milliseconds longest);

    std::vector<std::shared_ptr<connection>> idle_;
};

}  // namespace wechat::detail
