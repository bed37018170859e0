#include "server/http/session.hpp"

#include <array>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/http/chunk_decoder.hpp"
#include "server/http/error_reply.hpp"
#include "server/http/head_reader.hpp"

namespace http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr asio::use_awaitable_t<base::io_executor> use_task;
constexpr std::size_t body_chunk = 16 * 1024;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

std::int64_t now_us() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

bool would_block(const error_code& why) {
    return why == asio::error::would_block || why == asio::error::try_again;
}

}  // namespace

// One request and its answer. Made when the head is complete, gone when the answer is sent.
struct session::exchange {
    request asked;
    framing how;
    const route* where = nullptr;
    chunk_decoder chunks;
    std::size_t body_read = 0;
    std::int64_t body_since_ms = 0;
    std::int64_t started_us = 0;
    bool keep_alive = false;

    reply answer;
    std::string head;    // unless the answer brings its own
    std::string common;  // unless the site's block serves
    std::string tail;
    std::array<asio::const_buffer, 4> pieces;
    std::size_t first_piece = 0;
    std::uint64_t body_bytes = 0;
    std::uint64_t sent_bytes = 0;
    std::int64_t write_since_ms = 0;
};

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
        if (!finish()) break;
    }
    if (lingers_) co_await linger();
    close();
}

base::task<void> session::run_refusal() {
    now_ = std::make_unique<exchange>();
    now_->started_us = now_us();
    now_->asked.request_id = home_.ids.next();
    refuse(503, false);
    if (send_some() == sent::all) {
        finish();
        co_await linger();
    }
    close();
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
            case head_scanner::verdict::need_more: break;
            case head_scanner::verdict::complete: return begin(in_.view().substr(0, scanner_.size()));
            case head_scanner::verdict::refused:
                now_ = std::make_unique<exchange>();
                now_->started_us = now_us();
                now_->asked.request_id = home_.ids.next();
                return refuse(scanner_.status(), false);
        }
    }
    return leaving_ ? step::gone : step::read_more;
}

// The wait for a head ended without one.
session::step session::interrupted() {
    if (!expired_ || phase_ != phase::head) return step::gone;
    now_ = std::make_unique<exchange>();
    now_->started_us = now_us();
    now_->asked.request_id = home_.ids.next();
    return refuse(408, false);
}

session::step session::begin(std::string_view head) {
    now_ = std::make_unique<exchange>();
    now_->started_us = now_us();
    auto& asked = now_->asked;
    asked.request_id = home_.ids.next();
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

session::step session::answer_at_once() {
    try {
        answer_with(now_->where->at_once(now_->asked));
    } catch (...) {
        answer_with(
            answer_thrown(std::current_exception(), now_->asked, now_->where->pattern)
        );
    }
    return step::send;
}

// What is wrong is known before the request is read to its end, so the connection cannot go on
// when there may be more of it.
session::step session::refuse(unsigned status, bool show_as_page) {
    auto answer = error_reply(refusal_of(status), show_as_page ? &now_->asked : nullptr);
    if (status == 405) answer.with("Allow", table_.find(now_->asked.method, now_->asked.path).allow);
    const bool is_whole = (status == 404 || status == 405) && !now_->how.has_body();
    if (!is_whole) {
        now_->keep_alive = false;
        lingers_ = true;
    }
    answer_with(std::move(answer));
    return step::send;
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

base::task<session::step> session::ask_handler() {
    enter(phase::handling, home_.site.limits.handler_ms);
    in_.shrink();
    std::exception_ptr thrown;
    try {
        auto pending = now_->where->answer(now_->asked);
        auto answer = co_await std::move(pending);
        if (!abandoned_) answer_with(std::move(answer));
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown) {
        auto answer = answer_thrown(thrown, now_->asked, now_->where->pattern);
        if (!abandoned_) answer_with(std::move(answer));
    }
    co_return abandoned_ ? step::gone : step::send;
}

// The sweep found the handler over its time: nothing else writes to the socket now, so the answer
// can go out from here. The session ends when the handler does.
void session::give_up_on_handler() {
    abandoned_ = true;
    base::log::warning(
        "handler_too_slow",
        {{"route", now_->where->pattern}, {"request_id", now_->asked.request_id}}
    );
    now_->keep_alive = false;
    answer_with(error_reply(refusal_of(503), &now_->asked));
    send_some();
    report(now_->answer.status, now_->sent_bytes);
    error_code ignored;
    link_.shutdown(tcp_socket::shutdown_both, ignored);
}

void session::answer_with(reply answer) {
    now_->answer = std::move(answer);
    compose();
    enter(phase::writing, home_.site.limits.write_grace_ms);
    now_->write_since_ms = deadline_ms_ - home_.site.limits.write_grace_ms;
}

void session::compose() {
    auto& out = *now_;
    const auto& headers = home_.site.headers;
    const auto& own = out.answer.headers;
    if (home_.draining) out.keep_alive = false;
    auto word = connection_word::none;
    if (!out.keep_alive) {
        word = connection_word::close;
    } else if (out.how.is_http_1_0) {
        word = connection_word::keep_alive;
    }
    out.tail.clear();
    if (out.answer.prepared_head) {
        out.tail = lines_of(own);
    } else {
        out.head = head_of(out.answer);
    }
    append_tail(out.tail, home_.date, out.asked.request_id, word);

    const std::string& head = out.answer.prepared_head ? *out.answer.prepared_head : out.head;
    const bool special = !own.empty() && headers.replaced_by(own);
    if (special) out.common = headers.block_without(own);
    const std::string& common = special ? out.common : headers.block();
    const bool with_body = out.answer.body && out.asked.method != verb::head &&
                           may_have_body(out.answer.status);
    out.body_bytes = with_body ? out.answer.body->size() : 0;
    out.pieces = {
        asio::buffer(head), asio::buffer(common), asio::buffer(out.tail),
        with_body ? asio::buffer(*out.answer.body) : asio::const_buffer{}};
    out.first_piece = 0;
    out.sent_bytes = 0;
}

// Writes at once what the system takes: nearly always all of it.
session::sent session::send_some() {
    auto& out = *now_;
    for (;;) {
        error_code bad;
        auto count = link_.write_some(out.pieces, bad);
        if (bad) return would_block(bad) ? sent::some : sent::failed;
        out.sent_bytes += count;
        for (auto& piece : out.pieces) {
            const auto taken = std::min(count, piece.size());
            piece += taken;
            count -= taken;
        }
        if (asio::buffer_size(out.pieces) == 0) return sent::all;
    }
}

base::task<bool> session::send_rest() {
    const auto& limits = home_.site.limits;
    for (;;) {
        error_code bad;
        co_await link_.async_wait(tcp_socket::wait_write, asio::redirect_error(use_task, bad));
        if (bad || expired_) co_return false;
        const auto done = send_some();
        if (done != sent::some) co_return done == sent::all;
        const auto earned_ms = static_cast<std::int64_t>(now_->sent_bytes) * 1000 /
                               std::max(1, limits.bytes_per_second);
        deadline_ms_ = now_->write_since_ms + limits.write_grace_ms + earned_ms;
    }
}

// The answer is out. Answers whether another request may follow.
bool session::finish() {
    report(now_->answer.status, now_->body_bytes);
    const bool goes_on = now_->keep_alive && !leaving_;
    now_.reset();
    if (!goes_on) return false;
    in_.shrink();
    enter(phase::idle, home_.site.limits.idle_ms);
    return true;
}

void session::report(unsigned status, std::uint64_t body_bytes) const {
    if (!home_.site.hooks.answered) return;
    const auto& asked = now_->asked;
    home_.site.hooks.answered({
        asked.method_text.empty() ? std::string_view{"-"} : asked.method_text,
        now_->where != nullptr ? std::string_view{now_->where->pattern} : std::string_view{"-"},
        status, body_bytes, now_us() - now_->started_us, asked.request_id, asked.peer});
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
