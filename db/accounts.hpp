#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

// Passwords of students' own, and the answers that recover them.
namespace db {

struct security {
    std::string questions;     // ids, joined by commas in the order of the hash
    std::string answers_hash;  // argon2id
};

std::optional<security> find_security(connection& db, std::int64_t person_id);
void keep_security(
    connection& db, std::int64_t person_id, const security& chosen, base::epoch_ms now
);

// False: somebody set one meanwhile.
bool set_first_password(
    connection& db, std::int64_t person_id, std::string_view hash, base::epoch_ms now
);
// False: it is not the one that was checked any more.
bool change_password(
    connection& db,
    std::int64_t person_id,
    std::string_view checked_hash,
    std::string_view hash,
    base::epoch_ms now
);
// Whatever it was.
void replace_password(
    connection& db, std::int64_t person_id, std::string_view hash, base::epoch_ms now
);

// Signs the person out everywhere but in this session ("" = everywhere).
void end_sessions_of(connection& db, std::int64_t person_id, std::string_view kept_token_hash);
// Every WeChat account of the person; answers how many there were.
std::int64_t unbind_all(connection& db, std::int64_t person_id);

// ---- recovery

enum class recovery_state { asked, waiting_for_wechat, approved, denied, done, over };
std::string_view name_of(recovery_state state);

struct recovery {
    std::int64_t id = 0;
    std::optional<std::int64_t> person_id;  // nobody: a name that has no account, or no questions
    std::string questions;
    recovery_state state = recovery_state::asked;
    base::epoch_ms created_at = 0;
    base::epoch_ms expires_at = 0;
};

// Good for `life_ms` by the database's clock.
void begin_recovery(
    connection& db, const recovery& begun, std::string_view browser_hash, base::epoch_ms life_ms
);
// Of this browser only; one whose time is over reads as `over`.
std::optional<recovery> find_recovery(
    connection& db, std::int64_t id, std::string_view browser_hash
);
// Those of a person that wait for a word from WeChat.
std::vector<recovery> waiting_recoveries(connection& db, std::int64_t person_id);

// Counts a try of answering before it is judged; the tries beyond `most` end it. False: not in
// state asked.
bool count_recovery_try(connection& db, std::int64_t id, int most);
// False: its time is over, or it is not in `from` any more.
bool move_recovery(connection& db, std::int64_t id, recovery_state from, recovery_state to);

std::int64_t delete_old_recoveries(connection& db, base::epoch_ms kept_ms, int count);

}  // namespace db
