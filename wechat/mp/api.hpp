#pragma once

#include <string>
#include <string_view>

#include "server/base/task.hpp"
#include "wechat/call.hpp"
#include "wechat/http_client.hpp"

// Calls to the official-account API.
namespace wechat::mp {

// Where the access token comes from: one for all servers (database), shared by all callers.
class token_source {
public:
    virtual ~token_source() = default;
    // Throws base::error{wechat_unknown | wechat_refused} when there is none to be had.
    virtual base::task<std::string> current() = 0;
    // WeChat refused this one: answer a newer one if somebody renewed it already, else renew.
    virtual base::task<std::string> renew_after(std::string refused_token) = 0;
};

// Judges an answer of the platform. HTTP status is not the signal: done is a JSON object without
// errcode or with errcode 0; errcode -1 (busy) and anything unreadable is unknown.
call_result<std::string> judge_answer(const transport_result& came);

class api {
public:
    // base without trailing slash; http and tokens must outlive the api.
    api(http_client& http, std::string base, token_source& tokens);

    // path from addresses.hpp; extra_query like "type=jsapi" or "". The token is added. done holds
    // the raw JSON. 40001, 40014 and 42001 renew the token and repeat once.
    base::task<call_result<std::string>> get(std::string path, std::string extra_query = {});
    base::task<call_result<std::string>> post(std::string path, std::string json_body);

private:
    base::task<call_result<std::string>> call(
        std::string method, std::string path, std::string extra_query, std::string body
    );

    http_client& http_;
    std::string base_;
    token_source& tokens_;
};

}  // namespace wechat::mp
