#include "server/http/wire.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/http/text.hpp"

namespace http {
namespace {

constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";
constexpr std::string_view permissions_policy =
    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()";
constexpr std::string_view one_year = "max-age=31536000";

bool names(const header_list& headers, std::string_view name) {
    return std::any_of(headers.begin(), headers.end(), [name](const auto& header) {
        return equal_ignoring_case(header.first, name);
    });
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
    // Handlers may fill the list by hand; a value must never become a header of its own.
    if (value.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos) {
        throw base::error{base::errc::internal, "a header that would break its line"};
    }
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

}  // namespace

common_headers::common_headers(bool https, const header_list& extra) {
    list_ = {
        {"Content-Security-Policy", std::string{content_security_policy}},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Permissions-Policy", std::string{permissions_policy}},
        {"Cross-Origin-Opener-Policy", "same-origin"},
    };
    if (https) list_.emplace_back("Strict-Transport-Security", one_year);
    for (const auto& header : extra) {
        std::erase_if(list_, [&header](const auto& known) {
            return equal_ignoring_case(known.first, header.first);
        });
        // Through reply::with, which refuses what would break its line.
        list_.push_back(reply{}.with(header.first, header.second).headers.front());
    }
    block_ = lines_of(list_);
}

bool common_headers::replaced_by(const header_list& headers) const {
    return std::any_of(list_.begin(), list_.end(), [&headers](const auto& known) {
        return names(headers, known.first);
    });
}

std::string common_headers::block_without(const header_list& headers) const {
    std::string out;
    for (const auto& [name, value] : list_) {
        if (!names(headers, name)) append_line(out, name, value);
    }
    return out;
}

const std::string& date_line::now() {
    const auto second = base::now_s();
    if (second == second_) return line_;
    second_ = second;
    const auto instant = static_cast<std::time_t>(second);
    std::tm parts{};
    gmtime_r(&instant, &parts);
    // strftime's day and month names follow the locale, the header's do not.
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto two = [](int n) { return std::string{n < 10 ? "0" : ""} + std::to_string(n); };
    line_ = std::string{"Date: "} + days[static_cast<std::size_t>(parts.tm_wday)] + ", " +
            two(parts.tm_mday) + " " + months[static_cast<std::size_t>(parts.tm_mon)] + " " +
            std::to_string(parts.tm_year + 1900) + " " + two(parts.tm_hour) + ":" +
            two(parts.tm_min) + ":" + two(parts.tm_sec) + " GMT\r\n";
    return line_;
}

bool may_have_body(unsigned status) {
    return status >= 200 && status != 204 && status != 304;
}

std::string head_of(const reply& answer) {
    std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " ";
    head += reason_of(answer.status);
    head += "\r\n";
    head += lines_of(answer.headers);
    if (!names(answer.headers, "Cache-Control")) append_line(head, "Cache-Control", "no-store");
    if (may_have_body(answer.status)) {
        const auto held = answer.body ? answer.body->size() : 0;
        const auto size = answer.source ? answer.source->size : held;
        append_line(head, "Content-Length", std::to_string(size));
    }
    return head;
}

std::string lines_of(const header_list& headers) {
    std::string out;
    for (const auto& [name, value] : headers) append_line(out, name, value);
    return out;
}

void append_tail(
    std::string& out, date_line& date, std::string_view request_id, connection_word word
) {
    out += date.now();
    append_line(out, "X-Request-Id", request_id);
    if (word == connection_word::close) append_line(out, "Connection", "close");
    if (word == connection_word::keep_alive) append_line(out, "Connection", "keep-alive");
    out += "\r\n";
}

}  // namespace http
