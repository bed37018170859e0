#include "wechat/pay/verifier.hpp"

#include <charconv>

#include "server/base/encoding.hpp"

namespace wechat::pay {
namespace {

constexpr std::string_view timestamp_header = "Wechatpay-Timestamp";
constexpr std::string_view nonce_header = "Wechatpay-Nonce";
constexpr std::string_view serial_header = "Wechatpay-Serial";
constexpr std::string_view signature_header = "Wechatpay-Signature";
constexpr std::string_view type_header = "Wechatpay-Signature-Type";
constexpr std::string_view only_type = "WECHATPAY2-SHA256-RSA2048";
constexpr std::string_view probe_mark = "WECHATPAY/SIGNTEST/";

// Twice the same header: one of them is not WeChat's, and we cannot know which.
bool each_once(const header_list& headers) {
    for (const auto name : {timestamp_header, nonce_header, serial_header, signature_header}) {
        if (count_headers(headers, name) != 1 || find_header(headers, name).empty()) return false;
    }
    return true;
}

bool right_type(const header_list& headers) {
    const auto count = count_headers(headers, type_header);
    return count == 0 || (count == 1 && find_header(headers, type_header) == only_type);
}

bool in_window(std::string_view timestamp, std::int64_t now_s) {
    std::int64_t at = 0;
    const char* end = timestamp.data() + timestamp.size();
    const auto read = std::from_chars(timestamp.data(), end, at);
    if (read.ec != std::errc{} || read.ptr != end || at < 0) return false;
    return at <= now_s ? now_s - at <= clock_window_s : at - now_s <= clock_window_s;
}

}  // namespace

std::string_view name_of(verdict what) {
    switch (what) {
        case verdict::ok:
            return "ok";
        case verdict::missing_header:
            return "missing_header";
        case verdict::wrong_type:
            return "wrong_type";
        case verdict::clock:
            return "clock";
        case verdict::unknown_serial:
            return "unknown_serial";
        case verdict::bad_signature:
            return "bad_signature";
    }
    return "";
}

verification verify(
    const key_ring& keys, const header_list& headers, std::string_view body, std::int64_t now_s
) {
    verification made;
    made.serial = find_header(headers, serial_header);
    made.nonce = find_header(headers, nonce_header);
    made.timestamp = find_header(headers, timestamp_header);
    const auto signature = find_header(headers, signature_header);
    made.probe = signature.starts_with(probe_mark);
    const auto ending = [&made](verdict what) {
        made.what = what;
        return made;
    };

    if (!each_once(headers)) return ending(verdict::missing_header);
    if (!right_type(headers)) return ending(verdict::wrong_type);
    if (!in_window(made.timestamp, now_s)) return ending(verdict::clock);
    const auto key = keys.find(made.serial, now_s);
    if (!key) return ending(verdict::unknown_serial);

    const auto bytes = base::from_base64(signature);
    if (!bytes) return ending(verdict::bad_signature);
    std::string message = made.timestamp + "\n" + made.nonce + "\n";
    message.append(body).append("\n");
    return ending(key->verify(message, *bytes) ? verdict::ok : verdict::bad_signature);
}

bool carries_signature(const header_list& headers) {
    return count_headers(headers, signature_header) != 0;
}

}  // namespace wechat::pay
