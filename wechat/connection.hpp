#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "server/base/task.hpp"

// One connection of the HTTP client, its deadline, and the shelf where idle ones wait. For
// http_client.cpp only.
namespace wechat::detail {

using boost::system::error_code;
using steady = std::chrono::steady_clock;
using tcp = boost::asio::ip::tcp;
using tcp_socket = boost::asio::basic_stream_socket<tcp, base::io_executor>;
using tls_stream = boost::asio::ssl::stream<tcp_socket>;
using timer =
    boost::asio::basic_waitable_timer<steady, boost::asio::wait_traits<steady>, base::io_executor>;

// Whom a kept connection belongs to: clients with different trust must not share.
struct peer_key {
    std::uint64_t client = 0;
    bool tls = false;
    std::string host;
    std::string port;
    bool operator==(const peer_key&) const = default;
};

struct open_result {
    error_code ec;
    const char* step = "";  // "name", "connection", "TLS": what failed
};

class connection {
public:
    using read_space = std::array<char, 16 * 1024>;

    connection(base::io_executor executor, boost::asio::ssl::context& trust, peer_key whose)
        : stream_{executor, trust}, peer_{std::move(whose)} {}

    // Looks the name up, connects, and for TLS shakes hands and checks the host name.
    base::task<open_result> open(steady::time_point until);
    base::task<error_code> write(const std::string& bytes);
    base::task<std::size_t> read_some(read_space& into, error_code& ec);
    void end();  // ends every pending operation, and every later one

    // Nothing to read, and not closed by the peer.
    bool is_quiet();
    const peer_key& peer() const { return peer_; }

    steady::time_point idle_since;

private:
    tcp_socket& socket() { return stream_.next_layer(); }
    void close();
    base::task<error_code> connect(const std::vector<tcp::endpoint>& endpoints);
    base::task<error_code> shake_hands();

    tls_stream stream_;  // used without its TLS part for plain http
    peer_key peer_;
    bool ended_ = false;
};

// One deadline for a whole exchange. When it strikes it closes the connection in use.
class deadline {
public:
    deadline(base::io_executor executor, std::chrono::milliseconds from_now);
    ~deadline();  // also lets go of the connection: a strike already queued must not close it
    deadline(const deadline&) = delete;
    deadline& operator=(const deadline&) = delete;

    void watch(std::shared_ptr<connection> used);
    steady::time_point at() const { return state_->at; }
    bool struck() const { return state_->struck; }

private:
    struct shared {
        explicit shared(base::io_executor executor) : alarm{executor} {}
        timer alarm;
        steady::time_point at;
        bool struck = false;
        std::shared_ptr<connection> watched;
    };
    std::shared_ptr<shared> state_;
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
