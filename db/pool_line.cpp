#include "db/pool_line.hpp"

#include <algorithm>
#include <utility>

#include "server/base/error.hpp"

namespace db {
namespace {

std::exception_ptr busy(const char* why) {
    return std::make_exception_ptr(base::error{base::errc::busy, why});
}

}  // namespace

pool_line::pool_line(std::size_t most, std::chrono::milliseconds wait_max, counters& counts)
    : most_{most}, wait_max_{wait_max}, counts_{counts} {}

void pool_line::join(job_ptr job) {
    const auto wait_ends = clock::now() + wait_max_;
    job->leave_line = job->stays_in_line ? job->deadline : std::min(wait_ends, job->deadline);
    if (add(job)) {
        workers_.notify_one();
        return;
    }
    counts_.refused_busy.fetch_add(1, std::memory_order_relaxed);
    job->complete(busy("the line to the database is full"));
}

bool pool_line::add(job_ptr& job) {
    const std::lock_guard hold{mutex_};
    if (closed_ || waiting_.size() >= most_) return false;
    waiting_.push_back(std::move(job));
    counts_.waiting.fetch_add(1, std::memory_order_relaxed);
    return true;
}

pool_line::job_ptr pool_line::take(clock::time_point until) {
    std::unique_lock hold{mutex_};
    workers_.wait_until(hold, until, [this] { return closed_ || !waiting_.empty(); });
    if (waiting_.empty()) return nullptr;
    auto job = std::move(waiting_.front());
    waiting_.pop_front();
    counts_.waiting.fetch_sub(1, std::memory_order_relaxed);
    return job;
}

void pool_line::close() {
    {
        const std::lock_guard hold{mutex_};
        closed_ = true;
    }
    workers_.notify_all();
    keeper_.notify_all();
}

bool pool_line::closed() const {
    const std::lock_guard hold{mutex_};
    return closed_;
}

pool_line::job_ptr pool_line::take_expired(clock::time_point now) {
    // Deadlines differ, so the first to leave is not always the first who came.
    const auto found = std::ranges::find_if(waiting_, [now](const job_ptr& job) {
        return job->leave_line <= now;
    });
    if (found == waiting_.end()) return nullptr;
    auto job = std::move(*found);
    waiting_.erase(found);
    counts_.waiting.fetch_sub(1, std::memory_order_relaxed);
    return job;
}

void pool_line::keep() {
    // A sweep instead of a timer per unit: the precision of one step is enough.
    constexpr std::chrono::milliseconds step{50};
    std::unique_lock hold{mutex_};
    while (!closed_ || !waiting_.empty()) {
        while (auto job = take_expired(clock::now())) {
            hold.unlock();
            counts_.refused_busy.fetch_add(1, std::memory_order_relaxed);
            job->complete(busy("waited too long for the database"));
            hold.lock();
        }
        keeper_.wait_for(hold, step);
    }
}

}  // namespace db
