#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/operators.hpp"
#include "server/base/clock.hpp"

// Who sits at the console. Read at every request, so that what ends a session ends it at every
// server at once. Ended ones are kept for a while, to be looked at.
namespace db {

enum class session_end { oneself, admin, new_secrets, disabled };
std::string_view name_of(session_end by);

struct operator_session {
    std::int64_t id = 0;
    std::int64_t operator_id = 0;
    rules::console_stage stage = rules::console_stage::setup;
    base::epoch_ms created_at = 0;
    base::epoch_ms seen_at = 0;
    base::epoch_ms expires_at = 0;
    std::string address;
    std::string browser;
};

// token_hash: SHA-256 of the cookie's value; the value itself is stored nowhere.
void insert_operator_session(
    connection& db, std::string_view token_hash, const operator_session& made
);

// A session that nobody has ended, of an operator who is not disabled. Whether it is too old is the
// caller's to judge.
struct seated_operator {
    operator_session session;
    operator_row who;
};
std::optional<seated_operator> find_operator_session(connection& db, std::string_view token_hash);

void touch_operator_session(connection& db, std::int64_t id, base::epoch_ms now);

// False: it is not there, or has ended. operator_id: only if it is his.
bool end_operator_session(
    connection& db,
    std::int64_t id,
    std::optional<std::int64_t> operator_id,
    session_end by,
    base::epoch_ms now
);
// All of his but `kept` (0: all). Answers how many there were.
std::int64_t end_operator_sessions(
    connection& db, std::int64_t operator_id, std::int64_t kept, session_end by, base::epoch_ms now
);

// The authenticator's secret that waits to be confirmed in this session. The sealed value is bound
// to the session. keep: false where one is there already or the session has ended.
std::optional<std::string> waiting_secret(connection& db, std::int64_t session_id);
bool keep_waiting_secret(connection& db, std::int64_t session_id, std::string_view sealed);
void replace_waiting_secret(connection& db, std::int64_t session_id, std::string_view sealed);
void forget_waiting_secret(connection& db, std::int64_t session_id);

// For lists.
struct listed_session {
    operator_session session;
    std::string name;
    std::string display_name;
    std::optional<base::epoch_ms> ended_at;
    std::string ended_by;
};

struct session_filter {
    std::optional<std::int64_t> operator_id;
    std::optional<std::int64_t> session_id;
    std::optional<std::int64_t> before;  // id of the last one seen
    // Only live ones: not ended, seen after `idle_since`, not expired at `now`.
    bool live_only = false;
    base::epoch_ms now = 0;
    base::epoch_ms idle_since = 0;
};

// Newest first.
std::vector<listed_session> list_operator_sessions(
    connection& db, const session_filter& wanted, int count
);
struct sessions_count {
    std::int64_t operator_id = 0;
    std::int64_t live = 0;
};
std::vector<sessions_count> count_live_sessions(
    connection& db, base::epoch_ms now, base::epoch_ms idle_since
);

// Housekeeping, in pieces: those that began before `before` and cannot be live any more.
std::int64_t delete_old_operator_sessions(connection& db, base::epoch_ms before, int count);

}  // namespace db
