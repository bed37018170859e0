#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/base/log.hpp"
#include "server/http/error_reply.hpp"
#include "server/http/exchange.hpp"
#include "server/http/session.hpp"

// How a session asks the handler and writes the answer.
namespace http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr asio::use_awaitable_t<base::io_executor> use_task;

bool would_block(const error_code& why) {
    return why == asio::error::would_block || why == asio::error::try_again;
}

}  // namespace

// What is wrong is known before the request is read to its end, so the connection cannot go on
// when there may be more of it.
session::step session::refuse(unsigned status, bool show_as_page) {
    auto answer = error_reply(refusal_of(status), show_as_page ? &now_->asked : nullptr);
    if (status == 405)
        answer.with("Allow", table_.find(now_->asked.method, now_->asked.path).allow);
    const bool is_whole = (status == 404 || status == 405) && !now_->how.has_body();
    if (!is_whole) {
        now_->keep_alive = false;
        lingers_ = true;
    }
    answer_with(std::move(answer));
    return step::send;
}

session::step session::answer_at_once() {
    try {
        answer_with(now_->where->at_once(now_->asked));
    } catch (...) {
        answer_with(answer_thrown(std::current_exception(), now_->asked, now_->where->pattern));
    }
    return step::send;
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
    const bool with_body =
        out.answer.body && out.asked.method != verb::head && may_have_body(out.answer.status);
    out.body_bytes = with_body ? out.answer.body->size() : 0;
    out.pieces = {
        asio::buffer(head),
        asio::buffer(common),
        asio::buffer(out.tail),
        with_body ? asio::buffer(*out.answer.body) : asio::const_buffer{}};
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
    for (;;) {
        error_code bad;
        co_await link_.async_wait(tcp_socket::wait_write, asio::redirect_error(use_task, bad));
        if (bad || expired_) co_return false;
        const auto done = send_some();
        if (done != sent::some) co_return done == sent::all;
        earn_time();
    }
}

// Whoever takes the answer at the least rate has time for the rest.
void session::earn_time() {
    const auto& limits = home_.site.limits;
    const auto earned_ms =
        static_cast<std::int64_t>(now_->sent_bytes) * 1000 / std::max(1, limits.bytes_per_second);
    deadline_ms_ = now_->write_since_ms + limits.write_grace_ms + earned_ms;
}

// The head is out: the body follows piece by piece. False: the connection must end here.
base::task<bool> session::send_source() {
    if (now_->asked.method == verb::head) co_return true;
    const auto source = now_->answer.source;
    for (int number = 0; now_->body_bytes < source->size; ++number) {
        std::string piece;
        try {
            auto pending = source->piece(number);
            piece = co_await std::move(pending);
        } catch (const std::exception& failure) {
            base::log::warning(
                "body_broke_off", {{"route", now_->where->pattern}, {"why", failure.what()}}
            );
        }
        if (piece.empty() || now_->body_bytes + piece.size() > source->size) co_return false;
        now_->body_bytes += piece.size();
        now_->pieces = {asio::buffer(piece)};
        const auto done = send_some();
        if (done == sent::failed) co_return false;
        if (done == sent::some && !co_await send_rest()) co_return false;
        earn_time();
    }
    co_return true;
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
    home_.site.hooks.answered(
        {asked.method_text.empty() ? std::string_view{"-"} : asked.method_text,
         now_->where != nullptr ? std::string_view{now_->where->pattern} : std::string_view{"-"},
         status,
         body_bytes,
         steady_us() - now_->started_us,
         asked.request_id,
         asked.peer}
    );
}

}  // namespace http
