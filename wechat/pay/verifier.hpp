#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wechat/header_list.hpp"
#include "wechat/pay/key_ring.hpp"

namespace wechat::pay {

// The checks, in this order; the first that fails names the verdict.
enum class verdict { ok, missing_header, wrong_type, clock, unknown_serial, bad_signature };

std::string_view name_of(verdict what);

struct verification {
    verdict what = verdict::missing_header;
    bool probe = false;  // WeChat's deliberate wrong signature; to be refused like any other
    std::string serial;  // these three are for the log
    std::string nonce;
    std::string timestamp;

    bool ok() const { return what == verdict::ok; }
};

inline constexpr std::int64_t clock_window_s = 300;

// Checks WeChat's signature over the raw body as received.
verification verify(
    const key_ring& keys, const header_list& headers, std::string_view body, std::int64_t now_s
);

// Whether the sender meant to sign at all (any Wechatpay-Signature line).
bool carries_signature(const header_list& headers);

}  // namespace wechat::pay
