#include "db/pool.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "db/pool_gate.hpp"
#include "db/pool_line.hpp"
#include "db/pool_seat.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

namespace asio = boost::asio;
using clock = pool_job::clock;

thread_local bool is_worker = false;

// A coroutine that waits. Its handler owns the coroutine's frame, so the unit lives until then.
template <class Handler>
class awaiting_job final : public pool_job {
public:
    awaiting_job(work& unit, bool may_write, limits how_long, Handler handler)
        : pool_job{unit, may_write, how_long},
          handler_{std::move(handler)},
          keep_context_{asio::get_associated_executor(handler_)} {}

    void complete(std::exception_ptr failed) override {
        auto resume = [handler = std::move(handler_), failed = std::move(failed)]() mutable {
            handler(std::move(failed));
        };
        asio::post(keep_context_.get_executor(), std::move(resume));
        keep_context_.reset();
    }

private:
    Handler handler_;
    asio::executor_work_guard<asio::associated_executor_t<Handler>> keep_context_;
};

// A thread that waits, with the outcome on its own stack: nothing of it stays with the worker.
class outcome {
public:
    void set(std::exception_ptr failed) {
        const std::lock_guard hold{mutex_};
        failed_ = std::move(failed);
        known_ = true;
        wake_.notify_one();  // under the lock: the waiter's stack may be gone right behind it
    }
    void await() {
        std::unique_lock hold{mutex_};
        wake_.wait(hold, [this] { return known_; });
        if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
    }

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    bool known_ = false;
    std::exception_ptr failed_;
};

class blocking_job final : public pool_job {
public:
    blocking_job(work& unit, bool may_write, limits how_long, outcome& told)
        : pool_job{unit, may_write, how_long}, told_{told} {}

    void complete(std::exception_ptr failed) override { told_.set(std::move(failed)); }

private:
    outcome& told_;
};

}  // namespace

struct pool::body {
    explicit body(pool_options given)
        : options{std::move(given)},
          gate{
              options.circuit_after,
              options.circuit_open,
              options.connects_per_second,
              std::max(options.size, 1)},
          line{options.line_max, options.wait_max, counts} {}

    void work_off() {
        is_worker = true;
        const connector_thread using_connector;
        pool_seat seat{options, gate, counts};
        for (;;) {
            auto job = line.take(clock::now() + options.idle_max);
            if (job) {
                serve(seat, *job);
            } else if (line.closed()) {
                return;
            } else {
                seat.drop();  // idle for too long: firewalls forget such connections
            }
        }
    }

    void serve(pool_seat& seat, pool_job& job) {
        counts.running.fetch_add(1, std::memory_order_relaxed);
        std::exception_ptr failed;
        try {
            if (gate.closed_to_new(clock::now())) {
                throw base::error{base::errc::database_unavailable, "the database is away"};
            }
            seat.run(job.unit, job.may_write, job.deadline);
        } catch (...) {
            failed = std::current_exception();
        }
        counts.running.fetch_sub(1, std::memory_order_relaxed);
        job.complete(std::move(failed));
    }

    void join(std::unique_ptr<pool_job> job) {
        if (!gate.closed_to_new(clock::now())) return line.join(std::move(job));
        job->complete(std::make_exception_ptr(base::error{
            base::errc::database_unavailable, "the database is away"}));
    }

    const pool_options options;
    counters counts;
    pool_gate gate;
    pool_line line;
    std::mutex stopping;
    std::vector<std::thread> threads;
};

pool::pool(pool_options options) : body_{std::make_unique<body>(std::move(options))} {
    auto& all = *body_;
    for (int count = 0; count < std::max(all.options.size, 1); ++count) {
        all.threads.emplace_back([&all] { all.work_off(); });
    }
    all.threads.emplace_back([&all] { all.line.keep(); });
}

pool::~pool() {
    stop();
}

void pool::stop() {
    base::ensure(!is_worker, "a unit cannot stop its pool");
    body_->line.close();
    const std::lock_guard one_at_a_time{body_->stopping};
    for (auto& thread : body_->threads) thread.join();
    body_->threads.clear();
}

bool pool::ready() const {
    return !body_->line.closed() && !body_->gate.closed_to_new(clock::now());
}

const counters& pool::counts() const {
    return body_->counts;
}

base::task<void> pool::submit(work& erased, access how, limits how_long) {
    using token = asio::use_awaitable_t<base::io_executor>;
    auto start = [all = body_.get(), &erased, how, how_long](auto handler) {
        using job = awaiting_job<decltype(handler)>;
        all->join(std::make_unique<job>(erased, how == access::write, how_long, std::move(handler))
        );
    };
    token use;
    return asio::async_initiate<token, void(std::exception_ptr)>(std::move(start), use);
}

void pool::run_blocking(work& erased, access how, limits how_long) {
    base::ensure(!is_worker, "a unit cannot wait for another unit");
    outcome told;
    body_->join(std::make_unique<blocking_job>(erased, how == access::write, how_long, told));
    told.await();
}

}  // namespace db
