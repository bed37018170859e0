#include "db/captchas.hpp"

#include "db/server_clock.hpp"

namespace db {
namespace {

constexpr auto insert_one =
    "INSERT INTO captchas (id, browser_hash, answer_hash, expires_ms) "
    "VALUES (?, ?, ?, " CAMPUS_DB_NOW_MS " + ?)";

constexpr auto select_one =
    "SELECT answer_hash FROM captchas WHERE id = ? AND browser_hash = ? "
    "AND expires_ms > " CAMPUS_DB_NOW_MS;

constexpr auto delete_one = "DELETE FROM captchas WHERE id = ?";
constexpr auto delete_old = "DELETE FROM captchas WHERE expires_ms <= " CAMPUS_DB_NOW_MS " LIMIT ?";

}  // namespace

void keep_captcha(connection& db, const captcha& made, base::epoch_ms life_ms) {
    db.change(insert_one, made.id, blob{made.browser_hash}, blob{made.answer_hash}, life_ms);
}

std::optional<std::string> take_captcha(
    connection& db, std::int64_t id, std::string_view browser_hash
) {
    auto found = db.select(select_one, id, blob{browser_hash});
    if (!found.next()) return std::nullopt;
    if (db.change(delete_one, id) != 1) return std::nullopt;
    return found.bytes("answer_hash");
}

std::int64_t delete_old_captchas(connection& db, int count) {
    return db.change(delete_old, count);
}

}  // namespace db
