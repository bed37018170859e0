#include "server/routes/wechat_routes.hpp"

#include <array>
#include <charconv>

#include "server/base/error.hpp"
#include "server/flows/answer_message.hpp"
#include "server/flows/enter_by_oauth.hpp"
#include "server/flows/payment_notice.hpp"
#include "server/http/cookies.hpp"
#include "server/routes/guard.hpp"
#include "server/routes/html.hpp"

namespace routes {
namespace {

constexpr std::size_t notice_limit = 1024 * 1024;
constexpr std::size_t message_limit = 64 * 1024;
constexpr std::string_view oauth_cookie = "campus_oauth";
constexpr std::string_view oauth_path = "/wechat/oauth";
constexpr int tries_max = 2;

struct entry_point {
    std::string_view name;
    std::string_view path;
};

// Links from chat and menu name a page; an address is never taken from the outside.
constexpr std::array entry_points{
    entry_point{"home", "/h5/"},
    entry_point{"fees", "/h5/fees"},
    entry_point{"orders", "/h5/orders"},
    entry_point{"paid", "/h5/paid"},
    entry_point{"me", "/h5/me"},
    entry_point{"family", "/h5/family"},
};

std::string_view path_named(const std::string* name) {
    for (const auto& point : entry_points) {
        if (name && *name == point.name) return point.path;
    }
    return entry_points.front().path;
}

base::task<http::reply> answer_echo(flows::parts& with, const http::request& asked) {
    const flows::callback_request came{asked.query, {}};
    const auto echo = flows::verify_callback(with, came);
    if (!echo) co_return http::reply{403, "text/plain; charset=utf-8", ""};
    co_return http::reply{200, "text/plain; charset=utf-8", *echo};
}

base::task<http::reply> answer_delivery(flows::parts& with, const http::request& asked) {
    flows::callback_request came;
    came.query = asked.query;
    came.body = asked.body;
    const auto answer = co_await flows::answer_message(with, std::move(came));
    if (!answer) co_return http::reply{403, "text/plain; charset=utf-8", ""};
    const bool xml = answer->rfind('<', 0) == 0;
    co_return http::reply{
        200, xml ? "application/xml; charset=utf-8" : "text/plain; charset=utf-8", *answer};
}

http::reply notice_reply(unsigned status, std::string_view message) {
    std::string body = R"({"code":"FAIL","message":")";
    body += message;
    body += "\"}";
    return {status, "application/json; charset=utf-8", std::move(body)};
}

base::task<http::reply> answer_notice(flows::parts& with, const http::request& asked) {
    const auto outcome = co_await flows::take_notice(with, asked.headers, asked.body);
    switch (outcome) {
        case flows::notice_answer::accepted:
            co_return http::reply::empty(204);
        case flows::notice_answer::not_authentic:
            co_return notice_reply(401, "签名验证未通过");
        case flows::notice_answer::not_readable:
            break;
    }
    co_return notice_reply(500, "通知无法解密");
}

// The cookie "browser token.tries" lives for the way to WeChat and back.
struct oauth_memory {
    std::string browser_token;
    int tries = 0;
};

oauth_memory memory_of(const http::request& asked) {
    const auto value = asked.cookie(oauth_cookie);
    const auto dot = value.find('.');
    oauth_memory out;
    out.browser_token = std::string{value.substr(0, dot)};
    if (dot != std::string_view::npos) {
        std::from_chars(value.data() + dot + 1, value.data() + value.size(), out.tries);
    }
    return out;
}

base::task<http::reply> enter_named(flows::parts& with, const http::request& asked) {
    std::string next{path_named(asked.query_value("to"))};
    auto answer = co_await enter(with, std::move(next), 0);
    co_return answer;
}

base::task<http::reply> come_back(flows::parts& with, const http::request& asked) {
    const auto* code = asked.query_value("code");
    const auto* state = asked.query_value("state");
    const auto memory = memory_of(asked);
    flows::oauth_return came;
    if (code && code->size() <= 512) came.code = *code;
    if (state && state->size() <= 128) came.state = *state;
    came.browser_token = memory.browser_token;
    came.who = co_await visitor_of(with, asked);
    const auto end = co_await flows::end_oauth(with, std::move(came));
    switch (end.kind) {
        case flows::oauth_end_kind::entered: {
            auto answer = http::reply::redirect(end.next_path);
            flows::visitor entered;
            entered.token = end.session_token;
            set_session_cookie(answer, entered);
            co_return answer;
        }
        case flows::oauth_end_kind::restart:
            if (memory.tries < tries_max) {
                auto again = co_await enter(with, end.next_path, memory.tries + 1);
                co_return again;
            }
            break;
        case flows::oauth_end_kind::snapshot:
            co_return page(
                200,
                "请使用完整服务",
                "您正在浏览快照页，请点击右下角“使用完整服务”后继续。",
                "",
                ""
            );
        case flows::oauth_end_kind::failed:
            break;
    }
    co_return page(
        400,
        "没有进入成功",
        "微信授权没有完成，可能是链接已过期。请重新进入。",
        "/wechat/enter",
        "重新进入"
    );
}

}  // namespace

base::task<http::reply> enter(flows::parts& with, std::string next_path, int tries) {
    const auto start = co_await flows::begin_oauth(with, std::move(next_path));
    auto answer = http::reply::redirect(start.location);
    http::cookie made;
    made.name = oauth_cookie;
    made.value = start.browser_token + "." + std::to_string(tries);
    made.path = oauth_path;
    made.max_age_s = 600;
    http::set_cookie(answer, made);
    co_return answer;
}

void add_wechat_routes(http::router& table, flows::parts& with) {
    using story = base::task<http::reply> (*)(flows::parts&, const http::request&);
    const auto add = [&](http::verb method, std::string_view path, story tell, std::size_t limit) {
        http::route row;
        row.method = method;
        row.pattern = path;
        row.answer = [&with, tell](const http::request& asked) { return tell(with, asked); };
        row.body_limit = limit;
        table.add(std::move(row));
    };
    add(http::verb::get, "/wechat/message", answer_echo, 0);
    add(http::verb::post, "/wechat/message", answer_delivery, message_limit);
    add(http::verb::post, "/wechat/pay/notify", answer_notice, notice_limit);
    add(http::verb::get, "/wechat/enter", enter_named, 0);
    add(http::verb::get, oauth_path, come_back, 0);
}

}  // namespace routes
