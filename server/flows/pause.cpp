#include "server/flows/pause.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace flows {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using timer = asio::basic_waitable_timer<clock, asio::wait_traits<clock>, base::io_executor>;
constexpr asio::use_awaitable_t<base::io_executor> use_task;

}  // namespace

base::task<void> pause(std::chrono::milliseconds how_long) {
    const auto executor = co_await asio::this_coro::executor;
    timer waiting{executor, how_long};
    co_await waiting.async_wait(use_task);
}

}  // namespace flows
