#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/conf.hpp"
#include "server/base/secret.hpp"
#include "wechat/mp/message.hpp"

// The account's server address: who may speak to it, and what was said.
namespace wechat::mp {

enum class callback_mode {
    plain,       // body as it is; `signature` does not cover it
    compatible,  // encrypted part if there is one, else plain
    safe,        // encrypted only
};

// "plain" | "compatible" | "safe"
std::optional<callback_mode> callback_mode_of(std::string_view text);

enum class callback_verdict {
    ok,
    missing_parameter,
    bad_signature,
    clock,  // timestamp outside the window
    too_large,
    bad_xml,        // unreadable, or with a DOCTYPE
    not_encrypted,  // safe mode, and no Encrypt
    bad_base64,
    bad_ciphertext,  // not whole blocks
    bad_padding,
    bad_length,
    appid_mismatch,
    wrong_recipient,  // ToUserName is not this account
};

std::string_view name_of(callback_verdict what);

using query_list = std::vector<std::pair<std::string, std::string>>;  // decoded, in order

struct callback_delivery {
    callback_verdict what = callback_verdict::missing_parameter;
    message said;  // when ok
    bool encrypted = false;
    bool under_previous_key = false;  // answer with the same key
    std::string nonce;                // the request's, for the reply's envelope
};

class callback {
public:
    // Uses app_id, original_id ("" skips the check of ToUserName), mode, token, encoding_aes_key
    // and the previous two. Throws base::error{conf_invalid}.
    explicit callback(const base::account_conf& conf);

    // URL verification. The echo to answer with, or nullopt: refuse without echoing.
    std::optional<std::string> echo_for(const query_list& query) const;

    // One delivery: signature, clock, decryption, recipient, in this order.
    callback_delivery receive(
        const query_list& query,
        std::string_view body,
        std::int64_t now_s,
        std::int64_t window_s = 300
    ) const;

    // Body to answer with: `reply_xml` in an envelope if the delivery was encrypted, else as it is.
    // random16 must be 16 fresh random bytes. "success" and "" go out plain.
    std::string wrap(
        const callback_delivery& to,
        std::string_view reply_xml,
        std::int64_t now_s,
        std::string_view random16
    ) const;

private:
    std::string app_id_;
    std::string original_id_;
    callback_mode mode_;
    std::vector<base::secret> tokens_;    // current first
    std::vector<base::secret> aes_keys_;  // 32 bytes each, current first
};

inline constexpr std::size_t callback_body_limit = 64 * 1024;

}  // namespace wechat::mp
