#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wechat/pay/keys.hpp"

namespace wechat::pay {

// What the page hands to WeixinJSBridge `getBrandWCPayRequest`; the names are WeChat's.
struct pay_parameters {
    std::string app_id;
    std::string time_stamp;  // seconds, as text
    std::string nonce_str;
    std::string package;    // "prepay_id=…"
    std::string sign_type;  // "RSA"
    std::string pay_sign;
};

// The merchant's own signature: WECHATPAY2-SHA256-RSA2048.
class signer {
public:
    signer(std::string mch_id, std::string serial_no, private_key key);

    // Value of the Authorization header. path_and_query and body exactly as they go on the wire.
    std::string authorization(
        std::string_view method,
        std::string_view path_and_query,
        std::int64_t timestamp_s,
        std::string_view nonce,
        std::string_view body
    ) const;

    // Made at the moment of the click; app_id must be the order's.
    pay_parameters pay_sign(
        std::string_view app_id,
        std::string_view prepay_id,
        std::int64_t timestamp_s,
        std::string_view nonce
    ) const;

private:
    std::string mch_id_;
    std::string serial_no_;
    private_key key_;
};

// The five lines that are signed; for tests and for `doctor`.
std::string request_message(
    std::string_view method,
    std::string_view path_and_query,
    std::string_view timestamp,
    std::string_view nonce,
    std::string_view body
);

}  // namespace wechat::pay
