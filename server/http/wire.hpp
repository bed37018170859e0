#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/http/message.hpp"

// How an answer is written: head, the headers every answer carries, what changes from one answer
// to the next, body. The session sends the four in one gather write.
namespace http {

// The headers of every answer: security, and what the options add. A reply that names one of them
// replaces it.
class common_headers {
public:
    // https adds HSTS.
    common_headers(bool https, const header_list& extra);

    const std::string& block() const { return block_; }
    bool replaced_by(const header_list& headers) const;
    std::string block_without(const header_list& headers) const;

private:
    header_list list_;
    std::string block_;
};

// "Date: …\r\n" of the current second.
class date_line {
public:
    const std::string& now();

private:
    std::int64_t second_ = -1;
    std::string line_;
};

bool may_have_body(unsigned status);

// Status line, headers and Content-Length. Adds Cache-Control: no-store unless the reply says.
std::string head_of(const reply& answer);

// Just the header lines.
std::string lines_of(const header_list& headers);

enum class connection_word { none, close, keep_alive };

// Date, X-Request-Id, Connection and the empty line.
void append_tail(
    std::string& out, date_line& date, std::string_view request_id, connection_word word
);

}  // namespace http
