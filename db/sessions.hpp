#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/people.hpp"
#include "server/base/clock.hpp"

// Sessions live in the database, so any instance can serve any request.
namespace db {

// Where somebody signed in.
enum class sign_in_place { h5, portal };
std::string_view name_of(sign_in_place place);

struct session {
    std::string openid;  // "" outside WeChat
    std::optional<std::int64_t> person_id;
    sign_in_level level = sign_in_level::identity;
    sign_in_way way = sign_in_way::identity;
    sign_in_place place = sign_in_place::h5;
    base::epoch_ms created_at = 0;
    base::epoch_ms seen_at = 0;
    base::epoch_ms expires_at = 0;
};

// token_hash: SHA-256 of the cookie's value; the value itself is stored nowhere.
void insert_session(connection& db, std::string_view token_hash, const session& made);
std::optional<session> find_session(connection& db, std::string_view token_hash);
void touch_session(connection& db, std::string_view token_hash, base::epoch_ms now);
void delete_session(connection& db, std::string_view token_hash);
// Housekeeping, in pieces.
std::int64_t delete_ended_sessions(
    connection& db, base::epoch_ms now, base::epoch_ms idle_since, int count
);

// The WeChat accounts that may sign in without a password.
struct binding {
    std::int64_t person_id = 0;
    sign_in_level level = sign_in_level::initial;
};

std::optional<binding> find_binding(connection& db, std::string_view openid);
// The WeChat accounts of a person, the newest binding first.
std::vector<std::string> bound_openids(connection& db, std::int64_t person_id, int count);
// Binds, or moves the binding of this openid to this person and level.
void bind(connection& db, std::string_view openid, const binding& made, base::epoch_ms now);
// Only if it is bound to this person. False: it is not.
bool unbind(connection& db, std::string_view openid, std::int64_t person_id);

// Wrong tries in windows of an hour, counted across all instances.
int tries_in_window(connection& db, std::string_view key_hash, base::epoch_ms now);
void count_try(connection& db, std::string_view key_hash, base::epoch_ms now);
void forget_tries(connection& db, std::string_view key_hash);
std::int64_t delete_old_tries(connection& db, base::epoch_ms now, int count);

}  // namespace db
