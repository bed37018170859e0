#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/secret.hpp"

namespace wechat::pay {

// AEAD_AES_256_GCM with the APIv3 key. A previous key is tried second: WeChat does not say with
// which key notices are encrypted right after a reset.
class cipher {
public:
    // Throws base::error{conf_invalid} unless the key has 32 bytes.
    explicit cipher(const base::secret& api_v3_key, const base::secret& previous_api_v3_key = {});

    // nullopt: wrong key or damaged data. associated_data may be empty.
    std::optional<std::string> open(
        std::string_view ciphertext_base64, std::string_view nonce, std::string_view associated_data
    ) const;

private:
    std::vector<base::secret> keys_;
};

}  // namespace wechat::pay
