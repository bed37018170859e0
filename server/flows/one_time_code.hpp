#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/clock.hpp"

// Codes of an authenticator app: RFC 6238, SHA-1, 6 digits, a new one every 30 seconds. That is
// what every such app speaks.
namespace flows {

// 20 random bytes.
std::string new_code_secret();

// For people who type it: base32, 32 characters.
std::string written_secret(std::string_view secret);
// For a QR code. issuer and account are what the app shows.
std::string otpauth_uri(std::string_view secret, std::string_view issuer, std::string_view account);

// The step of 30 seconds (since 1970) that this code belongs to: the present one, or one before or
// after, since clocks and fingers are slow. Nothing: not a code of this secret now.
// Whoever accepts a code takes its step in the database, so that it is good once.
std::optional<std::int64_t> step_of_code(
    std::string_view secret, std::string_view code, base::epoch_ms now
);

}  // namespace flows
