#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <string>

#include "server/http/proxies.hpp"
#include "server/http/server.hpp"
#include "server/http/wire.hpp"

namespace http {

class session;

// What all threads share: fixed before they start, but for the count.
struct site {
    http::limits limits;
    server_hooks hooks;
    common_headers headers;
    proxy_list proxies;
    std::atomic<std::size_t> connection_count{0};
};

// Request ids: unique, not secret. A random start per thread, then a counter through a mixer.
class id_source {
public:
    id_source();
    std::string next();

private:
    std::uint64_t state_;
};

// What the sessions of one thread share. Touched by that thread only.
struct desk {
    explicit desk(http::site& whole) : site{whole} {}

    http::site& site;
    date_line date;
    id_source ids;
    std::list<session*> sessions;
    bool draining = false;
};

}  // namespace http
