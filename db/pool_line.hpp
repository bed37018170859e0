#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>

#include "db/pool.hpp"

// Private to the pool: units that wait for a worker.
namespace db {

class pool_job {
public:
    using clock = std::chrono::steady_clock;

    pool_job(work& unit, bool may_write, limits how_long)
        : unit{unit},
          may_write{may_write},
          stays_in_line{how_long.stays_in_line},
          deadline{clock::now() + how_long.within} {}
    virtual ~pool_job() = default;
    pool_job(const pool_job&) = delete;
    pool_job& operator=(const pool_job&) = delete;

    virtual void complete(std::exception_ptr failed) = 0;  // once, from any thread

    work& unit;
    const bool may_write;
    const bool stays_in_line;
    const clock::time_point deadline;
    clock::time_point leave_line{};
};

// First come, first served. Nobody waits longer than the limit, even when every worker hangs.
class pool_line {
public:
    using clock = pool_job::clock;
    using job_ptr = std::unique_ptr<pool_job>;

    pool_line(std::size_t most, std::chrono::milliseconds wait_max, counters& counts);

    void join(job_ptr job);  // completes it as busy when the line is full or closed
    // Null: nothing came before `until`, or the line is closed and empty.
    job_ptr take(clock::time_point until);
    void close();
    bool closed() const;

    // Body of the thread that sends home who waited too long; returns after close() once empty.
    void keep();

private:
    bool add(job_ptr& job);                       // takes it, or not
    job_ptr take_expired(clock::time_point now);  // under the mutex

    const std::size_t most_;
    const std::chrono::milliseconds wait_max_;
    counters& counts_;

    mutable std::mutex mutex_;
    std::condition_variable workers_;
    std::condition_variable keeper_;
    std::deque<job_ptr> waiting_;
    bool closed_ = false;
};

}  // namespace db
