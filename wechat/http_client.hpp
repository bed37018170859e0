#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "server/base/task.hpp"
#include "wechat/header_list.hpp"

// One HTTP exchange with the outside world. What matters to money is the third answer: whether a
// request that brought no usable reply may have been received.
namespace wechat {

struct http_request {
    std::string method = "GET";
    std::string url;      // absolute: https://host[:port]/path?query
    header_list headers;  // Host, Content-Length and Connection are added
    std::string body;

    // Declared, because g++ 12 destroys aggregate temporaries twice inside co_await.
    http_request() = default;
    http_request(std::string method_text, std::string absolute_url);
};

struct http_answer {
    unsigned status = 0;
    header_list headers;
    std::string body;

    std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

enum class transport_kind {
    done,      // a complete answer arrived, whatever its status
    not_sent,  // name, connection or TLS failed: certainly nothing was sent
    unknown,   // timed out, broke off or was not HTTP after bytes of the request had left
};

struct transport_result {
    transport_kind kind = transport_kind::unknown;
    http_answer answer;  // when done
    std::string reason;  // otherwise; holds the host at most, never a query or a body

    static transport_result done(http_answer answer);
    static transport_result not_sent(std::string reason);
    static transport_result unknown(std::string reason);
};

struct exchange_limits {
    std::int64_t deadline_ms = 5'000;      // for all: name, connection, TLS, writing, reading
    std::size_t body_bytes = 1024 * 1024;  // a longer answer counts as unknown
};

class http_client {
public:
    virtual ~http_client() = default;
    // Never throws for what the network does. Throws base::error{internal} for a malformed URL.
    virtual base::task<transport_result> exchange(http_request request, exchange_limits limits) = 0;
};

struct beast_client_options {
    std::string user_agent = "CampusPay/1.0";
    std::string extra_ca_pem;          // trusted beside the system's authorities; for tests
    bool plain_http_anywhere = false;  // http:// is for loopback hosts unless this is set
    std::int64_t idle_ms = 5'000;      // a kept connection older than this is dropped; 0: keep none
};

// TLS 1.2 or newer with host-name check. Runs on the executor of the awaiting coroutine, whose
// context one thread runs; may be shared by all threads. Connections are kept per thread.
class beast_client final : public http_client {
public:
    explicit beast_client(beast_client_options options = {});
    ~beast_client() override;
    base::task<transport_result> exchange(http_request request, exchange_limits limits) override;

private:
    struct shared;
    std::shared_ptr<shared> shared_;
};

}  // namespace wechat
