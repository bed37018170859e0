#include "server/http/worker.hpp"

#include <chrono>
#include <typeinfo>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"

namespace http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr asio::use_awaitable_t<base::io_executor> use_task;
constexpr int backlog = 4096;
// Connections over the limit that may wait for their 503 to be taken; beyond: closed at once.
constexpr std::size_t refusal_count_max = 256;
constexpr auto pause_without_files = std::chrono::milliseconds{100};

base::task<void> serve(std::shared_ptr<session> visitor) {
    co_await visitor->run();
}
base::task<void> refuse(std::shared_ptr<session> visitor) {
    co_await visitor->run_refusal();
}

// detached would swallow what goes wrong.
void log_thrown(const std::exception_ptr& thrown) {
    if (!thrown) return;
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& failure) {
        base::log::alarm("io_story_failed", {{"detail", failure.what()}});
    } catch (...) {
        base::log::alarm("io_story_failed");
    }
}

bool out_of_resources(const error_code& why) {
    return why == asio::error::no_descriptors || why == asio::error::no_buffer_space ||
           why == asio::error::no_memory || why.value() == ENFILE;
}

}  // namespace

id_source::id_source() : state_{0} {
    for (const unsigned char byte : base::random_bytes(8)) state_ = state_ << 8U | byte;
}

std::string id_source::next() {
    // splitmix64: a bijection of the counter, so ids of one thread never repeat.
    state_ += 0x9e3779b97f4a7c15U;
    auto mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    mixed ^= mixed >> 31U;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string id(16, '0');
    for (auto& digit : id) {
        digit = digits[mixed & 15U];
        mixed >>= 4U;
    }
    return id;
}

worker::worker(http::site& whole) : desk_{whole} {}

worker::tcp::endpoint worker::listen(const tcp::endpoint& where, const router& table) {
    auto& at = doors_.emplace_back(door{
        asio::basic_socket_acceptor<tcp, base::io_executor>{context_.get_executor()}, table});
    at.acceptor.open(where.protocol());
    at.acceptor.set_option(asio::socket_base::reuse_address{true});
    at.acceptor.set_option(reuse_port{true});
    at.acceptor.bind(where);
    at.acceptor.listen(backlog);
    return at.acceptor.local_endpoint();
}

void worker::start() {
    for (auto& at : doors_) asio::co_spawn(context_, accept_at(at), log_thrown);
    asio::co_spawn(context_, sweep(), log_thrown);
    thread_ = std::thread{[this] { run(); }};
}

void worker::run() {
    for (;;) {
        try {
            context_.run();
            return;
        } catch (...) {
            // A handler of somebody else's threw through the loop: the other stories go on.
            log_thrown(std::current_exception());
        }
    }
}

base::task<void> worker::accept_at(door& at) {
    timer pause{context_.get_executor()};
    bool told = false;
    while (at.acceptor.is_open()) {
        error_code bad;
        tcp_socket link{context_.get_executor()};
        tcp::endpoint from;
        co_await at.acceptor.async_accept(link, from, asio::redirect_error(use_task, bad));
        if (!bad) {
            welcome(std::move(link), from, at.table);
            told = false;
            continue;
        }
        if (!out_of_resources(bad)) continue;
        // The waiting connection keeps the acceptor ready; without a pause this would spin.
        if (!told) base::log::alarm("accept_failed", {{"detail", bad.message()}});
        told = true;
        pause.expires_after(pause_without_files);
        co_await pause.async_wait(asio::redirect_error(use_task, bad));
    }
}

void worker::welcome(tcp_socket link, const tcp::endpoint& from, const router& table) {
    const auto limit = desk_.site.limits.connection_count;
    const auto count = desk_.site.connection_count.load(std::memory_order_relaxed);
    if (count >= limit + refusal_count_max) return;
    error_code ignored;
    link.non_blocking(true, ignored);
    link.set_option(tcp::no_delay{true}, ignored);
    auto visitor = std::make_shared<session>(desk_, table, std::move(link), from.address());
    auto story = count < limit ? serve(std::move(visitor)) : refuse(std::move(visitor));
    asio::co_spawn(context_, std::move(story), log_thrown);
}

base::task<void> worker::sweep() {
    timer tick{context_.get_executor()};
    const auto pace = std::chrono::milliseconds{std::max(1, desk_.site.limits.sweep_ms)};
    for (;;) {
        error_code bad;
        tick.expires_after(pace);
        co_await tick.async_wait(asio::redirect_error(use_task, bad));
        const auto now = base::steady_ms();
        for (auto* each : desk_.sessions) each->look_at_clock(now);
    }
}

void worker::begin_drain() {
    asio::post(context_, [this] {
        desk_.draining = true;
        error_code ignored;
        for (auto& at : doors_) at.acceptor.close(ignored);
        for (auto* each : desk_.sessions) each->leave_if_idle();
    });
}

void worker::drop_all() {
    asio::post(context_, [this] {
        for (auto* each : desk_.sessions) each->drop();
    });
}

void worker::finish() {
    guard_.reset();
    context_.stop();
    if (thread_.joinable()) thread_.join();
}

}  // namespace http
