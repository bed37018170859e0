#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "server/http/message.hpp"
#include "server/http/router.hpp"

namespace http {

// One address with its own table. Several share the same I/O threads (public and ops).
struct listen_at {
    std::string address;  // "127.0.0.1:8080", "[::1]:8080"; port 0 lets the system choose
    router table;
};

// Every wait and every size has an end. Times in milliseconds.
struct limits {
    std::size_t head_bytes = 16 * 1024;
    std::size_t target_bytes = 8 * 1024;
    unsigned header_count = 100;
    int head_ms = 10'000;         // from the first byte (or the connection) to the end of the head
    int body_grace_ms = 10'000;   // a body may take this long ...
    int bytes_per_second = 1024;  // ... and longer only while it comes at this rate
    int write_grace_ms = 20'000;  // likewise for an answer that is not taken
    int idle_ms = 75'000;
    int handler_ms = 30'000;  // then 503; the handler runs on, its answer is dropped
    int linger_ms = 2'000;    // after a refusal: time to take it before the connection is closed
    int drain_ms = 10'000;    // orderly stop
    int sweep_ms = 250;       // how exact the times above are
    std::size_t connection_count = 20'000;  // beyond: 503 and close
};

struct server_options {
    std::vector<listen_at> listen = {};
    unsigned io_threads = 2;  // more than cores is slower
    http::limits limits = {};
    std::vector<std::string> trusted_proxies = {};  // addresses or networks
    bool https = false;                             // the public address is https: send HSTS
    header_list extra_headers = {};                 // of every answer
};

// One answered request, as the access log and the metrics see it: nothing of it is personal but
// `peer`. Views live during the call only.
struct access {
    std::string_view method;
    std::string_view route;  // the pattern, never the address; "-" when none matched
    unsigned status;
    std::uint64_t body_bytes;  // sent
    std::int64_t duration_us;  // from the complete head to the answer handed to the system
    std::string_view request_id;
    std::string_view peer;
};

// Called on I/O threads, several at once: must not block or throw.
struct server_hooks {
    std::function<void(const access&)> answered = {};
    std::function<void(int change)> connections = {};  // +1, -1
};

// One access per line through base::log.
void log_access(const access& what);

// The server: its own context, acceptors and sessions on each I/O thread.
class server {
public:
    // Throws base::error{conf_invalid} for options that cannot be.
    server(server_options options, server_hooks hooks = {});
    ~server();  // stops
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    // Binds and starts the threads. Throws base::error{conf_invalid} when an address is taken.
    void start();

    // Of the n-th address in the options; known after start().
    std::uint16_t port(std::size_t n = 0) const;

    // Orderly: no new connections, idle ones closed, requests in flight answered with
    // Connection: close for up to drain_ms, then cut. Joins the threads. Not from an I/O thread.
    void stop();

    // The n-th I/O thread's context, also for other stories that belong on these threads. Whoever
    // uses it must be finished before stop() returns or bear being destroyed with the context.
    boost::asio::io_context& context(std::size_t n);
    std::size_t context_count() const;
    std::size_t connection_count() const;

private:
    struct inside;
    std::unique_ptr<inside> inside_;
};

}  // namespace http
