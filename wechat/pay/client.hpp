#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "server/base/task.hpp"
#include "wechat/call.hpp"
#include "wechat/http_client.hpp"
#include "wechat/pay/merchant.hpp"
#include "wechat/pay/verifier.hpp"
#include "wechat/sources.hpp"

namespace wechat::pay {

struct verified_answer {
    unsigned status = 0;
    std::string body;
    std::string request_id;
};

// Signed calls of one merchant. Shared by all threads.
//
// done     2xx and its signature verified
// refused  4xx; `why.proven` tells whether the error itself was signed and verified
// unknown  202, 3xx, 5xx, a signature that does not verify, a 2xx without one, nothing came
class client {
public:
    // merchant and transport must outlive the client.
    client(const merchant& who, http_client& transport, sources from = {});

    // path_and_query is signed and sent as given. Goes to the backup host, if there is one, only
    // when certainly nothing was sent to the first.
    base::task<call_result<verified_answer>> exchange(
        std::string method,
        std::string path_and_query,
        std::string body,
        exchange_limits limits = {}
    );

    // Fetches a file, whose answer WeChat does not sign: what came must be proven by other means.
    // api_base: where it lies; another host is asked when certainly nothing was sent there.
    //
    // done     200, and its bytes
    // refused  4xx, a hint
    // unknown  anything else
    base::task<call_result<std::string>> fetch_file(
        std::string api_base, std::string path_and_query, exchange_limits limits
    );

    // Fetches /v3/certificates into the key ring; at most once a minute, else answers false at
    // once. In public-key mode there is nothing to fetch. True: the ring was renewed.
    base::task<bool> refresh_certificates();
    // Certificate mode and last refreshed more than 12 h ago (or never).
    bool certificates_are_due() const;

    const merchant& who() const { return who_; }
    const sources& from() const { return from_; }

private:
    base::task<transport_result> send(
        std::string method, std::string path_and_query, std::string body, exchange_limits limits
    );
    base::task<transport_result> send_to(
        std::string api_base,
        std::string method,
        std::string path_and_query,
        std::string body,
        exchange_limits limits
    );
    call_result<verified_answer> judged(const http_answer& answer, const verification& checked)
        const;

    const merchant& who_;
    http_client& transport_;
    sources from_;
    std::atomic<base::epoch_ms> tried_at_{0};
    std::atomic<base::epoch_ms> refreshed_at_{0};
};

}  // namespace wechat::pay
