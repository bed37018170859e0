#include "wechat/pay/signer.hpp"

#include <utility>

namespace wechat::pay {

std::string request_message(
    std::string_view method,
    std::string_view path_and_query,
    std::string_view timestamp,
    std::string_view nonce,
    std::string_view body
) {
    std::string message;
    message.reserve(path_and_query.size() + body.size() + 64);
    for (const auto line : {method, path_and_query, timestamp, nonce, body}) {
        message.append(line).append("\n");
    }
    return message;
}

signer::signer(std::string mch_id, std::string serial_no, private_key key)
    : mch_id_{std::move(mch_id)}, serial_no_{std::move(serial_no)}, key_{std::move(key)} {}

std::string signer::authorization(
    std::string_view method,
    std::string_view path_and_query,
    std::int64_t timestamp_s,
    std::string_view nonce,
    std::string_view body
) const {
    const auto timestamp = std::to_string(timestamp_s);
    const auto signature =
        key_.sign(request_message(method, path_and_query, timestamp, nonce, body));
    std::string value = "WECHATPAY2-SHA256-RSA2048 mchid=\"" + mch_id_ + "\",nonce_str=\"";
    value.append(nonce).append("\",signature=\"").append(signature);
    value.append("\",timestamp=\"").append(timestamp);
    value.append("\",serial_no=\"").append(serial_no_).append("\"");
    return value;
}

pay_parameters signer::pay_sign(
    std::string_view app_id,
    std::string_view prepay_id,
    std::int64_t timestamp_s,
    std::string_view nonce
) const {
    pay_parameters made;
    made.app_id = app_id;
    made.time_stamp = std::to_string(timestamp_s);
    made.nonce_str = nonce;
    made.package = "prepay_id=" + std::string{prepay_id};
    made.sign_type = "RSA";
    made.pay_sign = key_.sign(
        made.app_id + "\n" + made.time_stamp + "\n" + made.nonce_str + "\n" + made.package + "\n"
    );
    return made;
}

}  // namespace wechat::pay
