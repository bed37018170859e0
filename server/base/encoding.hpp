#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Bytes and their written forms. Byte strings travel as std::string.
namespace base {

std::string to_hex(std::string_view bytes);                     // lower case
std::optional<std::string> from_hex(std::string_view text);     // either case
std::string to_base64(std::string_view bytes);                  // standard alphabet, padded
std::optional<std::string> from_base64(std::string_view text);  // strict: alphabet, padding, length
std::string to_base64url(std::string_view bytes);               // no padding

std::string sha1(std::string_view bytes);    // 20 bytes
std::string sha256(std::string_view bytes);  // 32 bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes);
// HKDF-SHA256 with an empty salt: one master key gives a key for each use.
std::string derive_key(std::string_view master, std::string_view purpose, std::size_t size = 32);

bool equal_in_constant_time(std::string_view a, std::string_view b);

std::string random_bytes(std::size_t count);
std::string random_token();  // 128 bits as 32 hex digits
// Uniform in [0, bound).
std::uint32_t random_below(std::uint32_t bound);

// AES-256-GCM for data at rest: nonce(12) | ciphertext | tag(16). `bound_to` is authenticated too,
// so that a value cannot be moved to another row.
std::string seal(std::string_view key, std::string_view plain, std::string_view bound_to);
std::optional<std::string> open_sealed(
    std::string_view key, std::string_view sealed, std::string_view bound_to
);

std::string percent_encode(std::string_view text);  // RFC 3986 unreserved stay
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

bool is_utf8(std::string_view text);
std::size_t count_code_points(std::string_view text);  // text must be UTF-8

}  // namespace base
