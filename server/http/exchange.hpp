#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include <boost/asio/buffer.hpp>

#include "server/http/chunk_decoder.hpp"
#include "server/http/head_reader.hpp"
#include "server/http/message.hpp"
#include "server/http/router.hpp"

namespace http {

inline std::int64_t steady_us() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

// One request and its answer. Made when the head is complete, gone when the answer is sent, so an
// idle connection holds none of it.
struct exchange {
    request asked;
    framing how;
    const route* where = nullptr;
    chunk_decoder chunks;
    std::size_t body_read = 0;
    std::int64_t body_since_ms = 0;
    std::int64_t started_us = steady_us();
    bool keep_alive = false;

    reply answer;
    std::string head;    // unless the answer brings its own
    std::string common;  // unless the site's block serves
    std::string tail;
    std::array<boost::asio::const_buffer, 4> pieces;
    std::uint64_t body_bytes = 0;
    std::uint64_t sent_bytes = 0;
    std::int64_t write_since_ms = 0;
};

}  // namespace http
