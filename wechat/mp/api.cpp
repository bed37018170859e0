#include "wechat/mp/api.hpp"

#include <utility>

#include "server/base/encoding.hpp"
#include "wechat/json.hpp"
#include "wechat/mp/errcodes.hpp"

namespace wechat::mp {
namespace {

using text_result = call_result<std::string>;

// "… rid: 5f9a-…" at the end of errmsg: what the platform's support asks for.
std::string rid_in(const std::string& message) {
    constexpr std::string_view mark = "rid: ";
    const auto at = message.find(mark);
    return at == std::string::npos ? std::string{} : message.substr(at + mark.size());
}

bool asks_for_new_token(const text_result& came) {
    if (came.kind != call_kind::refused) return false;
    const auto* fact = find_errcode(came.why.code);
    return fact != nullptr && fact->what == reaction::renew_token;
}

}  // namespace

call_result<std::string> judge_answer(const transport_result& came) {
    if (came.kind != transport_kind::done) {
        return text_result::unknown(came.reason, {}, came.kind == transport_kind::not_sent);
    }
    refusal why;
    why.http_status = came.answer.status;
    json::document root;
    if (!json::parse(root, came.answer.body) || !root.IsObject()) {
        auto reason = "status " + std::to_string(came.answer.status) + ", not a JSON object";
        return text_result::unknown(std::move(reason), std::move(why));
    }
    const auto code = json::integer_in(root, "errcode");
    if (code.value_or(0) != 0) {
        why.code = std::to_string(*code);
        why.message = json::text_in(root, "errmsg");
        why.request_id = rid_in(why.message);
        if (*code == -1) return text_result::unknown("busy", std::move(why));
        return text_result::refused(std::move(why));
    }
    if (came.answer.status != 200) {
        auto reason = "status " + std::to_string(came.answer.status);
        return text_result::unknown(std::move(reason), std::move(why));
    }
    return text_result::done(came.answer.body);
}

api::api(http_client& http, std::string base, token_source& tokens)
    : http_{http}, base_{std::move(base)}, tokens_{tokens} {
    while (base_.ends_with('/')) base_.pop_back();
}

base::task<call_result<std::string>> api::get(std::string path, std::string extra_query) {
    co_return co_await call("GET", std::move(path), std::move(extra_query), std::string{});
}

base::task<call_result<std::string>> api::post(std::string path, std::string json_body) {
    co_return co_await call("POST", std::move(path), std::string{}, std::move(json_body));
}

base::task<call_result<std::string>> api::call(
    std::string method, std::string path, std::string extra_query, std::string body
) {
    auto token = co_await tokens_.current();
    for (int attempt = 1;; ++attempt) {
        http_request request{method, base_ + path + "?access_token=" + base::percent_encode(token)};
        if (!extra_query.empty()) request.url += "&" + extra_query;
        if (method == "POST") {
            request.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
        }
        request.body = body;
        const exchange_limits limits;
        const auto came = co_await http_.exchange(std::move(request), limits);
        auto judged = judge_answer(came);
        if (attempt > 1 || !asks_for_new_token(judged)) co_return judged;
        token = co_await tokens_.renew_after(token);
    }
}

}  // namespace wechat::mp
