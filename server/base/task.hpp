#pragma once

#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace base {

// The coroutine type of every network story. The typed executor is measurably cheaper than
// any_io_executor, and each I/O thread has a context of its own.
using io_executor = boost::asio::io_context::executor_type;

template <class T>
using task = boost::asio::awaitable<T, io_executor>;

}  // namespace base
