#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/http/message.hpp"

namespace http {

// How the body comes and whether the connection may live on.
struct framing {
    std::uint64_t content_length = 0;
    bool chunked = false;
    bool keep_alive = false;
    bool is_http_1_0 = false;
    bool expects_continue = false;

    bool has_body() const { return chunked || content_length > 0; }
};

// Reads a complete head (as head_scanner found it): method, target, path, query, headers and
// framing. Answers 0, or the status that refuses it.
unsigned read_head(std::string_view head, request& into, framing& how);

}  // namespace http
