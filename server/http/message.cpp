#include "server/http/message.hpp"

#include <algorithm>

#include "server/base/error.hpp"
#include "server/http/text.hpp"

namespace http {
namespace {

std::string_view value_of(const text_pairs& list, std::string_view name) {
    for (const auto& [key, value] : list) {
        if (key == name) return value;
    }
    return {};
}

bool breaks_line(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) {
        return (c < 0x20 && c != '\t') || c == 0x7f;
    });
}

}  // namespace

std::string_view request::header(std::string_view lower_case_name) const {
    return value_of(headers, lower_case_name);
}

std::string_view request::parameter(std::string_view name) const {
    return value_of(parameters, name);
}

const std::string* request::query_value(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) return &value;
    }
    return nullptr;
}

std::string_view request::cookie(std::string_view name) const {
    for (const auto& [key, line] : headers) {
        if (key != "cookie") continue;
        for (std::string_view rest = line; !rest.empty();) {
            const auto pair = trim(cut(rest, ';'));
            const auto equals = pair.find('=');
            if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
            return pair.substr(equals + 1);
        }
    }
    return {};
}

std::string request::media_type() const {
    auto line = header("content-type");
    return to_lower(trim(cut(line, ';')));
}

bool request::wants_html() const {
    auto line = header("accept");
    while (!line.empty()) {
        auto range = cut(line, ',');
        if (equal_ignoring_case(trim(cut(range, ';')), "text/html")) return true;
    }
    return false;
}

std::string_view request::raw_query() const {
    const std::string_view whole = target;
    const auto mark = whole.find('?');
    return mark == std::string_view::npos ? std::string_view{} : whole.substr(mark + 1);
}

reply::reply(unsigned status_code, std::string_view content_type, std::string text)
    : status{status_code}, body{std::make_shared<const std::string>(std::move(text))} {
    with("Content-Type", std::string{content_type});
}

reply reply::empty(unsigned status_code) {
    reply answer;
    answer.status = status_code;
    return answer;
}

reply reply::redirect(std::string location) {
    auto answer = empty(302);
    answer.with("Location", std::move(location));
    answer.with("Cache-Control", "no-store");
    return answer;
}

reply& reply::with(std::string name, std::string value) {
    if (!is_token(name) || breaks_line(value)) {
        throw base::error{base::errc::internal, "a header that would break its line"};
    }
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
}

verb verb_of(std::string_view method) {
    if (method == "GET") return verb::get;
    if (method == "POST") return verb::post;
    if (method == "HEAD") return verb::head;
    if (method == "PUT") return verb::put;
    if (method == "DELETE") return verb::del;
    return verb::other;
}

std::string_view reason_of(unsigned status) {
    switch (status) {
        case 100:
            return "Continue";
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Payload Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Entity";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Status";
    }
}

}  // namespace http
