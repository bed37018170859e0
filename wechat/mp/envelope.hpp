#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/base/secret.hpp"

// The encrypted envelope of the server callback: signature, layout, padding. No state, no clock.
namespace wechat::mp {

// Lower-case hex SHA-1 over the parts in byte order. With three parts `signature`, with the
// ciphertext as fourth `msg_signature`.
std::string callback_signature(
    std::string_view token, std::string_view timestamp, std::string_view nonce
);
std::string message_signature(
    std::string_view token,
    std::string_view timestamp,
    std::string_view nonce,
    std::string_view encrypted
);

// 43 characters to 32 bytes; the two unused bits may be anything. nullopt: not such a key.
std::optional<base::secret> decode_aes_key(std::string_view encoding_aes_key);

enum class unseal_kind { ok, bad_base64, bad_ciphertext, bad_padding, bad_length, appid_mismatch };

struct unsealed {
    unseal_kind what = unseal_kind::bad_base64;
    std::string message;
};

unsealed unseal(const base::secret& aes_key, std::string_view app_id, std::string_view encrypted);

// Base64 of the encrypted layout; random16 must hold 16 bytes.
std::string seal(
    const base::secret& aes_key,
    std::string_view app_id,
    std::string_view message,
    std::string_view random16
);

}  // namespace wechat::mp
