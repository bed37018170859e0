#include "db/wechat_side.hpp"

#include "db/server_clock.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"

namespace db {
namespace {

constexpr auto insert_state =
    "INSERT INTO oauth_states (state_hash, browser_hash, next_path, step, created_ms) "
    "VALUES (?, ?, ?, 'new', ?)";

constexpr auto select_state =
    "SELECT browser_hash, next_path, step, session_token_sealed, created_ms FROM oauth_states "
    "WHERE state_hash = ?";

constexpr auto claim_state =
    "UPDATE oauth_states SET step = 'busy', version = version + 1 "
    "WHERE state_hash = ? AND step = 'new'";

constexpr auto finish_state =
    "UPDATE oauth_states SET step = ?, session_token_sealed = ?, version = version + 1 "
    "WHERE state_hash = ? AND step = 'busy'";

constexpr auto delete_states = "DELETE FROM oauth_states WHERE created_ms <= ? LIMIT ?";

constexpr auto select_token = "SELECT token_sealed, expires_ms FROM wechat_tokens WHERE name = ?";

constexpr auto insert_token_row = "INSERT IGNORE INTO wechat_tokens (name) VALUES (?)";

constexpr auto claim_token_row =
    "UPDATE wechat_tokens SET lease_owner = ?, lease_until_ms = " CAMPUS_DB_NOW_MS
    " + ?, version = version + 1 WHERE name = ? AND lease_until_ms <= " CAMPUS_DB_NOW_MS;

constexpr auto store_token_row =
    "UPDATE wechat_tokens SET token_sealed = ?, expires_ms = ?, lease_until_ms = 0, "
    "version = version + 1 WHERE name = ? AND lease_owner = ?";

constexpr auto release_token_row =
    "UPDATE wechat_tokens SET lease_until_ms = 0, version = version + 1 "
    "WHERE name = ? AND lease_owner = ?";

constexpr auto insert_message =
    "INSERT IGNORE INTO message_keys (dedup_key, received_ms) VALUES (?, ?)";

constexpr auto select_message = "SELECT answer FROM message_keys WHERE dedup_key = ?";
constexpr auto answer_message = "UPDATE message_keys SET answer = ? WHERE dedup_key = ?";
constexpr auto delete_messages = "DELETE FROM message_keys WHERE received_ms <= ? LIMIT ?";

constexpr auto insert_follower =
    "INSERT IGNORE INTO followers (openid, following, event_time_s) VALUES (?, ?, ?)";

constexpr auto update_follower =
    "UPDATE followers SET following = ?, event_time_s = ?, version = version + 1 "
    "WHERE openid = ? AND event_time_s <= ?";

constexpr auto insert_publication =
    "INSERT INTO menu_publications (id, body, state, made_by, made_ms) "
    "VALUES (?, ?, 'sending', ?, ?)";

constexpr auto update_publication =
    "UPDATE menu_publications SET state = ?, wechat_code = ?, detail = ?, version = version + 1 "
    "WHERE id = ?";

oauth_step step_of(std::string_view text) {
    if (text == "new") return oauth_step::fresh;
    if (text == "busy") return oauth_step::busy;
    return text == "done" ? oauth_step::done : oauth_step::failed;
}

std::string_view name_of(oauth_step step) {
    switch (step) {
        case oauth_step::fresh:
            return "new";
        case oauth_step::busy:
            return "busy";
        case oauth_step::done:
            return "done";
        case oauth_step::failed:
            return "failed";
    }
    return "failed";
}

std::string_view name_of(publication_state state) {
    switch (state) {
        case publication_state::sending:
            return "sending";
        case publication_state::published:
            return "published";
        case publication_state::refused:
            return "refused";
        case publication_state::unknown:
            return "unknown";
        case publication_state::differs:
            return "differs";
    }
    return "unknown";
}

}  // namespace

void insert_oauth_state(connection& db, std::string_view state_hash, const oauth_state& made) {
    db.change(
        insert_state, blob{state_hash}, blob{made.browser_hash}, made.next_path, made.created_at
    );
}

std::optional<oauth_state> find_oauth_state(connection& db, std::string_view state_hash) {
    auto found = db.select(select_state, blob{state_hash});
    if (!found.next()) return std::nullopt;
    return oauth_state{
        found.bytes("browser_hash"),
        found.text("next_path"),
        step_of(found.text("step")),
        found.maybe_bytes("session_token_sealed").value_or(""),
        found.i64("created_ms")};
}

bool claim_oauth_state(connection& db, std::string_view state_hash) {
    return db.change(claim_state, blob{state_hash}) == 1;
}

void finish_oauth_state(
    connection& db, std::string_view state_hash, oauth_step step, std::string_view token_sealed
) {
    const auto sealed =
        token_sealed.empty() ? std::optional<blob>{} : std::optional{blob{token_sealed}};
    db.change(finish_state, name_of(step), sealed, blob{state_hash});
}

std::int64_t delete_old_oauth_states(connection& db, base::epoch_ms before, int count) {
    return db.change(delete_states, before, count);
}

std::optional<wechat_token> find_token(connection& db, std::string_view name) {
    auto found = db.select(select_token, name);
    if (!found.next()) return std::nullopt;
    return wechat_token{found.maybe_bytes("token_sealed").value_or(""), found.i64("expires_ms")};
}

bool claim_token(
    connection& db, std::string_view name, std::string_view owner, base::epoch_ms lease_ms
) {
    db.change(insert_token_row, name);
    return db.change(claim_token_row, owner, lease_ms, name) == 1;
}

bool store_token(
    connection& db, std::string_view name, std::string_view owner, const wechat_token& made
) {
    return db.change(store_token_row, blob{made.sealed}, made.expires_at, name, owner) == 1;
}

void release_token(connection& db, std::string_view name, std::string_view owner) {
    db.change(release_token_row, name, owner);
}

message_seen see_message(connection& db, std::string_view dedup_key, base::epoch_ms now) {
    if (db.change(insert_message, dedup_key, now) == 1) return {true, std::nullopt};
    auto found = db.select(select_message, dedup_key);
    if (!found.next()) return {false, std::nullopt};
    return {false, found.maybe_text("answer")};
}

void keep_answer(connection& db, std::string_view dedup_key, std::string_view answer) {
    db.change(answer_message, answer, dedup_key);
}

std::int64_t delete_old_messages(connection& db, base::epoch_ms before, int count) {
    return db.change(delete_messages, before, count);
}

void set_following(
    connection& db, std::string_view openid, bool following, std::int64_t event_time_s
) {
    if (db.change(insert_follower, openid, following, event_time_s) == 1) return;
    db.change(update_follower, following, event_time_s, openid, event_time_s);
}

std::int64_t begin_publication(
    connection& db, std::string_view body, std::string_view by, base::epoch_ms now
) {
    const auto id = base::next_id();
    db.change(insert_publication, id, blob{body}, by, now);
    return id;
}

void end_publication(
    connection& db,
    std::int64_t id,
    publication_state state,
    std::optional<int> wechat_code,
    std::string_view detail
) {
    db.change(update_publication, name_of(state), wechat_code, detail, id);
}

}  // namespace db
