#include "db/pool_seat.hpp"

#include <algorithm>
#include <string>
#include <thread>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"

namespace db {
namespace {

using std::chrono::milliseconds;

constexpr int conflicts_max = 8;
constexpr int lock_wait_timed_out = 1205;

milliseconds between(int least, int most) {
    const auto width = static_cast<std::uint32_t>(most - least + 1);
    return milliseconds{least + static_cast<int>(base::random_below(width))};
}

// Full jitter under a limit that doubles with each try.
milliseconds jitter(int least, int most, int tries) {
    const int limit = tries >= 6 ? most : std::min(most, (4 * least) << tries);
    return between(least, limit);
}

void count(std::atomic<std::uint64_t>& what) {
    what.fetch_add(1, std::memory_order_relaxed);
}

void count_kind(counters& counts, failure_kind kind) {
    switch (kind) {
        case failure_kind::conflict:
            return count(counts.conflicts);
        case failure_kind::lost:
            return count(counts.lost);
        case failure_kind::duplicate:
            return count(counts.duplicates);
        case failure_kind::broken:
            return count(counts.broken);
        case failure_kind::time_limit:
            return count(counts.time_limits);
        case failure_kind::ours:
            return count(counts.ours);
    }
}

}  // namespace

struct pool_seat::effort {
    bool may_write = false;
    clock::time_point deadline{};
    bool at_commit = false;
    bool outcome_unknown = false;
    int conflicts = 0;
    int lock_waits_in_a_row = 0;
    int lost = 0;
    int duplicates = 0;
    int time_limits = 0;
    bool own_fault = false;  // waiting will not help: somebody must look at it
};

pool_seat::pool_seat(const pool_options& options, pool_gate& gate, counters& counts)
    : options_{options}, gate_{gate}, counts_{counts} {}

pool_seat::~pool_seat() {
    drop();
}

void pool_seat::drop() {
    if (!link_) return;
    link_.reset();
    counts_.connections.fetch_sub(1, std::memory_order_relaxed);
}

void pool_seat::take_connection(clock::time_point deadline) {
    const auto now = clock::now();
    if (link_ && now - opened_ > life_) drop();
    if (link_ && now - used_ > options_.trust_idle && !connection_control::alive(*link_)) drop();
    if (link_) return;

    const auto turn = gate_.turn_to_connect(now);
    if (turn >= deadline) raise(2002, "HY000", "no turn to connect before the deadline");
    std::this_thread::sleep_until(turn);
    session_settings settings;
    settings.where = options_.where;
    settings.statements_max = options_.statements_max;
    settings.read_timeout_s = options_.read_timeout_s;
    settings.statement_limit_s = options_.statement_limit_s;
    settings.fault = options_.fault;
    link_ = connection_control::open(settings, deadline);
    opened_ = used_ = clock::now();
    // Spread, so that connections made together do not end together.
    const auto age = static_cast<int>(options_.age_max.count());
    life_ = between(age - age / 10, age);
    fresh_ = true;
    count(counts_.connections_opened);
    counts_.connections.fetch_add(1, std::memory_order_relaxed);
}

void pool_seat::run(work& unit, bool may_write, clock::time_point deadline) {
    effort so_far;
    so_far.may_write = may_write;
    so_far.deadline = deadline;
    count(counts_.units);
    for (;;) {
        auto next = next_step::give_up;
        try {
            attempt(unit, so_far);
            return count_success(so_far);
        } catch (const failure& error) {
            next = judge(error, so_far);
            if (next == next_step::give_up) give_up(so_far, error.what());
        } catch (const base::error& error) {
            undo(so_far);
            // A refusal means that the unit has looked: nothing is unknown any more.
            const bool refusal = error.what_code() != base::errc::internal;
            if (so_far.outcome_unknown && !refusal) give_up(so_far, error.detail());
            throw;
        } catch (...) {
            undo(so_far);
            if (so_far.outcome_unknown) give_up(so_far, "the unit failed on its next run");
            throw;
        }
        pause(so_far, next);
    }
}

void pool_seat::attempt(work& unit, effort& so_far) {
    so_far.at_commit = false;
    take_connection(so_far.deadline);
    connection_control::begin_run(*link_, so_far.may_write);
    unit.run(*link_);
    if (so_far.may_write) {
        connection_control::run_last_steps(*link_);
        so_far.at_commit = true;
        connection_control::commit(*link_);
    }
    fresh_ = false;
    used_ = clock::now();
    gate_.succeeded();
}

// The table R3 of reliability: what each kind of error asks for.
pool_seat::next_step pool_seat::judge(const failure& error, effort& so_far) {
    count_kind(counts_, error.kind());
    if (link_ && connection_control::statements_run(*link_) > 1) fresh_ = false;
    if (error.code() != lock_wait_timed_out) so_far.lock_waits_in_a_row = 0;

    // Only a lost race is a sure "no" to COMMIT. Whatever else it answers, it may have happened.
    if (so_far.at_commit && error.kind() != failure_kind::conflict) {
        so_far.outcome_unknown = true;
        count(counts_.outcome_unknown);
        base::log::warning("db_commit_unknown", {{"error", error.what()}});
        return next_step::reconnect;
    }
    switch (error.kind()) {
        case failure_kind::conflict:
            return judge_conflict(error, so_far);
        case failure_kind::broken:
            tell(base::log::level::alarm, "db_broken", error);
            return next_step::reconnect;
        case failure_kind::lost:
            tell(base::log::level::warning, "db_lost", error);
            return next_step::reconnect;
        case failure_kind::duplicate:
            if (!undo(so_far)) return next_step::reconnect;
            so_far.own_fault = ++so_far.duplicates > 1;
            return so_far.own_fault ? next_step::give_up : next_step::again;
        case failure_kind::time_limit:
            if (!undo(so_far)) return next_step::reconnect;
            return so_far.may_write && ++so_far.time_limits == 1 ? next_step::again
                                                                 : next_step::give_up;
        case failure_kind::ours:
            undo(so_far);
            so_far.own_fault = true;
            return next_step::give_up;
    }
    return next_step::give_up;
}

void pool_seat::tell(base::log::level how, std::string_view event, const failure& error) {
    const auto times = gate_.turn_to_tell(clock::now());
    if (times) base::log::write(how, event, {{"error", error.what()}, {"times", *times}});
}

pool_seat::next_step pool_seat::judge_conflict(const failure& error, effort& so_far) {
    // A node that is cut off from its cluster answers 1205 for ever: on a fresh session, or twice
    // in a row, the connection is to blame and not the lock.
    const bool lock_wait = error.code() == lock_wait_timed_out;
    if (lock_wait && (fresh_ || ++so_far.lock_waits_in_a_row >= 2)) {
        so_far.lock_waits_in_a_row = 0;
        return next_step::reconnect;
    }
    if (!undo(so_far)) return next_step::reconnect;
    return ++so_far.conflicts < conflicts_max ? next_step::again : next_step::give_up;
}

bool pool_seat::undo(const effort& so_far) {
    if (!link_) return false;
    if (!so_far.may_write || connection_control::statements_run(*link_) == 0) return true;
    try {
        connection_control::rollback(*link_);
        used_ = clock::now();
        return true;
    } catch (const failure&) {
        drop();
        return false;
    }
}

void pool_seat::pause(effort& so_far, next_step next) {
    milliseconds rest{};
    if (next == next_step::reconnect) {
        drop();
        if (gate_.failed(clock::now())) {
            count(counts_.circuit_opened);
            base::log::alarm("db_circuit_open");
        }
        rest = jitter(20, 500, so_far.lost++);
    } else {
        rest = jitter(5, 200, so_far.conflicts);
    }
    if (clock::now() + rest >= so_far.deadline) give_up(so_far, "out of time");
    std::this_thread::sleep_for(rest);
}

void pool_seat::count_success(const effort& so_far) {
    if (!so_far.outcome_unknown) return;
    const bool done_before = connection_control::found_done(*link_);
    count(done_before ? counts_.found_committed : counts_.found_not_committed);
    base::log::info("db_commit_resolved", {{"had_committed", done_before}});
}

void pool_seat::give_up(const effort& so_far, std::string_view why) {
    using base::errc;
    const std::string detail{why};
    if (so_far.outcome_unknown) {
        count(counts_.gave_up_unknown);
        throw base::error{errc::database_outcome_unknown, detail};
    }
    if (so_far.own_fault) throw base::error{errc::internal, detail};
    count(counts_.gave_up_unavailable);
    throw base::error{errc::database_unavailable, detail};
}

}  // namespace db
