#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

// Captchas that wait for an answer. Single use: whoever takes one judges it, right or wrong.
namespace db {

struct captcha {
    std::int64_t id = 0;
    std::string browser_hash;  // 32 bytes: of the session that asked
    std::string answer_hash;   // 32 bytes
};

// Good for `life_ms` from now, by the database's clock.
void keep_captcha(connection& db, const captcha& made, base::epoch_ms life_ms);

// The hash of its answer, once. Nothing: unknown, of another browser, used, or too old.
std::optional<std::string> take_captcha(
    connection& db, std::int64_t id, std::string_view browser_hash
);

// Housekeeping, in pieces.
std::int64_t delete_old_captchas(connection& db, int count);

}  // namespace db
