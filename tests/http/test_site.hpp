#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/base/error.hpp"
#include "server/http/server.hpp"

// A small site with one handler for each thing that a session must get right.
namespace tests {

using io_timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock,
    boost::asio::wait_traits<std::chrono::steady_clock>,
    base::io_executor>;

inline base::task<void> pause_for(std::chrono::milliseconds time) {
    constexpr boost::asio::use_awaitable_t<base::io_executor> use_task;
    const auto where = co_await boost::asio::this_coro::executor;
    io_timer timer{where};
    timer.expires_after(time);
    co_await timer.async_wait(use_task);
}

inline base::task<http::reply> echo(const http::request& asked) {
    co_return http::reply{200, "text/plain; charset=utf-8", asked.body};
}
inline base::task<http::reply> say_hello(const http::request&) {
    co_return http::reply{200, "text/plain; charset=utf-8", "hello"};
}
inline base::task<http::reply> tell_path(const http::request& asked) {
    std::string text = asked.path + "|" + std::string{asked.parameter("name")};
    for (const auto& [name, value] : asked.query) text += "|" + name + "=" + value;
    co_return http::reply{200, "text/plain; charset=utf-8", text};
}
inline base::task<http::reply> tell_peer(const http::request& asked) {
    co_return http::reply{200, "text/plain; charset=utf-8", asked.peer};
}
inline base::task<http::reply> answer_slowly(const http::request&) {
    co_await pause_for(std::chrono::milliseconds{300});
    co_return http::reply{200, "text/plain; charset=utf-8", "at last"};
}
inline base::task<http::reply> answer_too_late(const http::request&) {
    co_await pause_for(std::chrono::milliseconds{2500});
    co_return http::reply{200, "text/plain; charset=utf-8", "nobody waits"};
}
inline base::task<http::reply> answer_never(const http::request&) {
    co_await pause_for(std::chrono::hours{1});
    co_return http::reply{};
}
// In pieces of 100,000 bytes; "?of=N": only N of the 30 come.
inline base::task<http::reply> answer_in_pieces(const http::request& asked) {
    const auto* of = asked.query_value("of");
    const int there = of == nullptr ? 30 : std::stoi(*of);
    auto source = std::make_shared<http::body_source>();
    source->size = 3'000'000;
    source->piece = [there](int number) -> base::task<std::string> {
        co_await pause_for(std::chrono::milliseconds{1});
        if (number >= there) throw base::error{base::errc::busy, "no more"};
        co_return std::string(100'000, static_cast<char>('a' + number % 26));
    };
    auto answer = http::reply::empty(200);
    answer.source = std::move(source);
    co_return answer;
}
inline base::task<http::reply> refuse_busy(const http::request&) {
    throw base::error{base::errc::busy, "queue full"};
    co_return http::reply{};
}
inline base::task<http::reply> refuse_with_words(const http::request&) {
    throw base::error{base::errc::bad_request, "inner detail", "姓名里有\"引号\""};
    co_return http::reply{};
}
inline base::task<http::reply> break_down(const http::request&) {
    throw std::runtime_error{"SELECT name FROM people"};
    co_return http::reply{};
}
inline base::task<http::reply> throw_a_number(const http::request&) {
    throw 42;
    co_return http::reply{};
}
inline base::task<http::reply> split_header(const http::request&) {
    auto answer = http::reply::empty(200);
    answer.headers.emplace_back("X-Evil", "a\r\nSet-Cookie: b=c");
    co_return answer;
}
inline base::task<http::reply> own_policy(const http::request&) {
    http::reply answer{200, "text/html; charset=utf-8", "<p>docs</p>"};
    answer.with("content-security-policy", "default-src 'self'");
    answer.with("Cache-Control", "private, max-age=60");
    co_return answer;
}
inline base::task<http::reply> no_content(const http::request&) {
    co_return http::reply::empty(204);
}
inline base::task<http::reply> large_answer(const http::request&) {
    co_return http::reply{200, "text/plain; charset=utf-8", std::string(24U << 20U, 'x')};
}

inline http::router test_table() {
    using http::verb;
    http::router table;
    table.add({verb::get, "/hello", say_hello, 1024, {}});
    table.add({verb::post, "/echo", echo, 1000, {}});
    table.add({verb::post, "/large", echo, 8U << 20U, {}});
    table.add({verb::get, "/path/{name}", tell_path, 1024, {}});
    table.add({verb::get, "/peer", tell_peer, 1024, {}});
    table.add({verb::get, "/slow", answer_slowly, 1024, {}});
    table.add({verb::get, "/late", answer_too_late, 1024, {}});
    table.add({verb::get, "/never", answer_never, 1024, {}});
    table.add({verb::get, "/busy", refuse_busy, 1024, {}});
    table.add({verb::get, "/pieces", answer_in_pieces, 1024, {}});
    table.add({verb::get, "/words", refuse_with_words, 1024, {}});
    table.add({verb::get, "/broken", break_down, 1024, {}});
    table.add({verb::get, "/number", throw_a_number, 1024, {}});
    table.add({verb::get, "/split", split_header, 1024, {}});
    table.add({verb::get, "/policy", own_policy, 1024, {}});
    table.add({verb::get, "/nothing", no_content, 1024, {}});
    table.add({verb::get, "/large", large_answer, 1024, {}});
    const auto at_once = [](const http::request&) {
        return http::reply{200, "text/plain; charset=utf-8", "now"};
    };
    table.add({verb::get, "/now", {}, 1024, at_once});
    return table;
}

// Waits so long that a busy machine does not change what a test sees.
inline http::server_options test_options(http::router table = test_table()) {
    http::server_options options;
    options.listen.push_back({"127.0.0.1:0", std::move(table)});
    options.limits.head_ms = 60'000;
    options.limits.body_grace_ms = 60'000;
    options.limits.handler_ms = 60'000;
    options.limits.write_grace_ms = 60'000;
    options.limits.linger_ms = 500;
    options.limits.drain_ms = 30'000;
    options.limits.sweep_ms = 20;
    return options;
}

// Short waits, for the tests of time.
inline http::server_options hasty_options() {
    auto options = test_options();
    options.limits.head_ms = 400;
    options.limits.body_grace_ms = 400;
    options.limits.idle_ms = 1500;
    options.limits.handler_ms = 800;
    options.limits.write_grace_ms = 1000;
    return options;
}

// A running server that keeps what its hooks were told.
class test_server {
public:
    explicit test_server(http::server_options options = test_options())
        : server_{std::move(options), hooks()} {
        server_.start();
    }

    std::uint16_t port(std::size_t n = 0) const { return server_.port(n); }
    http::server& operator*() { return server_; }
    http::server* operator->() { return &server_; }

    struct seen {
        std::string method, route, request_id, peer;
        unsigned status;
        std::uint64_t bytes;
        std::int64_t us;
    };
    // The hook comes after the answer, so the client may be here first.
    std::vector<seen> accesses(std::size_t wanted) {
        for (int i = 0; i < 200; ++i) {
            {
                const std::lock_guard lock{mutex_};
                if (seen_.size() >= wanted) return seen_;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        return {};
    }
    int connections() const { return connections_; }

private:
    http::server_hooks hooks() {
        http::server_hooks hooks;
        hooks.answered = [this](const http::access& what) {
            const std::lock_guard lock{mutex_};
            seen_.push_back(
                {std::string{what.method},
                 std::string{what.route},
                 std::string{what.request_id},
                 std::string{what.peer},
                 what.status,
                 what.body_bytes,
                 what.duration_us}
            );
        };
        hooks.connections = [this](int change) { connections_ += change; };
        return hooks;
    }

    std::mutex mutex_;
    std::vector<seen> seen_;
    std::atomic<int> connections_{0};
    http::server server_;
};

}  // namespace tests
