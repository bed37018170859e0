#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

// What is kept about the official account between requests and instances.
namespace db {

// ---- OAuth: one row per way through WeChat's page ----

enum class oauth_step { fresh, busy, done, failed };

struct oauth_state {
    std::string browser_hash;  // SHA-256 of the cookie set at the start
    std::string next_path;
    oauth_step step = oauth_step::fresh;
    std::string session_token_sealed;
    base::epoch_ms created_at = 0;
};

void insert_oauth_state(connection& db, std::string_view state_hash, const oauth_state& made);
std::optional<oauth_state> find_oauth_state(connection& db, std::string_view state_hash);
// The first return wins; the second finds it busy.
bool claim_oauth_state(connection& db, std::string_view state_hash);
void finish_oauth_state(
    connection& db, std::string_view state_hash, oauth_step step, std::string_view token_sealed
);
std::int64_t delete_old_oauth_states(connection& db, base::epoch_ms before, int count);

// ---- Tokens: one value for all instances, one renewer at a time ----

struct wechat_token {
    std::string sealed;  // "" when there is none yet
    base::epoch_ms expires_at = 0;
};

std::optional<wechat_token> find_token(connection& db, std::string_view name);
// The lease to renew; false while somebody else has it.
bool claim_token(
    connection& db, std::string_view name, std::string_view owner, base::epoch_ms lease_ms
);
bool store_token(
    connection& db, std::string_view name, std::string_view owner, const wechat_token& made
);
void release_token(connection& db, std::string_view name, std::string_view owner);

// ---- Messages: a repeated delivery gets the same answer ----

struct message_seen {
    bool first = false;
    std::optional<std::string> answer;  // of the first delivery, once it is known
};

message_seen see_message(connection& db, std::string_view dedup_key, base::epoch_ms now);
void keep_answer(connection& db, std::string_view dedup_key, std::string_view answer);
std::int64_t delete_old_messages(connection& db, base::epoch_ms before, int count);

// An older event never undoes a newer one.
void set_following(
    connection& db, std::string_view openid, bool following, std::int64_t event_time_s
);

// ---- Menus ----

enum class publication_state { sending, published, refused, unknown, differs };

std::int64_t begin_publication(
    connection& db, std::string_view body, std::string_view by, base::epoch_ms now
);
void end_publication(
    connection& db,
    std::int64_t id,
    publication_state state,
    std::optional<int> wechat_code,
    std::string_view detail
);

}  // namespace db
