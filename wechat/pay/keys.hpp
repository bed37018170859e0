#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/secret.hpp"

struct evp_pkey_st;

// RSA keys, parsed once. Error texts name what was wrong, never what was in the file.
namespace wechat::pay {

class private_key {
public:
    // PEM, PKCS#8 or PKCS#1. Throws base::error{conf_invalid}.
    static private_key from_pem(const base::secret& pem);

    // RSASSA-PKCS1-v1_5 over SHA-256, base64 on one line.
    std::string sign(std::string_view message) const;

private:
    std::shared_ptr<evp_pkey_st> key_;
};

class public_key {
public:
    // PEM `BEGIN PUBLIC KEY`. Throws base::error{conf_invalid}.
    static public_key from_pem(std::string_view pem);

    bool verify(std::string_view message, std::string_view signature_bytes) const;
    // RSA-OAEP with SHA-1, base64: sensitive request fields.
    std::string encrypt(std::string_view plain) const;

    explicit public_key(std::shared_ptr<evp_pkey_st> key) : key_{std::move(key)} {}

private:
    std::shared_ptr<evp_pkey_st> key_;
};

// A platform certificate: key, serial and validity.
struct certificate {
    std::string serial;  // 40 hex digits, upper case
    public_key key;
    std::int64_t not_before_s = 0;
    std::int64_t not_after_s = 0;

    // PEM `BEGIN CERTIFICATE`; nullopt when it cannot be read or holds no RSA key.
    static std::optional<certificate> from_pem(std::string_view pem);
};

}  // namespace wechat::pay
