#include "server/http/head_reader.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <boost/beast/http/basic_parser.hpp>

#include "server/http/target.hpp"
#include "server/http/text.hpp"

// The only file that knows Beast: its basic_parser checks the grammar, and we keep what we route
// on.
namespace http {
namespace {

namespace beast = boost::beast;
using beast::http::field;
using text = std::string_view;

class head_parser : public beast::http::basic_parser<true> {
public:
    head_parser(request& into, framing& how) : into_{into}, how_{how} {}

    unsigned refused_with() const { return refused_with_; }
    unsigned host_count() const { return host_count_; }

private:
    void refuse(unsigned status, beast::error_code& why) {
        refused_with_ = status;
        why = beast::http::error::bad_value;
    }

    void on_request_impl(
        beast::http::verb, text method, text target, int version, beast::error_code& why
    ) override {
        into_.method_text = method;
        into_.method = verb_of(method);
        into_.target = target;
        how_.is_http_1_0 = version == 10;
        why = {};
    }

    void on_field_impl(field which, text name, text value, beast::error_code& why) override {
        why = {};
        switch (which) {
            case field::content_length:
                on_content_length(value, why);
                break;
            case field::transfer_encoding:
                on_transfer_encoding(value, why);
                break;
            case field::host:
                ++host_count_;
                if (value.find_first_of(" ,/@\\") != text::npos) refuse(400, why);
                break;
            case field::expect:
                if (equal_ignoring_case(value, "100-continue")) {
                    how_.expects_continue = true;
                } else {
                    refuse(417, why);
                }
                break;
            default:
                break;
        }
        into_.headers.emplace_back(to_lower(name), value);
    }

    // Beast takes a repeated or listed length when all agree; a proxy in front might not.
    void on_content_length(text value, beast::error_code& why) {
        if (++length_count_ > 1 || value.find_first_not_of("0123456789") != text::npos) {
            refuse(400, why);
        }
    }

    // Beast takes any coding; we know chunked alone.
    void on_transfer_encoding(text value, beast::error_code& why) {
        if (++coding_count_ > 1 || how_.is_http_1_0) return refuse(400, why);
        if (!equal_ignoring_case(value, "chunked")) refuse(501, why);
    }

    void on_header_impl(beast::error_code& why) override { why = {}; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code& why) override {
        why = {};
    }
    std::size_t on_body_impl(text body, beast::error_code& why) override {
        why = {};
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, text, beast::error_code& why) override { why = {}; }
    std::size_t on_chunk_body_impl(std::uint64_t, text body, beast::error_code& why) override {
        why = {};
        return body.size();
    }
    void on_finish_impl(beast::error_code& why) override { why = {}; }
    void on_response_impl(int, text, int, beast::error_code& why) override { why = {}; }

    request& into_;
    framing& how_;
    unsigned refused_with_ = 0;
    unsigned host_count_ = 0;
    unsigned length_count_ = 0;
    unsigned coding_count_ = 0;
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "HTTP/2.0" is a version we do not speak; "HTTX" is no version.
bool names_other_version(text head) {
    const auto line = head.substr(0, head.find('\r'));
    if (line.size() < 9 || std::count(line.begin(), line.end(), ' ') != 2) return false;
    const auto version = line.substr(line.size() - 9);
    return version.substr(0, 6) == " HTTP/" && is_digit(version[6]) && version[7] == '.' &&
           is_digit(version[8]);
}

// Methods of RFC 9110 and PATCH exist, though no address of ours may know them; others do not.
bool is_known_method(text method) {
    constexpr std::array known{
        "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"};
    for (const text name : known) {
        if (method == name) return true;
    }
    return false;
}

}  // namespace

unsigned read_head(std::string_view head, request& into, framing& how) {
    into.headers.reserve(16);
    head_parser parser{into, how};
    parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
    // Ours is per address. Not boost::none: 1.74 takes every length for more than that.
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    beast::error_code why;
    parser.put(boost::asio::const_buffer{head.data(), head.size()}, why);
    if (parser.refused_with() != 0) return parser.refused_with();
    if (why == beast::http::error::bad_version) return names_other_version(head) ? 505 : 400;
    if (why || !parser.is_header_done()) return 400;

    if (!is_known_method(into.method_text)) return 501;
    if (parser.host_count() > 1 || (parser.host_count() == 0 && !how.is_http_1_0)) return 400;
    how.keep_alive = parser.keep_alive();
    how.chunked = parser.chunked();
    how.content_length = parser.content_length().value_or(0);
    if (how.is_http_1_0) how.expects_continue = false;
    if (into.target == "*" && into.method_text == "OPTIONS") {
        into.path = "*";  // no address: 405 or 404 by the router
        return 0;
    }
    auto parts = read_target(into.target);
    if (!parts) return 400;
    into.path = std::move(parts->path);
    into.query = std::move(parts->query);
    return 0;
}

}  // namespace http
