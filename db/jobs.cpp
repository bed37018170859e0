#include "db/jobs.hpp"

#include "db/server_clock.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"

namespace db {
namespace {

#define CAMPUS_JOB_COLUMNS                                                                         \
    "SELECT id, operator_id, kind, argument, state, progress, total, said, file_name, file_size, " \
    "tries, created_ms, ended_ms FROM jobs "

constexpr auto by_request = CAMPUS_JOB_COLUMNS "WHERE operator_id = ? AND request_id = ?";

constexpr auto count_open =
    "SELECT COUNT(*) AS n FROM jobs WHERE operator_id = ? AND state IN ('waiting', 'working')";

constexpr auto insert =
    "INSERT INTO jobs (id, operator_id, request_id, kind, argument, state, created_ms) "
    "VALUES (?, ?, ?, ?, ?, 'waiting', ?)";

constexpr auto by_id = CAMPUS_JOB_COLUMNS "WHERE id = ? AND operator_id = ?";

constexpr auto of_operator =
    CAMPUS_JOB_COLUMNS "WHERE operator_id = ? ORDER BY created_ms DESC, id DESC LIMIT ?";

constexpr auto cancel_waiting =
    "UPDATE jobs SET state = 'cancelled', ended_ms = ?, version = version + 1 "
    "WHERE id = ? AND operator_id = ? AND state = 'waiting'";

constexpr auto cancel_working =
    "UPDATE jobs SET cancel_wanted = 1, version = version + 1 "
    "WHERE id = ? AND operator_id = ? AND state = 'working'";

constexpr auto claim =
    "UPDATE jobs SET state = 'working', lease_owner = ?, tries = tries + 1, progress = 0, "
    "lease_until_ms = " CAMPUS_DB_NOW_MS
    " + ?, version = version + 1 "
    "WHERE state IN ('waiting', 'working') AND lease_until_ms <= " CAMPUS_DB_NOW_MS
    " AND FIND_IN_SET(kind, ?) > 0 ORDER BY id LIMIT 1";

// Not by the count of the claim: a run whose COMMIT was not heard of has claimed it already.
constexpr auto claimed = CAMPUS_JOB_COLUMNS
    "WHERE state = 'working' AND lease_owner = ? AND lease_until_ms > " CAMPUS_DB_NOW_MS;

constexpr auto hold =
    "UPDATE jobs SET progress = ?, total = ?, lease_until_ms = " CAMPUS_DB_NOW_MS
    " + ?, version = version + 1 "
    "WHERE id = ? AND lease_owner = ? AND state = 'working' AND cancel_wanted = 0";

constexpr auto hold_for_part =
    "UPDATE jobs SET lease_until_ms = " CAMPUS_DB_NOW_MS
    " + ?, version = version + 1 "
    "WHERE id = ? AND lease_owner = ? AND state = 'working' AND cancel_wanted = 0";

constexpr auto drop_parts = "DELETE FROM job_file_parts WHERE job_id = ?";
constexpr auto keep_part = "REPLACE INTO job_file_parts (job_id, part_no, bytes) VALUES (?, ?, ?)";
constexpr auto read_part = "SELECT bytes FROM job_file_parts WHERE job_id = ? AND part_no = ?";

constexpr auto end =
    "UPDATE jobs SET state = ?, said = ?, file_name = ?, file_size = ?, ended_ms = ?, "
    "lease_owner = NULL, lease_until_ms = 0, version = version + 1 "
    "WHERE id = ? AND lease_owner = ? AND state = 'working'";

constexpr auto put_back =
    "UPDATE jobs SET lease_owner = NULL, lease_until_ms = " CAMPUS_DB_NOW_MS
    " + ?, version = version + 1 WHERE id = ? AND lease_owner = ? AND state = 'working'";

constexpr auto old_ones =
    "SELECT id FROM jobs WHERE ended_ms < ? ORDER BY ended_ms LIMIT ? FOR UPDATE";
constexpr auto drop = "DELETE FROM jobs WHERE id = ?";

job_state state_of(std::string_view name) {
    if (name == "waiting") return job_state::waiting;
    if (name == "working") return job_state::working;
    if (name == "done") return job_state::done;
    return name == "cancelled" ? job_state::cancelled : job_state::failed;
}

job job_of(const rows& row) {
    job out;
    out.id = row.i64("id");
    out.operator_id = row.i64("operator_id");
    out.kind = row.text("kind");
    out.argument = row.text("argument");
    out.state = state_of(row.text("state"));
    out.progress = row.i64("progress");
    out.total = row.maybe_i64("total");
    out.said = row.text("said");
    out.file_name = row.text("file_name");
    out.file_size = row.i64("file_size");
    out.tries = static_cast<int>(row.i64("tries"));
    out.created_at = row.i64("created_ms");
    out.ended_at = row.maybe_i64("ended_ms");
    return out;
}

std::optional<job> first_of(rows found) {
    if (!found.next()) return std::nullopt;
    return job_of(found);
}

}  // namespace

std::string_view name_of(job_state state) {
    switch (state) {
        case job_state::waiting:
            return "waiting";
        case job_state::working:
            return "working";
        case job_state::done:
            return "done";
        case job_state::failed:
            return "failed";
        case job_state::cancelled:
            return "cancelled";
    }
    return "failed";
}

std::optional<begun_job> begin_job(connection& db, const job_wish& wish, base::epoch_ms now) {
    if (auto known = first_of(db.select(by_request, wish.operator_id, wish.request_id))) {
        if (known->kind != wish.kind || known->argument != wish.argument) {
            throw base::error{base::errc::request_id_reused};
        }
        return begun_job{std::move(*known), false};
    }
    auto open = db.select(count_open, wish.operator_id);
    if (open.next() && open.i64("n") >= jobs_at_once) return std::nullopt;
    const auto id = base::next_id();
    db.change(insert, id, wish.operator_id, wish.request_id, wish.kind, wish.argument, now);
    auto made = find_job(db, wish.operator_id, id);
    base::ensure(made.has_value(), "a job that was inserted is there");
    return begun_job{std::move(*made), true};
}

std::optional<job> find_job(connection& db, std::int64_t operator_id, std::int64_t id) {
    return first_of(db.select(by_id, id, operator_id));
}

std::vector<job> jobs_of(connection& db, std::int64_t operator_id, int count) {
    auto found = db.select(of_operator, operator_id, count);
    std::vector<job> out;
    while (found.next()) out.push_back(job_of(found));
    return out;
}

void cancel_job(connection& db, std::int64_t operator_id, std::int64_t id, base::epoch_ms now) {
    if (db.change(cancel_waiting, now, id, operator_id) == 1) return;
    db.change(cancel_working, id, operator_id);
}

std::optional<job> claim_job(
    connection& db, std::string_view owner, std::string_view kinds, base::epoch_ms lease_ms
) {
    db.change(claim, owner, lease_ms, kinds);
    return first_of(db.select(claimed, owner));
}

bool hold_job(
    connection& db,
    const job_lease& mine,
    std::int64_t progress,
    std::optional<std::int64_t> total,
    base::epoch_ms lease_ms
) {
    return db.change(hold, progress, total, lease_ms, mine.id, mine.owner) == 1;
}

bool keep_job_part(
    connection& db,
    const job_lease& mine,
    int part_no,
    std::string_view bytes,
    base::epoch_ms lease_ms
) {
    if (db.change(hold_for_part, lease_ms, mine.id, mine.owner) != 1) return false;
    if (part_no == 0) db.change(drop_parts, mine.id);
    db.change(keep_part, mine.id, part_no, blob{bytes});
    return true;
}

std::string job_part(connection& db, std::int64_t id, int part_no) {
    auto found = db.select(read_part, id, part_no);
    return found.next() ? found.bytes("bytes") : std::string{};
}

bool end_job(connection& db, const job_lease& mine, const job_end& how, base::epoch_ms now) {
    const auto changed = db.change(
        end, name_of(how.state), how.said, how.file_name, how.file_size, now, mine.id, mine.owner
    );
    return changed == 1;
}

void put_job_back(connection& db, const job_lease& mine, base::epoch_ms wait_ms) {
    db.change(put_back, wait_ms, mine.id, mine.owner);
}

std::int64_t delete_old_jobs(connection& db, base::epoch_ms ended_before, int count) {
    auto found = db.select(old_ones, ended_before, count);
    std::vector<std::int64_t> ids;
    while (found.next()) ids.push_back(found.i64("id"));
    for (const auto id : ids) {
        db.change(drop_parts, id);
        db.change(drop, id);
    }
    return static_cast<std::int64_t>(ids.size());
}

}  // namespace db
