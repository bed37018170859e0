#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

// Jobs of the console: what takes longer than a page may wait. All functions are parts of units of
// work. A job is an operator's own: nobody else sees it or its file.
namespace db {

enum class job_state { waiting, working, done, failed, cancelled };
std::string_view name_of(job_state state);

struct job {
    std::int64_t id = 0;
    std::int64_t operator_id = 0;
    std::string kind;
    std::string argument;
    job_state state = job_state::waiting;
    std::int64_t progress = 0;
    std::optional<std::int64_t> total;  // unknown: nothing
    std::string said;                   // Chinese, "" while there is nothing to say
    std::string file_name;              // "" for none
    std::int64_t file_size = 0;
    int tries = 0;
    base::epoch_ms created_at = 0;
    std::optional<base::epoch_ms> ended_at;
};

// ---- For the operator

struct job_wish {
    std::int64_t operator_id = 0;
    std::string request_id;
    std::string kind;
    std::string argument;
};

inline constexpr int jobs_at_once = 5;  // of one operator, not ended

struct begun_job {
    job what;
    bool made = false;  // now; else this request id had made it before
};
// Nothing: too many are under way. Throws base::error{request_id_reused}: the request id stands for
// another wish.
std::optional<begun_job> begin_job(connection& db, const job_wish& wish, base::epoch_ms now);
std::optional<job> find_job(connection& db, std::int64_t operator_id, std::int64_t id);
std::vector<job> jobs_of(connection& db, std::int64_t operator_id, int count);  // newest first
// One that nobody works on ends at once, another one soon; an ended one stays as it is.
void cancel_job(connection& db, std::int64_t operator_id, std::int64_t id, base::epoch_ms now);

// ---- For the worker

struct job_lease {
    std::int64_t id = 0;
    std::string owner;  // a name for this run alone
};

// Takes one that waits, or whose worker has not been heard of. kinds: separated by commas.
std::optional<job> claim_job(
    connection& db, std::string_view owner, std::string_view kinds, base::epoch_ms lease_ms
);
// How far it is, and that it goes on. False: cancelled, or another worker has it.
bool hold_job(
    connection& db,
    const job_lease& mine,
    std::int64_t progress,
    std::optional<std::int64_t> total,
    base::epoch_ms lease_ms
);

inline constexpr std::size_t job_part_bytes = 1024 * 1024;
// False as hold_job; the first part drops what an earlier try has left.
bool keep_job_part(
    connection& db,
    const job_lease& mine,
    int part_no,
    std::string_view bytes,
    base::epoch_ms lease_ms
);
// "" beyond the last one.
std::string job_part(connection& db, std::int64_t id, int part_no);

struct job_end {
    job_state state = job_state::done;
    std::string said;
    std::string file_name;
    std::int64_t file_size = 0;
};
// False: it is not ours any more, nothing was written. A wish to cancel that came too late is void.
bool end_job(connection& db, const job_lease& mine, const job_end& end, base::epoch_ms now);
// Gives it back, to be taken again then.
void put_job_back(connection& db, const job_lease& mine, base::epoch_ms wait_ms);

// Housekeeping: answers how many went, with their files.
std::int64_t delete_old_jobs(connection& db, base::epoch_ms ended_before, int count);

}  // namespace db
