#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wechat/pay/keys.hpp"

namespace wechat::pay {

// WeChat's keys by serial: public keys (PUB_KEY_ID_…, exact) and certificates (hex, any case),
// several at once. Shared by all threads; a refresh swaps the whole set.
class key_ring {
public:
    struct entry {
        public_key key;
        bool is_certificate = false;
        std::int64_t not_before_s = 0;
        std::int64_t not_after_s = 0;  // 0: no end
    };

    key_ring() = default;
    key_ring(const key_ring&) = delete;
    key_ring& operator=(const key_ring&) = delete;

    // PEM of a public key (serial PUB_KEY_ID_…) or of a certificate (serial must be its own).
    // Throws base::error{conf_invalid}.
    void add_pem(std::string_view serial, std::string_view pem);
    void add(const certificate& found);
    void drop_expired(std::int64_t now_s);

    // nullopt when unknown, not yet or no longer valid.
    std::optional<public_key> find(std::string_view serial, std::int64_t now_s) const;
    // The serial to name in requests: the public key if there is one, else the newest valid
    // certificate; "" when there is neither.
    std::string preferred_serial(std::int64_t now_s) const;
    bool has_public_key() const;
    bool empty() const;

private:
    using table = std::map<std::string, entry, std::less<>>;
    std::shared_ptr<const table> snapshot() const;

    mutable std::mutex guard_;
    std::shared_ptr<const table> entries_ = std::make_shared<table>();
};

}  // namespace wechat::pay
