#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/base/task.hpp"

namespace flows {

// Plays `story(item)` for all items at once on the caller's executor (one thread) and waits for the
// last. What a story throws is its own business: stories here must catch.
template <class Item, class Story>
base::task<void> together(const std::vector<Item>& items, Story& story) {
    using clock = std::chrono::steady_clock;
    using timer = boost::asio::
        basic_waitable_timer<clock, boost::asio::wait_traits<clock>, base::io_executor>;
    constexpr boost::asio::use_awaitable_t<base::io_executor> use_task;
    const auto executor = co_await boost::asio::this_coro::executor;
    timer last_one{executor, clock::time_point::max()};
    std::size_t running = items.size();
    for (const auto& item : items) {
        boost::asio::co_spawn(executor, story(item), [&running, &last_one](std::exception_ptr) {
            if (--running == 0) last_one.cancel();
        });
    }
    while (running > 0) {
        boost::system::error_code cancelled;
        co_await last_one.async_wait(boost::asio::redirect_error(use_task, cancelled));
    }
}

}  // namespace flows
