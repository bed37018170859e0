#include "wechat/connection.hpp"

#include <cerrno>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include "server/base/error.hpp"

namespace wechat::detail {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

namespace {

using resolver = asio::ip::basic_resolver<tcp, base::io_executor>;

constexpr asio::use_awaitable_t<base::io_executor> awaited;
constexpr std::size_t idle_count_max = 32;

struct lookup {
    explicit lookup(base::io_executor executor) : asking{executor}, finished{executor} {}
    resolver asking;
    timer finished;
    bool done = false;
    error_code ec;
    std::vector<tcp::endpoint> found;
};

// getaddrinfo cannot be interrupted, so what ends at the deadline is the wait for it.
base::task<std::shared_ptr<lookup>> look_up(
    base::io_executor executor, const peer_key& peer, steady::time_point until
) {
    const auto mine = std::make_shared<lookup>(executor);
    error_code is_name;
    const auto address = asio::ip::make_address(peer.host, is_name);
    if (!is_name) {
        mine->found.emplace_back(address, static_cast<unsigned short>(std::stoul(peer.port)));
        co_return mine;
    }
    const auto keep = [mine](error_code ec, const resolver::results_type& rows) {
        mine->done = true;
        mine->ec = ec;
        for (const auto& row : rows) mine->found.push_back(row.endpoint());
        mine->finished.cancel();
    };
    mine->asking.async_resolve(peer.host, peer.port, keep);
    mine->finished.expires_at(until);
    error_code ignored;
    co_await mine->finished.async_wait(asio::redirect_error(awaited, ignored));
    if (!mine->done) mine->ec = asio::error::timed_out;
    co_return mine;
}

// The certificate must be for this host; a chain that merely verifies is anybody's.
void expect_host(SSL* handle, const std::string& host) {
    error_code is_name;
    asio::ip::make_address(host, is_name);
    if (is_name) {
        SSL_set_tlsext_host_name(handle, host.c_str());
        SSL_set_hostflags(handle, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        base::ensure(SSL_set1_host(handle, host.c_str()) == 1, "a host name can be expected");
    } else {
        auto* parameters = SSL_get0_param(handle);
        base::ensure(
            X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1,
            "an address can be expected"
        );
    }
}

open_result failed(const char* step, error_code ec) {
    open_result made;
    made.step = step;
    made.ec = ec;
    return made;
}

}  // namespace

void connection::close() {
    error_code ignored;
    socket().close(ignored);
}

void connection::end() {
    ended_ = true;
    close();
}

bool connection::is_quiet() {
    if (!socket().is_open()) return false;
    char byte = 0;
    const auto got = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

base::task<open_result> connection::open(steady::time_point until) {
    const auto where = co_await look_up(socket().get_executor(), peer_, until);
    if (where->ec) co_return failed("name", where->ec);
    auto ec = co_await connect(where->found);
    if (ec) co_return failed("connection", ec);
    if (peer_.tls) ec = co_await shake_hands();
    co_return failed("TLS", ec);
}

base::task<error_code> connection::connect(const std::vector<tcp::endpoint>& endpoints) {
    error_code ec = asio::error::host_not_found;
    for (const auto& endpoint : endpoints) {
        close();
        ec = asio::error::operation_aborted;
        if (ended_) break;
        auto token = asio::redirect_error(awaited, ec);
        co_await socket().async_connect(endpoint, std::move(token));
        if (!ec || ec == asio::error::operation_aborted) break;
    }
    if (!ec) socket().set_option(tcp::no_delay{true}, ec);
    co_return ec;
}

base::task<error_code> connection::shake_hands() {
    error_code ec;
    expect_host(stream_.native_handle(), peer_.host);
    auto token = asio::redirect_error(awaited, ec);
    co_await stream_.async_handshake(ssl::stream_base::client, std::move(token));
    co_return ec;
}

base::task<error_code> connection::write(const std::string& bytes) {
    error_code ec;
    std::size_t sent = 0;
    while (!ec && sent < bytes.size()) {
        const auto rest = asio::buffer(bytes.data() + sent, bytes.size() - sent);
        auto token = asio::redirect_error(awaited, ec);
        if (peer_.tls) {
            sent += co_await stream_.async_write_some(rest, std::move(token));
        } else {
            sent += co_await socket().async_write_some(rest, std::move(token));
        }
    }
    co_return ec;
}

base::task<std::size_t> connection::read_some(read_space& into, error_code& ec) {
    const auto space = asio::buffer(into);
    auto token = asio::redirect_error(awaited, ec);
    std::size_t got = 0;
    if (peer_.tls) {
        got = co_await stream_.async_read_some(space, std::move(token));
    } else {
        got = co_await socket().async_read_some(space, std::move(token));
    }
    co_return got;
}

deadline::deadline(base::io_executor executor, std::chrono::milliseconds from_now)
    : state_{std::make_shared<shared>(executor)} {
    state_->at = steady::now() + from_now;
}

deadline::~deadline() {
    state_->watched.reset();
    state_->alarm.cancel();
}

void deadline::watch(std::shared_ptr<connection> used) {
    state_->watched = std::move(used);
    state_->alarm.expires_at(state_->at);
    state_->alarm.async_wait([state = state_](error_code ec) {
        if (ec == asio::error::operation_aborted) return;
        state->struck = true;
        if (state->watched) state->watched->end();
    });
}

asio::execution_context::id idle_shelf::id;

void idle_shelf::drop_old(std::chrono::milliseconds longest) {
    const auto oldest = steady::now() - longest;
    std::erase_if(idle_, [oldest](const auto& one) { return one->idle_since < oldest; });
}

std::shared_ptr<connection> idle_shelf::take(
    const peer_key& peer, std::chrono::milliseconds longest
) {
    drop_old(longest);
    for (std::size_t i = idle_.size(); i-- > 0;) {
        if (idle_[i]->peer() != peer) continue;
        auto found = std::move(idle_[i]);
        idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
        if (found->is_quiet()) return found;
    }
    return nullptr;
}

void idle_shelf::put(std::shared_ptr<connection> kept, std::chrono::milliseconds longest) {
    drop_old(longest);
    if (idle_.size() >= idle_count_max) idle_.erase(idle_.begin());
    kept->idle_since = steady::now();
    idle_.push_back(std::move(kept));
}

}  // namespace wechat::detail
