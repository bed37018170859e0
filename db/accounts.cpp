#include "db/accounts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "db/server_clock.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

constexpr auto select_security =
    "SELECT questions, answers_hash FROM security_answers WHERE person_id = ?";

constexpr auto upsert_security =
    "INSERT INTO security_answers (person_id, questions, answers_hash, changed_ms) "
    "VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE questions = VALUES(questions), "
    "answers_hash = VALUES(answers_hash), version = version + 1, changed_ms = VALUES(changed_ms)";

constexpr auto set_first =
    "UPDATE people SET password_hash = ?, version = version + 1, changed_ms = ? "
    "WHERE id = ? AND password_hash IS NULL";

constexpr auto set_next =
    "UPDATE people SET password_hash = ?, version = version + 1, changed_ms = ? "
    "WHERE id = ? AND password_hash = ?";

constexpr auto set_any =
    "UPDATE people SET password_hash = ?, version = version + 1, changed_ms = ? WHERE id = ?";

// A phone stays known as that WeChat account; it is only nobody's any more.
constexpr auto leave_sessions =
    "UPDATE sessions SET person_id = NULL, level = NULL, way = NULL "
    "WHERE person_id = ? AND token_hash <> ? AND openid IS NOT NULL";
constexpr auto delete_sessions = "DELETE FROM sessions WHERE person_id = ? AND token_hash <> ?";
constexpr auto delete_bindings = "DELETE FROM wechat_bindings WHERE person_id = ?";

constexpr auto insert_recovery =
    "INSERT INTO recoveries (id, browser_hash, person_id, questions, state, created_ms, "
    "expires_ms) "
    "VALUES (?, ?, ?, ?, 'asked', " CAMPUS_DB_NOW_MS ", " CAMPUS_DB_NOW_MS " + ?)";

#define CAMPUS_RECOVERY_COLUMNS                                 \
    "id, person_id, questions, state, created_ms, expires_ms, " \
    "expires_ms <= " CAMPUS_DB_NOW_MS " AS is_old "

constexpr auto select_recovery =
    "SELECT " CAMPUS_RECOVERY_COLUMNS "FROM recoveries WHERE id = ? AND browser_hash = ?";

constexpr auto select_waiting =
    "SELECT " CAMPUS_RECOVERY_COLUMNS
    "FROM recoveries WHERE person_id = ? AND state = 'waiting_for_wechat' "
    "AND expires_ms > " CAMPUS_DB_NOW_MS " ORDER BY id";

constexpr auto count_try =
    "UPDATE recoveries SET wrong_answers = wrong_answers + 1, version = version + 1 "
    "WHERE id = ? AND state = 'asked' AND wrong_answers < ? AND expires_ms > " CAMPUS_DB_NOW_MS;

constexpr auto end_one =
    "UPDATE recoveries SET state = 'over', version = version + 1 WHERE id = ? AND state = 'asked'";

constexpr auto move_one =
    "UPDATE recoveries SET state = ?, version = version + 1 "
    "WHERE id = ? AND state = ? AND expires_ms > " CAMPUS_DB_NOW_MS;

constexpr auto delete_old =
    "DELETE FROM recoveries WHERE expires_ms <= " CAMPUS_DB_NOW_MS " - ? LIMIT ?";

constexpr std::array recovery_words{
    std::pair{recovery_state::asked, "asked"},
    std::pair{recovery_state::waiting_for_wechat, "waiting_for_wechat"},
    std::pair{recovery_state::approved, "approved"},
    std::pair{recovery_state::denied, "denied"},
    std::pair{recovery_state::done, "done"},
    std::pair{recovery_state::over, "over"},
};

recovery_state recovery_state_of(std::string_view text) {
    for (const auto& [state, word] : recovery_words) {
        if (word == text) return state;
    }
    throw base::error{base::errc::internal, "an unknown state of a recovery"};
}

recovery recovery_of(const rows& row) {
    recovery out;
    out.id = row.i64("id");
    out.person_id = row.maybe_i64("person_id");
    out.questions = row.text("questions");
    out.state = recovery_state_of(row.text("state"));
    out.created_at = row.i64("created_ms");
    out.expires_at = row.i64("expires_ms");
    const bool ended = out.state == recovery_state::done || out.state == recovery_state::denied;
    if (row.flag("is_old") && !ended) out.state = recovery_state::over;
    return out;
}

}  // namespace

std::optional<security> find_security(connection& db, std::int64_t person_id) {
    auto found = db.select(select_security, person_id);
    if (!found.next()) return std::nullopt;
    return security{found.text("questions"), found.text("answers_hash")};
}

void keep_security(
    connection& db, std::int64_t person_id, const security& chosen, base::epoch_ms now
) {
    db.change(upsert_security, person_id, chosen.questions, chosen.answers_hash, now);
}

bool set_first_password(
    connection& db, std::int64_t person_id, std::string_view hash, base::epoch_ms now
) {
    return db.change(set_first, hash, now, person_id) == 1;
}

bool change_password(
    connection& db,
    std::int64_t person_id,
    std::string_view checked_hash,
    std::string_view hash,
    base::epoch_ms now
) {
    return db.change(set_next, hash, now, person_id, checked_hash) == 1;
}

void replace_password(
    connection& db, std::int64_t person_id, std::string_view hash, base::epoch_ms now
) {
    db.change(set_any, hash, now, person_id);
}

void end_sessions_of(connection& db, std::int64_t person_id, std::string_view kept_token_hash) {
    db.change(leave_sessions, person_id, blob{kept_token_hash});
    db.change(delete_sessions, person_id, blob{kept_token_hash});
}

std::int64_t unbind_all(connection& db, std::int64_t person_id) {
    return db.change(delete_bindings, person_id);
}

std::string_view name_of(recovery_state state) {
    for (const auto& [one, word] : recovery_words) {
        if (one == state) return word;
    }
    return "over";
}

void begin_recovery(
    connection& db, const recovery& begun, std::string_view browser_hash, base::epoch_ms life_ms
) {
    db.change(
        insert_recovery, begun.id, blob{browser_hash}, begun.person_id, begun.questions, life_ms
    );
}

std::optional<recovery> find_recovery(
    connection& db, std::int64_t id, std::string_view browser_hash
) {
    auto found = db.select(select_recovery, id, blob{browser_hash});
    if (!found.next()) return std::nullopt;
    return recovery_of(found);
}

std::vector<recovery> waiting_recoveries(connection& db, std::int64_t person_id) {
    auto found = db.select(select_waiting, person_id);
    std::vector<recovery> out;
    while (found.next()) out.push_back(recovery_of(found));
    return out;
}

bool count_recovery_try(connection& db, std::int64_t id, int most) {
    if (db.change(count_try, id, most) == 1) return true;
    db.change(end_one, id);
    return false;
}

bool move_recovery(connection& db, std::int64_t id, recovery_state from, recovery_state to) {
    return db.change(move_one, name_of(to), id, name_of(from)) == 1;
}

std::int64_t delete_old_recoveries(connection& db, base::epoch_ms kept_ms, int count) {
    return db.change(delete_old, kept_ms, count);
}

}  // namespace db
