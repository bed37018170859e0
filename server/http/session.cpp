#include "server/http/session.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/base/clock.hpp"
#include "server/http/exchange.hpp"

// The life of a connection and how it reads; how it answers stands in session_answer.cpp.
namespace http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr asio::use_awaitable_t<base::io_executor> use_task;
constexpr std::size_t body_chunk = 16 * 1024;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

session::session(desk& home, const router& table, tcp_socket link, asio::ip::address peer)
    : home_{home}, table_{table}, link_{std::move(link)}, peer_{std::move(peer)} {
    // From here on the sweep sees it, and it may come before run() does.
    enter(phase::idle, home_.site.limits.head_ms);
    place_ = home_.sessions.insert(home_.sessions.end(), this);
    home_.site.connection_count.fetch_add(1, std::memory_order_relaxed);
    if (home_.site.hooks.connections) home_.site.hooks.connections(+1);
}

session::~session() {
    home_.sessions.erase(place_);
    if (home_.site.hooks.connections) home_.site.hooks.connections(-1);
    home_.site.connection_count.fetch_sub(1, std::memory_order_release);
}

void session::enter(phase next, int allowed_ms) {
    phase_ = next;
    expired_ = false;  // what the sweep ended was the wait before
    deadline_ms_ = base::steady_ms() + allowed_ms;
}

base::task<void> session::run() {
    error_code bad;
    for (;;) {
        step next = look_for_request();
        if (next == step::read_more) {
            const auto room = in_.room();
            const auto count =
                co_await link_.async_read_some(room, asio::redirect_error(use_task, bad));
            if (!bad && !expired_) {
                in_.commit(count);
                continue;
            }
            next = interrupted();
        }
        if (next == step::read_body) next = co_await read_body();
        if (next == step::ask_handler) next = co_await ask_handler();
        if (next == step::gone) break;
        const auto done = send_some();
        if (done == sent::failed) break;
        if (done == sent::some && !co_await send_rest()) break;
        if (now_->answer.source && !co_await send_source()) break;
        if (!finish()) break;
    }
    if (lingers_) co_await linger();
    close();
}

base::task<void> session::run_refusal() {
    open_exchange();
    refuse(503, false);
    if (send_some() == sent::all) {
        finish();
        co_await linger();
    }
    close();
}

void session::open_exchange() {
    now_ = std::make_unique<exchange>();
    now_->asked.request_id = home_.ids.next();
}

// Is there a whole head in what was read?
session::step session::look_for_request() {
    // One empty line before a request is forgiven, as RFC 9112 asks.
    if (!scanner_.started() && in_.view().starts_with("\r\n")) in_.consume(2);
    if (!in_.empty()) {
        if (phase_ == phase::idle) enter(phase::head, home_.site.limits.head_ms);
        const auto& limits = home_.site.limits;
        const head_limits head{limits.head_bytes, limits.target_bytes, limits.header_count};
        switch (scanner_.scan(in_.view(), head)) {
            case head_scanner::verdict::need_more:
                break;
            case head_scanner::verdict::complete:
                return begin(in_.view().substr(0, scanner_.size()));
            case head_scanner::verdict::refused:
                open_exchange();
                return refuse(scanner_.status(), false);
        }
    }
    return leaving_ ? step::gone : step::read_more;
}

// The wait for a head ended without one.
session::step session::interrupted() {
    if (!expired_ || phase_ != phase::head) return step::gone;
    open_exchange();
    return refuse(408, false);
}

session::step session::begin(std::string_view head) {
    open_exchange();
    auto& asked = now_->asked;
    const auto refused = read_head(head, asked, now_->how);
    in_.consume(scanner_.size());
    scanner_.reset();
    if (refused != 0) return refuse(refused, false);
    asked.peer = home_.site.proxies.client_of(peer_, asked.headers);
    now_->keep_alive = now_->how.keep_alive;
    return route_request();
}

session::step session::route_request() {
    auto& asked = now_->asked;
    auto found = table_.find(asked.method, asked.path);
    if (found.found == nullptr) {
        const auto next = refuse(found.allow.empty() ? 404 : 405, true);
        return next;
    }
    now_->where = found.found;
    asked.parameters = std::move(found.parameters);
    if (now_->how.has_body()) {
        if (now_->how.content_length > now_->where->body_limit) return refuse(413, true);
        return step::read_body;
    }
    return now_->where->at_once ? answer_at_once() : step::ask_handler;
}

base::task<session::step> session::read_body() {
    const auto& limits = home_.site.limits;
    error_code bad;
    if (now_->how.expects_continue && in_.empty()) {
        link_.write_some(asio::buffer(go_on), bad);
        if (bad) co_return step::gone;
    }
    enter(phase::body, limits.body_grace_ms);
    now_->body_since_ms = base::steady_ms();
    for (;;) {
        const auto next = take_body_bytes();
        if (next != step::read_more) co_return next;
        const auto room = in_.room(body_chunk);
        const auto count =
            co_await link_.async_read_some(room, asio::redirect_error(use_task, bad));
        if (expired_) co_return refuse(408, false);
        if (bad) co_return step::gone;
        in_.commit(count);
        now_->body_read += count;
        const auto earned_ms = static_cast<std::int64_t>(now_->body_read) * 1000 /
                               std::max(1, limits.bytes_per_second);
        deadline_ms_ = now_->body_since_ms + limits.body_grace_ms + earned_ms;
    }
}

// Moves what was read into the body; decides whether it is complete.
session::step session::take_body_bytes() {
    auto& body = now_->asked.body;
    const auto limit = now_->where->body_limit;
    if (now_->how.chunked) {
        auto rest = in_.view();
        const auto before = rest.size();
        const auto so_far = now_->chunks.feed(rest, body, limit);
        in_.consume(before - rest.size());
        if (so_far == chunk_decoder::verdict::need_more) return step::read_more;
        if (so_far == chunk_decoder::verdict::malformed) return refuse(400, false);
        if (so_far == chunk_decoder::verdict::too_large) return refuse(413, true);
    } else {
        const auto missing = now_->how.content_length - body.size();
        const auto part = in_.view().substr(0, missing);
        body.append(part);
        in_.consume(part.size());
        if (body.size() < now_->how.content_length) return step::read_more;
    }
    return now_->where->at_once ? answer_at_once() : step::ask_handler;
}

void session::look_at_clock(std::int64_t now_ms) {
    if (now_ms < deadline_ms_ || abandoned_ || expired_) return;
    if (phase_ == phase::handling) return give_up_on_handler();
    expired_ = true;
    error_code ignored;
    link_.cancel(ignored);
}

void session::leave_if_idle() {
    leaving_ = phase_ == phase::idle;
    error_code ignored;
    if (leaving_) link_.cancel(ignored);
}

void session::drop() {
    leaving_ = expired_ = true;
    lingers_ = false;
    error_code ignored;
    link_.close(ignored);
}

// After a refusal the client may still be sending. Closing now would answer its bytes with a reset
// and might take the refusal with it; so take them for a while.
base::task<void> session::linger() {
    error_code bad;
    link_.shutdown(tcp_socket::shutdown_send, bad);
    enter(phase::lingering, home_.site.limits.linger_ms);
    while (!bad && !expired_) {
        in_.consume(in_.view().size());
        const auto room = in_.room(body_chunk);
        co_await link_.async_read_some(room, asio::redirect_error(use_task, bad));
    }
}

void session::close() {
    error_code ignored;
    link_.shutdown(tcp_socket::shutdown_both, ignored);
    link_.close(ignored);
}

}  // namespace http
