#include "server/flows/jobs.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <fstream>
#include <system_error>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/encoding.hpp"
#include "server/base/log.hpp"
#include "server/flows/job_kinds.hpp"
#include "server/flows/pause.hpp"

namespace flows {

struct job_at_work::state {
    std::atomic<std::int64_t> done{0};
    std::atomic<std::int64_t> total{-1};  // unknown
    std::atomic<bool> given_up{false};
    std::atomic<bool> over{false};
};

namespace {

constexpr base::epoch_ms lease_ms = 30'000;
constexpr std::chrono::milliseconds beat{1000};
constexpr int tries_max = 5;
constexpr base::epoch_ms again_ms = 5'000;
constexpr base::epoch_ms kept_ms = 24 * 3600 * 1000LL;
constexpr int listed_max = 50;
constexpr int swept_at_once = 5;

// What may be otherwise in a moment.
bool passes(base::errc why) {
    switch (why) {
        case base::errc::busy:
        case base::errc::database_unavailable:
        case base::errc::database_outcome_unknown:
            return true;
        default:
            return false;
    }
}

const job_kind* kind_of(std::string_view name) {
    for (const auto& one : job_kinds()) {
        if (one.name == name) return &one;
    }
    return nullptr;
}

std::string all_kinds() {
    std::string out;
    for (const auto& one : job_kinds()) out += (out.empty() ? "" : ",") + std::string{one.name};
    return out;
}

db::job_end failed(std::string_view why) {
    db::job_end out;
    out.state = db::job_state::failed;
    out.said = why;
    return out;
}

}  // namespace

// Says every second how far the job is. A worker that cannot say so for a whole lease has lost it.
class job_heart {
public:
    static base::task<void> beat_on(
        parts& with, db::job_lease mine, std::shared_ptr<job_at_work::state> of
    ) {
        auto heard_at = base::steady_ms();
        while (!of->over) {
            if (with.stopping) of->given_up = true;
            try {
                const auto total = of->total.load();
                const auto told = total < 0 ? std::nullopt : std::optional{total};
                const auto unit = [&](db::connection& db) {
                    return db::hold_job(db, mine, of->done, told, lease_ms);
                };
                const bool held = co_await with.pool.transact(unit);
                if (!held) of->given_up = true;
                heard_at = base::steady_ms();
            } catch (const std::exception&) {
                // The database is away for a moment: the lease bears that.
                if (base::steady_ms() - heard_at > lease_ms) of->given_up = true;
            }
            co_await pause(beat);
        }
    }
    static std::shared_ptr<job_at_work::state> of(job_at_work& job) { return job.state_; }
};

job_at_work::job_at_work(parts& home, db::job job, db::job_lease lease)
    : with{home}, what{std::move(job)}, mine{std::move(lease)}, state_{std::make_shared<state>()} {}

job_at_work::~job_at_work() {
    state_->over = true;
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

void job_at_work::tell(std::int64_t done, std::optional<std::int64_t> total) {
    state_->done = done;
    state_->total = total.value_or(-1);
    if (state_->given_up) throw job_given_up{};
}

const std::filesystem::path& job_at_work::folder() {
    if (folder_.empty()) {
        auto made = std::filesystem::temp_directory_path() / ("campuspay-job-" + mine.owner);
        std::filesystem::create_directory(made);
        std::filesystem::permissions(made, std::filesystem::perms::owner_all);
        folder_ = std::move(made);
    }
    return folder_;
}

namespace {

base::task<std::int64_t> keep_file(job_at_work& job, const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    base::ensure(in.good(), "the file of a job can be read");
    std::string piece;
    std::int64_t size = 0;
    for (int part = 0;; ++part) {
        piece.resize(db::job_part_bytes);
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        piece.resize(static_cast<std::size_t>(in.gcount()));
        if (piece.empty()) break;
        const auto unit = [&](db::connection& db) {
            return db::keep_job_part(db, job.mine, part, piece, lease_ms);
        };
        const bool kept = co_await job.with.pool.transact(unit);
        if (!kept) throw job_given_up{};
        base::crash_point("job.after_part");
        size += static_cast<std::int64_t>(piece.size());
    }
    co_return size;
}

base::task<db::job_end> play(job_at_work& job, const job_kind& kind) {
    auto result = co_await kind.tell(job);
    db::job_end out;
    out.said = std::move(result.said);
    if (!result.file.empty()) {
        out.file_size = co_await keep_file(job, result.file);
        out.file_name = std::move(result.file_name);
    }
    co_return out;
}

struct ending {
    std::optional<db::job_end> end;  // nothing: it is tried again
    bool given_up = false;
};

base::task<ending> play_to_an_end(job_at_work& job) {
    const auto* kind = kind_of(job.what.kind);
    ending out;
    if (job.what.tries > tries_max) {
        out.end = failed("多次处理中断，请重试或联系管理员");
        co_return out;
    }
    try {
        base::ensure(kind != nullptr, "a job that was claimed is of a known kind");
        out.end = co_await play(job, *kind);
    } catch (const job_given_up&) {
        out.given_up = true;
    } catch (const base::error& refusal) {
        if (!passes(refusal.what_code())) out.end = failed(refusal.message());
        base::log::warning(
            "job.failed", {{"kind", job.what.kind}, {"job", job.what.id}, {"why", refusal.what()}}
        );
    } catch (const std::exception& failure) {
        out.end = failed("处理时出现异常，请重试或联系管理员");
        base::log::alarm(
            "job.broke", {{"kind", job.what.kind}, {"job", job.what.id}, {"why", failure.what()}}
        );
    }
    co_return out;
}

// Given up because it was cancelled: it ends so. Because somebody else has it: nothing is written.
base::task<void> write_end(job_at_work& job, const ending& how) {
    db::job_end end;
    end.state = db::job_state::cancelled;
    if (how.end) end = *how.end;
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        const bool leaves = how.given_up && job.with.stopping;
        if (!how.end && (leaves || !how.given_up)) {
            db::put_job_back(db, job.mine, leaves ? 0 : again_ms);
            return;
        }
        db::end_job(db, job.mine, end, now);
    };
    base::crash_point("job.before_end");
    co_await job.with.pool.transact(unit);
}

}  // namespace

base::task<bool> work_on_a_job(parts& with) {
    const auto owner = base::random_token();
    const auto kinds = all_kinds();
    const auto claim = [&](db::connection& db) {
        return db::claim_job(db, owner, kinds, lease_ms);
    };
    auto claimed = co_await with.pool.transact(claim);
    if (!claimed) co_return false;
    base::crash_point("job.after_claim");
    const db::job_lease mine{claimed->id, owner};
    job_at_work job{with, std::move(*claimed), mine};
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::co_spawn(
        executor, job_heart::beat_on(with, mine, job_heart::of(job)), [](std::exception_ptr) {}
    );
    const auto how = co_await play_to_an_end(job);
    co_await write_end(job, how);
    co_return true;
}

base::task<db::job> begin_job(parts& with, db::audit_entry deed, db::job_wish wish) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        auto begun = db::begin_job(db, wish, now);
        if (begun && begun->made) db::append_audit(db, deed, now);
        return begun;
    };
    auto begun = co_await with.pool.transact(unit);
    if (!begun) throw base::error{base::errc::too_many_jobs};
    co_return std::move(begun->what);
}

base::task<db::job> find_job(parts& with, std::int64_t operator_id, std::int64_t id) {
    const auto look = [&](db::connection& db) { return db::find_job(db, operator_id, id); };
    auto found = co_await with.pool.read(look);
    if (!found) throw base::error{base::errc::job_not_found};
    co_return std::move(*found);
}

base::task<std::vector<db::job>> jobs_of(parts& with, std::int64_t operator_id) {
    const auto look = [&](db::connection& db) { return db::jobs_of(db, operator_id, listed_max); };
    auto found = co_await with.pool.read(look);
    co_return found;
}

base::task<db::job> cancel_job(parts& with, std::int64_t operator_id, std::int64_t id) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        db::cancel_job(db, operator_id, id, now);
        return db::find_job(db, operator_id, id);
    };
    auto found = co_await with.pool.transact(unit);
    if (!found) throw base::error{base::errc::job_not_found};
    co_return std::move(*found);
}

base::task<std::string> job_part(parts& with, std::int64_t id, int number) {
    const auto look = [&](db::connection& db) { return db::job_part(db, id, number); };
    auto bytes = co_await with.pool.read(look);
    co_return bytes;
}

base::task<void> sweep_jobs(parts& with) {
    const auto before = base::now_ms() - kept_ms;
    const auto unit = [&](db::connection& db) {
        return db::delete_old_jobs(db, before, swept_at_once);
    };
    for (int round = 0; round < 20; ++round) {
        const auto deleted = co_await with.pool.transact(unit);
        if (deleted < swept_at_once) co_return;
    }
}

}  // namespace flows
