#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/task.hpp"

// What the server reads and what a handler answers. Knows nothing of fees.
namespace http {

enum class verb { get, head, post, put, del, other };

using header_list = std::vector<std::pair<std::string, std::string>>;
using text_pairs = std::vector<std::pair<std::string, std::string>>;

struct request {
    verb method = verb::get;
    std::string method_text;
    std::string target;   // as on the request line
    std::string path;     // percent-decoded once, always starts with '/', no dot segments
    text_pairs query;     // decoded, in order
    header_list headers;  // names lower case
    std::string body;     // raw bytes
    std::string peer;     // client address: X-Forwarded-For only when the peer is a trusted proxy
    std::string request_id;  // ours, also in the X-Request-Id answer header and in logs
    text_pairs parameters;   // {name} parts of the matched pattern; "*" is what "/*" stood for

    // "" when absent; the first one when repeated.
    std::string_view header(std::string_view lower_case_name) const;
    std::string_view parameter(std::string_view name) const;
    const std::string* query_value(std::string_view name) const;
    // First cookie of that name; "" when absent.
    std::string_view cookie(std::string_view name) const;
    // "application/json" of "Application/JSON; charset=utf-8".
    std::string media_type() const;
    // Whether the Accept header names text/html: a person looks at the answer.
    bool wants_html() const;
    // The query as it stood in the target, without '?'.
    std::string_view raw_query() const;
};

// A body that is larger than what should be held at once. Pieces come in order, each not empty, and
// are `size` bytes together; whoever answers "" or throws before that ends the connection, so that
// half a file never looks like a whole one.
struct body_source {
    std::uint64_t size = 0;
    std::function<base::task<std::string>(int number)> piece;  // from 0
};

struct reply {
    unsigned status = 200;
    header_list headers;  // content-length, date, server and the security headers are added later
    std::shared_ptr<const std::string> body;
    std::shared_ptr<const body_source> source;  // instead of `body`
    // Status line and headers as they go out, computed once (static files). `headers` may still
    // add some; the body's length stands in here already.
    std::shared_ptr<const std::string> prepared_head;

    reply() = default;
    reply(unsigned status_code, std::string_view content_type, std::string text);
    static reply empty(unsigned status_code);
    static reply redirect(std::string location);  // 302, no-store

    // Throws base::error{internal} when the value could break out of its line.
    reply& with(std::string name, std::string value);
};

// A handler answers every request; what it throws becomes an error reply in the session.
using handler = std::function<base::task<reply>(const request&)>;

// A handler that never waits: answered without a coroutine. Must not block.
using immediate_handler = std::function<reply(const request&)>;

verb verb_of(std::string_view method);
std::string_view reason_of(unsigned status);

}  // namespace http
