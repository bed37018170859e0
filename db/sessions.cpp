#include "db/sessions.hpp"

#include "server/base/error.hpp"

namespace db {
namespace {

constexpr base::epoch_ms hour_ms = 3'600'000;

constexpr auto insert_one =
    "INSERT INTO sessions (token_hash, openid, person_id, level, way, place, created_ms, seen_ms, "
    "expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

// A student who has left is signed out by that: the session goes on without him.
constexpr auto select_one =
    "SELECT s.openid, p.id AS person_id, s.level, s.way, s.place, s.created_ms, s.seen_ms, "
    "s.expires_ms "
    "FROM sessions s LEFT JOIN people p ON p.id = s.person_id AND p.status = 'active' "
    "WHERE s.token_hash = ?";

constexpr auto touch = "UPDATE sessions SET seen_ms = ? WHERE token_hash = ?";
constexpr auto delete_one = "DELETE FROM sessions WHERE token_hash = ?";
constexpr auto delete_ended = "DELETE FROM sessions WHERE expires_ms <= ? OR seen_ms <= ? LIMIT ?";

constexpr auto select_binding = "SELECT person_id, level FROM wechat_bindings WHERE openid = ?";

constexpr auto select_openids =
    "SELECT openid FROM wechat_bindings WHERE person_id = ? ORDER BY bound_ms DESC, openid LIMIT ?";

constexpr auto upsert_binding =
    "INSERT INTO wechat_bindings (openid, person_id, level, bound_ms) VALUES (?, ?, ?, ?) "
    "ON DUPLICATE KEY UPDATE person_id = VALUES(person_id), level = VALUES(level), "
    "bound_ms = VALUES(bound_ms)";

constexpr auto delete_binding = "DELETE FROM wechat_bindings WHERE openid = ? AND person_id = ?";

constexpr auto select_tries =
    "SELECT COALESCE(SUM(tries), 0) AS tries FROM throttles "
    "WHERE key_hash = ? AND window_start_ms > ?";

constexpr auto add_try =
    "INSERT INTO throttles (key_hash, window_start_ms, tries) VALUES (?, ?, 1) "
    "ON DUPLICATE KEY UPDATE tries = tries + 1";

constexpr auto clear_tries = "DELETE FROM throttles WHERE key_hash = ?";
constexpr auto delete_old = "DELETE FROM throttles WHERE window_start_ms <= ? LIMIT ?";

sign_in_level level_of(std::string_view text) {
    if (text == "own") return sign_in_level::own;
    return text == "initial" ? sign_in_level::initial : sign_in_level::identity;
}

sign_in_way way_of(std::string_view text) {
    if (text == "password") return sign_in_way::password;
    return text == "wechat" ? sign_in_way::wechat : sign_in_way::identity;
}

// Tries are counted by the minute, so that the window slides.
base::epoch_ms minute_of(base::epoch_ms now) {
    return now - now % 60'000;
}

}  // namespace

std::string_view name_of(sign_in_place place) {
    return place == sign_in_place::portal ? "portal" : "h5";
}

void insert_session(connection& db, std::string_view token_hash, const session& made) {
    const bool known = made.person_id.has_value();
    const auto openid = made.openid.empty() ? std::optional<std::string_view>{}
                                            : std::optional{std::string_view{made.openid}};
    const auto level = known ? std::optional{name_of(made.level)} : std::nullopt;
    const auto way = known ? std::optional{name_of(made.way)} : std::nullopt;
    db.change(
        insert_one,
        blob{token_hash},
        openid,
        made.person_id,
        level,
        way,
        name_of(made.place),
        made.created_at,
        made.seen_at,
        made.expires_at
    );
}

std::optional<session> find_session(connection& db, std::string_view token_hash) {
    auto found = db.select(select_one, blob{token_hash});
    if (!found.next()) return std::nullopt;
    session out;
    out.openid = found.maybe_text("openid").value_or("");
    out.person_id = found.maybe_i64("person_id");
    out.level = level_of(found.maybe_text("level").value_or(""));
    out.way = way_of(found.maybe_text("way").value_or(""));
    out.place = found.text("place") == "portal" ? sign_in_place::portal : sign_in_place::h5;
    out.created_at = found.i64("created_ms");
    out.seen_at = found.i64("seen_ms");
    out.expires_at = found.i64("expires_ms");
    return out;
}

void touch_session(connection& db, std::string_view token_hash, base::epoch_ms now) {
    db.change(touch, now, blob{token_hash});
}

void delete_session(connection& db, std::string_view token_hash) {
    db.change(delete_one, blob{token_hash});
}

std::int64_t delete_ended_sessions(
    connection& db, base::epoch_ms now, base::epoch_ms idle_since, int count
) {
    return db.change(delete_ended, now, idle_since, count);
}

std::optional<binding> find_binding(connection& db, std::string_view openid) {
    auto found = db.select(select_binding, openid);
    if (!found.next()) return std::nullopt;
    return binding{found.i64("person_id"), level_of(found.text("level"))};
}

std::vector<std::string> bound_openids(connection& db, std::int64_t person_id, int count) {
    auto found = db.select(select_openids, person_id, count);
    std::vector<std::string> out;
    while (found.next()) out.push_back(found.text("openid"));
    return out;
}

void bind(connection& db, std::string_view openid, const binding& made, base::epoch_ms now) {
    base::ensure(made.level != sign_in_level::identity, "only password sign-ins are bound");
    db.change(upsert_binding, openid, made.person_id, name_of(made.level), now);
}

bool unbind(connection& db, std::string_view openid, std::int64_t person_id) {
    return db.change(delete_binding, openid, person_id) == 1;
}

int tries_in_window(connection& db, std::string_view key_hash, base::epoch_ms now) {
    auto found = db.select(select_tries, blob{key_hash}, now - hour_ms);
    return found.next() ? static_cast<int>(found.i64("tries")) : 0;
}

void count_try(connection& db, std::string_view key_hash, base::epoch_ms now) {
    db.change(add_try, blob{key_hash}, minute_of(now));
}

void forget_tries(connection& db, std::string_view key_hash) {
    db.change(clear_tries, blob{key_hash});
}

std::int64_t delete_old_tries(connection& db, base::epoch_ms now, int count) {
    return db.change(delete_old, now - 2 * hour_ms, count);
}

}  // namespace db
