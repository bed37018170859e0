#pragma once

#include <cstdint>
#include <list>
#include <thread>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "server/base/task.hpp"
#include "server/http/session.hpp"
#include "server/http/site.hpp"

namespace http {

// One I/O thread: its context, its acceptors, its sessions, its clock.
class worker {
public:
    explicit worker(http::site& whole);

    // Before run(). SO_REUSEPORT: each thread accepts on its own; the system spreads connections.
    boost::asio::ip::tcp::endpoint listen(
        const boost::asio::ip::tcp::endpoint& where, const router& table
    );
    void start();
    void begin_drain();  // from any thread
    void drop_all();     // from any thread
    void finish();       // stops the context and joins

    boost::asio::io_context& context() { return context_; }

private:
    using tcp = boost::asio::ip::tcp;
    using timer = boost::asio::basic_waitable_timer<
        std::chrono::steady_clock,
        boost::asio::wait_traits<std::chrono::steady_clock>,
        base::io_executor>;
    struct door {
        boost::asio::basic_socket_acceptor<tcp, base::io_executor> acceptor;
        const router& table;
    };

    void run();
    base::task<void> accept_at(door& at);
    base::task<void> sweep();
    void welcome(tcp_socket link, const tcp::endpoint& from, const router& table);

    desk desk_;  // outlives the sessions that die with the context
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<base::io_executor> guard_{context_.get_executor()};
    std::list<door> doors_;
    std::thread thread_;
};

}  // namespace http
