#include "server/http/server.hpp"

#include <charconv>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include <malloc.h>
#include <sys/resource.h>

#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/http/text.hpp"
#include "server/http/worker.hpp"

namespace http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using base::errc;

// Once per process. Without it glibc gives memory back to the system at nearly every answer and
// fetches it again, which costs more than the answer itself.
void tune_process() {
    static std::once_flag done;
    std::call_once(done, [] {
        // Before any of our threads runs.
        mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);  // NOLINT(concurrency-mt-unsafe)
        mallopt(M_TOP_PAD, 16 * 1024 * 1024);         // NOLINT(concurrency-mt-unsafe)
        rlimit files{};
        if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
            files.rlim_cur = files.rlim_max;
            setrlimit(RLIMIT_NOFILE, &files);
        }
    });
}

tcp::endpoint endpoint_of(const std::string& address) {
    const std::string_view text = address;
    const auto colon = text.rfind(':');
    auto host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    std::uint16_t port = 0;
    bool good = colon != std::string_view::npos;
    if (good) {
        const auto digits = text.substr(colon + 1);
        const auto end = digits.data() + digits.size();
        const auto read = std::from_chars(digits.data(), end, port);
        good = !digits.empty() && read.ec == std::errc{} && read.ptr == end;
    }
    boost::system::error_code bad;
    const auto where = asio::ip::make_address(std::string{host}, bad);
    if (!good || bad) {
        throw base::error{errc::conf_invalid, "not an address to listen on: " + address};
    }
    return {where, port};
}

// SO_REUSEPORT would let a second copy of the program share the port in silence.
void ensure_free(const tcp::endpoint& where) {
    asio::io_context context;
    tcp::acceptor probe{context};
    probe.open(where.protocol());
    probe.set_option(asio::socket_base::reuse_address{true});
    probe.bind(where);
    probe.listen(1);
}

template <class Condition>
bool wait_until(const Condition& holds, int at_most_ms) {
    const auto end = base::steady_ms() + at_most_ms;
    while (!holds()) {
        if (base::steady_ms() >= end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
}

}  // namespace

struct server::inside {
    inside(server_options given, server_hooks hooks)
        : options{std::move(given)},
          shared{
              options.limits,
              std::move(hooks),
              {options.https, options.extra_headers},
              proxy_list{options.trusted_proxies}} {
        if (options.io_threads == 0) throw base::error{errc::conf_invalid, "io_threads is 0"};
        for (unsigned i = 0; i < options.io_threads; ++i) workers.emplace_back(shared);
    }

    server_options options;
    site shared;
    std::deque<worker> workers;
    std::vector<std::uint16_t> ports;
    bool running = false;
};

server::server(server_options options, server_hooks hooks)
    : inside_{std::make_unique<inside>(std::move(options), std::move(hooks))} {}

server::~server() {
    stop();
}

void server::start() {
    tune_process();
    for (const auto& [address, table] : inside_->options.listen) {
        auto where = endpoint_of(address);
        try {
            if (where.port() != 0) ensure_free(where);
            for (auto& each : inside_->workers) where = each.listen(where, table);
        } catch (const boost::system::system_error& failure) {
            throw base::error{
                errc::conf_invalid,
                "cannot listen on " + address + ": " + failure.code().message()};
        }
        inside_->ports.push_back(where.port());
    }
    inside_->running = true;
    for (auto& each : inside_->workers) each.start();
}

std::uint16_t server::port(std::size_t n) const {
    return inside_->ports.at(n);
}

void server::stop() {
    if (!inside_->running) return;
    inside_->running = false;
    const auto all_gone = [this] { return connection_count() == 0; };
    for (auto& each : inside_->workers) each.begin_drain();
    if (!wait_until(all_gone, inside_->options.limits.drain_ms)) {
        base::log::warning("connections_cut", {{"count", connection_count()}});
        for (auto& each : inside_->workers) each.drop_all();
        wait_until(all_gone, 500);
    }
    for (auto& each : inside_->workers) each.finish();
}

asio::io_context& server::context(std::size_t n) {
    return inside_->workers.at(n).context();
}
std::size_t server::context_count() const {
    return inside_->workers.size();
}

std::size_t server::connection_count() const {
    return inside_->shared.connection_count.load(std::memory_order_acquire);
}

void log_access(const access& what) {
    base::log::info(
        "request",
        {{"method", what.method},
         {"route", what.route},
         {"status", what.status},
         {"bytes", static_cast<std::size_t>(what.body_bytes)},
         {"us", what.duration_us},
         {"request_id", what.request_id},
         {"peer", what.peer}}
    );
}

}  // namespace http
