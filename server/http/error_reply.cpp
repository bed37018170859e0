#include "server/http/error_reply.hpp"

#include <new>
#include <system_error>
#include <typeinfo>

#include <boost/core/demangle.hpp>
#include <boost/system/system_error.hpp>

#include "server/base/log.hpp"

namespace http {
namespace {

// Which seconds to wait before asking again; a crowd should not come back as one.
constexpr std::string_view retry_after_busy = "5";
constexpr std::string_view retry_after_throttled = "30";

void append_json(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    for (const unsigned char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += static_cast<char>(c);
        } else if (c < 0x20) {
            out += "\\u00";
            out += digits[c >> 4U];
            out += digits[c & 15U];
        } else {
            out += static_cast<char>(c);
        }
    }
    out += '"';
}

void append_html(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
}

std::string_view heading_of(unsigned status) {
    switch (status) {
        case 401:
            return "请先登录";
        case 403:
            return "不能访问";
        case 404:
            return "没有找到页面";
        case 405:
            return "不支持这种访问方式";
        case 429:
            return "操作太频繁";
        case 500:
            return "系统出现异常";
        case 502:
        case 503:
        case 504:
            return "系统繁忙";
        default:
            return status < 500 ? "请求未能完成" : "系统暂时不可用";
    }
}

// The content security policy forbids inline style, so the page leans on the browser's own.
std::string page(const refusal& what, const request& asked) {
    std::string html =
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta name=\"robots\" content=\"noindex\">\n<title>";
    append_html(html, heading_of(what.status));
    html += "</title>\n</head>\n<body>\n<main>\n<h1>";
    append_html(html, heading_of(what.status));
    html += "</h1>\n<p>";
    append_html(html, what.message);
    html += "。</p>\n<p>请返回上一页重试；如果一直如此，请把下面的编号告诉学校的管理员。</p>\n";
    html += "<hr>\n<p><small>状态 " + std::to_string(what.status) + " · 请求编号 <code>";
    append_html(html, asked.request_id);
    html += "</code></small></p>\n</main>\n</body>\n</html>\n";
    return html;
}

base::log::level level_of(base::severity how) {
    switch (how) {
        case base::severity::info:
            return base::log::level::info;
        case base::severity::warning:
            return base::log::level::warning;
        case base::severity::alarm:
            return base::log::level::alarm;
    }
    return base::log::level::alarm;
}

// What an unforeseen exception may say in the log: its type, and its text with long numbers
// starred, in case a library quoted its input.
std::string shown(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size() && out.size() < 160;) {
        const auto digits_end = std::min(text.find_first_not_of("0123456789", i), text.size());
        if (digits_end - i > 5) {
            out += '*';
            i = digits_end;
        } else {
            out += text[i++];
        }
    }
    return out;
}

reply answer_unforeseen(
    std::string_view kind, std::string_view text, const request& asked, std::string_view route
) {
    const auto& face = base::face_of(base::errc::internal);
    base::log::write(
        level_of(face.level),
        "request_failed",
        {{"code", face.code},
         {"exception", kind},
         {"detail", shown(text)},
         {"method", asked.method_text},
         {"route", route},
         {"request_id", asked.request_id}}
    );
    return error_reply({face.http_status, face.code, face.message}, &asked);
}

}  // namespace

refusal refusal_of(unsigned status) {
    const auto face = [](base::errc what) {
        const auto& found = base::face_of(what);
        return refusal{found.http_status, found.code, found.message};
    };
    switch (status) {
        case 404:
            return face(base::errc::not_found);
        case 405:
            return face(base::errc::method_not_allowed);
        case 408:
            return {408, "request_timeout", "请求超时，请检查网络后重试"};
        case 413:
            return face(base::errc::payload_too_large);
        case 414:
            return {414, "uri_too_long", "请求地址过长"};
        case 417:
            return {417, "expectation_failed", "请求内容有误，请检查后重试"};
        case 431:
            return {431, "headers_too_large", "请求头过大，请清除浏览器缓存后重试"};
        case 500:
            return face(base::errc::internal);
        case 501:
            return {501, "not_implemented", "不支持这种访问方式"};
        case 503:
            return face(base::errc::busy);
        case 505:
            return {505, "version_not_supported", "不支持这种访问方式"};
        default:
            return face(base::errc::bad_request);
    }
}

reply error_reply(const refusal& what, const request* asked) {
    const bool to_person = asked != nullptr && asked->wants_html() &&
                           (asked->method == verb::get || asked->method == verb::head);
    std::string json;
    if (!to_person) {
        json = "{\"code\":";
        append_json(json, what.code);
        json += ",\"message\":";
        append_json(json, what.message);
        json += '}';
    }
    auto answer = to_person ? reply{what.status, "text/html; charset=utf-8", page(what, *asked)}
                            : reply{what.status, "application/json; charset=utf-8", json};
    answer.with("Cache-Control", "no-store");
    if (what.status == 503) answer.with("Retry-After", std::string{retry_after_busy});
    if (what.status == 429) answer.with("Retry-After", std::string{retry_after_throttled});
    return answer;
}

reply answer_thrown(
    const std::exception_ptr& thrown, const request& asked, std::string_view route
) {
    try {
        std::rethrow_exception(thrown);
    } catch (const base::error& refused) {
        const auto& face = refused.face();
        base::log::write(
            level_of(face.level),
            face.http_status < 500 ? "request_refused" : "request_failed",
            {{"code", face.code},
             {"detail", refused.detail()},
             {"method", asked.method_text},
             {"route", route},
             {"request_id", asked.request_id}}
        );
        return error_reply({face.http_status, face.code, refused.message()}, &asked);
    } catch (const std::exception& failure) {
        const auto kind = boost::core::demangle(typeid(failure).name());
        return answer_unforeseen(kind, failure.what(), asked, route);
    } catch (...) {
        return answer_unforeseen("unknown", "", asked, route);
    }
}

}  // namespace http
