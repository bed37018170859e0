#include "db/operator_sessions.hpp"

#include "server/base/error.hpp"

namespace db {
namespace {

constexpr auto insert_one =
    "INSERT INTO operator_sessions (id, token_hash, operator_id, stage, created_ms, seen_ms, "
    "expires_ms, address, browser) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr auto by_token =
    "SELECT id, operator_id, stage, created_ms, seen_ms, expires_ms, address, browser "
    "FROM operator_sessions WHERE token_hash = ? AND ended_ms IS NULL";

constexpr auto touch = "UPDATE operator_sessions SET seen_ms = ? WHERE id = ? AND ended_ms IS NULL";

constexpr auto end_one =
    "UPDATE operator_sessions SET ended_ms = ?, ended_by = ?, totp_sealed = NULL, "
    "version = version + 1 WHERE id = ? AND ended_ms IS NULL";
constexpr auto end_own =
    "UPDATE operator_sessions SET ended_ms = ?, ended_by = ?, totp_sealed = NULL, "
    "version = version + 1 WHERE id = ? AND operator_id = ? AND ended_ms IS NULL";
constexpr auto end_all =
    "UPDATE operator_sessions SET ended_ms = ?, ended_by = ?, totp_sealed = NULL, "
    "version = version + 1 WHERE operator_id = ? AND id <> ? AND ended_ms IS NULL";

constexpr auto read_secret =
    "SELECT totp_sealed FROM operator_sessions WHERE id = ? AND ended_ms IS NULL";
constexpr auto keep_secret =
    "UPDATE operator_sessions SET totp_sealed = ?, version = version + 1 "
    "WHERE id = ? AND totp_sealed IS NULL AND ended_ms IS NULL";
constexpr auto replace_secret =
    "UPDATE operator_sessions SET totp_sealed = ?, version = version + 1 "
    "WHERE id = ? AND ended_ms IS NULL";
constexpr auto forget_secret =
    "UPDATE operator_sessions SET totp_sealed = NULL, version = version + 1 WHERE id = ?";

constexpr auto list_all =
    "SELECT s.id, s.operator_id, s.stage, s.created_ms, s.seen_ms, s.expires_ms, s.address, "
    "s.browser, s.ended_ms, s.ended_by, o.name, o.display_name FROM operator_sessions s "
    "JOIN operators o ON o.id = s.operator_id WHERE 1 = 1";

constexpr auto count_live =
    "SELECT operator_id, COUNT(*) AS n FROM operator_sessions WHERE ended_ms IS NULL "
    "AND created_ms > ? AND expires_ms > ? AND seen_ms > ? GROUP BY operator_id";

constexpr auto delete_old = "DELETE FROM operator_sessions WHERE created_ms <= ? LIMIT ?";

constexpr base::epoch_ms longest_session_ms = 8LL * 24 * 3600 * 1000;  // beyond every setting

operator_session session_of(const rows& from) {
    operator_session out;
    out.id = from.i64("id");
    out.operator_id = from.i64("operator_id");
    out.stage =
        from.text("stage") == "ready" ? rules::console_stage::ready : rules::console_stage::setup;
    out.created_at = from.i64("created_ms");
    out.seen_at = from.i64("seen_ms");
    out.expires_at = from.i64("expires_ms");
    out.address = from.text("address");
    out.browser = from.text("browser");
    return out;
}

}  // namespace

std::string_view name_of(session_end by) {
    switch (by) {
        case session_end::oneself:
            return "oneself";
        case session_end::admin:
            return "admin";
        case session_end::new_secrets:
            return "new_secrets";
        case session_end::disabled:
            return "disabled";
    }
    return "";
}

void insert_operator_session(
    connection& db, std::string_view token_hash, const operator_session& made
) {
    db.change(
        insert_one,
        made.id,
        blob{token_hash},
        made.operator_id,
        rules::name_of(made.stage),
        made.created_at,
        made.seen_at,
        made.expires_at,
        made.address,
        made.browser
    );
}

std::optional<seated_operator> find_operator_session(connection& db, std::string_view token_hash) {
    auto found = db.select(by_token, blob{token_hash});
    if (!found.next()) return std::nullopt;
    auto session = session_of(found);
    auto who = find_operator(db, session.operator_id);
    if (!who || who->disabled) return std::nullopt;
    return seated_operator{std::move(session), std::move(*who)};
}

void touch_operator_session(connection& db, std::int64_t id, base::epoch_ms now) {
    db.change(touch, now, id);
}

bool end_operator_session(
    connection& db,
    std::int64_t id,
    std::optional<std::int64_t> operator_id,
    session_end by,
    base::epoch_ms now
) {
    const auto changed = operator_id ? db.change(end_own, now, name_of(by), id, *operator_id)
                                     : db.change(end_one, now, name_of(by), id);
    return changed == 1;
}

std::int64_t end_operator_sessions(
    connection& db, std::int64_t operator_id, std::int64_t kept, session_end by, base::epoch_ms now
) {
    return db.change(end_all, now, name_of(by), operator_id, kept);
}

std::optional<std::string> waiting_secret(connection& db, std::int64_t session_id) {
    auto found = db.select(read_secret, session_id);
    if (!found.next()) return std::nullopt;
    return found.maybe_bytes("totp_sealed");
}

bool keep_waiting_secret(connection& db, std::int64_t session_id, std::string_view sealed) {
    return db.change(keep_secret, blob{sealed}, session_id) == 1;
}

void replace_waiting_secret(connection& db, std::int64_t session_id, std::string_view sealed) {
    db.change(replace_secret, blob{sealed}, session_id);
}

void forget_waiting_secret(connection& db, std::int64_t session_id) {
    db.change(forget_secret, session_id);
}

std::vector<listed_session> list_operator_sessions(
    connection& db, const session_filter& wanted, int count
) {
    std::string text = list_all;
    std::vector<value> arguments;
    const auto where = [&](std::string_view condition, std::int64_t argument) {
        text += condition;
        arguments.emplace_back(argument);
    };
    if (wanted.operator_id) where(" AND s.operator_id = ?", *wanted.operator_id);
    if (wanted.session_id) where(" AND s.id = ?", *wanted.session_id);
    if (wanted.before) where(" AND s.id < ?", *wanted.before);
    if (wanted.live_only) {
        text += " AND s.ended_ms IS NULL AND o.disabled = 0";
        where(" AND s.expires_ms > ?", wanted.now);
        where(" AND s.seen_ms > ?", wanted.idle_since);
    }
    text += " ORDER BY s.id DESC LIMIT ?";
    arguments.emplace_back(count);
    auto found = db.select_with(text, arguments);
    std::vector<listed_session> out;
    out.reserve(found.size());
    while (found.next()) {
        listed_session one;
        one.session = session_of(found);
        one.name = found.text("name");
        one.display_name = found.text("display_name");
        one.ended_at = found.maybe_i64("ended_ms");
        one.ended_by = found.maybe_text("ended_by").value_or("");
        out.push_back(std::move(one));
    }
    return out;
}

std::vector<sessions_count> count_live_sessions(
    connection& db, base::epoch_ms now, base::epoch_ms idle_since
) {
    auto found = db.select(count_live, now - longest_session_ms, now, idle_since);
    std::vector<sessions_count> out;
    out.reserve(found.size());
    while (found.next()) out.push_back({found.i64("operator_id"), found.i64("n")});
    return out;
}

std::int64_t delete_old_operator_sessions(connection& db, base::epoch_ms before, int count) {
    return db.change(delete_old, before, count);
}

}  // namespace db
