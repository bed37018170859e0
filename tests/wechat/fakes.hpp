#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "server/base/task.hpp"
#include "tests/wechat/vectors.hpp"
#include "wechat/http_client.hpp"
#include "wechat/pay/keys.hpp"
#include "wechat/sources.hpp"

// The outside world, made up.
namespace fakes {

// Runs one story to its end on a context of its own.
template <class T>
T run(base::task<T> story) {
    boost::asio::io_context context;
    std::optional<T> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(
        context,
        std::move(story),
        [&result, &failure](std::exception_ptr thrown, T value) {
            failure = thrown;
            if (!thrown) result.emplace(std::move(value));
        }
    );
    context.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
}

// Answers in the order given; keeps what was asked.
class transport final : public wechat::http_client {
public:
    std::vector<wechat::http_request> asked;
    std::vector<wechat::exchange_limits> limits;
    std::deque<std::function<wechat::transport_result(const wechat::http_request&)>> answers;

    void then(wechat::transport_result answer) {
        answers.push_back([answer](const wechat::http_request&) { return answer; });
    }

    base::task<wechat::transport_result> exchange(
        wechat::http_request request, wechat::exchange_limits within
    ) override {
        asked.push_back(request);
        limits.push_back(within);
        if (answers.empty()) co_return wechat::transport_result::unknown("no more answers");
        auto answer = std::move(answers.front());
        answers.pop_front();
        co_return answer(request);
    }
};

inline wechat::sources fixed_sources(std::int64_t now_s = vectors::base_s + 1) {
    wechat::sources made;
    made.now_ms = [now_s] { return now_s * 1000; };
    made.random_bytes = [](std::size_t count) { return std::string(count, '\x5a'); };
    return made;
}

inline wechat::transport_result plain_answer(unsigned status, std::string body) {
    wechat::http_answer made;
    made.status = status;
    made.headers.emplace_back("Request-ID", "08F9-0");
    made.body = std::move(body);
    return wechat::transport_result::done(std::move(made));
}

// As WeChat would sign it.
inline wechat::transport_result signed_answer(
    unsigned status,
    std::string body,
    std::int64_t at_s = vectors::base_s,
    const std::string& key = "platform_pubkey.private.pem",
    const std::string& serial = vectors::public_key_id
) {
    const base::secret pem{vectors::key_file(key)};
    const auto message = std::to_string(at_s) + "\nnonceOfTest\n" + body + "\n";
    auto made = plain_answer(status, std::move(body));
    auto& headers = made.answer.headers;
    headers.emplace_back("wechatpay-timestamp", std::to_string(at_s));
    headers.emplace_back("wechatpay-nonce", "nonceOfTest");
    headers.emplace_back("wechatpay-serial", serial);
    headers.emplace_back(
        "wechatpay-signature", wechat::pay::private_key::from_pem(pem).sign(message)
    );
    return made;
}

}  // namespace fakes
