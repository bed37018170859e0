#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "db/audit.hpp"
#include "db/jobs.hpp"
#include "server/base/error.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// Jobs of the console at work: each server takes one at a time, tells how far it is, and gives it
// up when its operator cancels it or another server has taken over. A job may run again from its
// beginning, so what it does is idempotent.
namespace flows {

// Thrown by a step of a job that goes on no more. Nobody is told: there is nothing to tell.
struct job_given_up {};

class job_at_work {
public:
    job_at_work(parts& home, db::job job, db::job_lease lease);
    ~job_at_work();
    job_at_work(const job_at_work&) = delete;
    job_at_work& operator=(const job_at_work&) = delete;

    parts& with;
    const db::job what;
    const db::job_lease mine;

    // How far it is. Throws job_given_up.
    void tell(std::int64_t done, std::optional<std::int64_t> total);
    // A place for a file of this run, gone with it.
    const std::filesystem::path& folder();

private:
    friend class job_heart;
    struct state;
    std::shared_ptr<state> state_;
    std::filesystem::path folder_;
};

struct job_result {
    std::string said;            // Chinese, for the operator
    std::filesystem::path file;  // "" for none; is taken to the database
    std::string file_name;       // as the operator will see it
};

// One kind of job. What it throws as base::error ends it with that sentence, unless it is a fault
// that passes, after which it is tried again. `said` has at most 200 characters.
struct job_kind {
    std::string_view name;
    base::task<job_result> (*tell)(job_at_work&);
};

// Takes one job and plays it to its end. Answers whether there was one.
base::task<bool> work_on_a_job(parts& with);

// ---- For the console

// Audited as `deed`, once. Throws base::error{too_many_jobs, request_id_reused}.
base::task<db::job> begin_job(parts& with, db::audit_entry deed, db::job_wish wish);
// Throws base::error{job_not_found}: not there, or somebody else's.
base::task<db::job> find_job(parts& with, std::int64_t operator_id, std::int64_t id);
base::task<std::vector<db::job>> jobs_of(parts& with, std::int64_t operator_id);
base::task<db::job> cancel_job(parts& with, std::int64_t operator_id, std::int64_t id);
// The bytes of its file from part `number` on, at most db::job_part_bytes; "" beyond the end.
base::task<std::string> job_part(parts& with, std::int64_t id, int number);

// Housekeeping: files are kept for a day.
base::task<void> sweep_jobs(parts& with);

}  // namespace flows
