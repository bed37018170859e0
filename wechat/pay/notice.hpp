#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wechat/header_list.hpp"
#include "wechat/pay/merchant.hpp"
#include "wechat/pay/trade.hpp"
#include "wechat/pay/verifier.hpp"

namespace wechat::pay {

enum class notice_kind {
    refused,         // not authentic: answer 401, change nothing
    decrypt_failed,  // authentic, but not readable (key reset, damage): answer 500, alarm
    other_event,     // authentic, of another product: keep, answer success
    payment,
    refund,
};

struct notice {
    notice_kind kind = notice_kind::refused;
    verification checked;
    const merchant* who = nullptr;  // whose keys fit; null when refused
    std::string reason;             // when decrypt_failed
    // When authentic:
    std::string id;
    std::string event_type;
    std::string summary;
    std::optional<base::epoch_ms> create_time;
    std::string plaintext;  // decrypted resource; personal data, never into logs
    std::optional<trade> paid;
    std::optional<pay::refund> refunded;
};

// Reads what arrived at the notify address: signature over the raw bytes first, then JSON, then
// decryption. `merchants` are tried in order; the first whose keys verify it is the one.
// A verdict of unknown_serial deserves one client::refresh_certificates() and a second reading.
notice read_notice(
    const std::vector<const merchant*>& merchants,
    const header_list& headers,
    std::string_view body,
    std::int64_t now_s
);

}  // namespace wechat::pay
