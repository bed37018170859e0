#pragma once

#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/base/task.hpp"

namespace flows {

// Runs `work` on the pool and resumes the coroutine on its own executor.
template <class Answer, class Work>
base::task<Answer> elsewhere(boost::asio::thread_pool& pool, Work& work) {
    constexpr boost::asio::use_awaitable_t<base::io_executor> use_task;
    const auto home = co_await boost::asio::this_coro::executor;
    auto start = [&pool, &work, home](auto handler) {
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        auto guard = boost::asio::make_work_guard(home);
        boost::asio::post(pool, [kept, guard, home, &work]() mutable {
            std::exception_ptr failure;
            Answer answer{};
            try {
                answer = work();
            } catch (...) {
                failure = std::current_exception();
            }
            boost::asio::post(home, [kept, failure, answer = std::move(answer)]() mutable {
                (*kept)(failure, std::move(answer));
            });
        });
    };
    auto answer = co_await boost::asio::async_initiate<
        const boost::asio::use_awaitable_t<base::io_executor>,
        void(std::exception_ptr, Answer)>(start, use_task);
    co_return answer;
}

// One thread for what computes too long for an I/O thread, such as reading a bill.
class aside {
public:
    // work() answers something that can be made empty and moved; it must outlive the call.
    template <class Answer, class Work>
    base::task<Answer> run(Work& work) {
        auto answer = co_await elsewhere<Answer>(thread_, work);
        co_return answer;
    }

    ~aside() { thread_.join(); }

private:
    boost::asio::thread_pool thread_{1};
};

}  // namespace flows
