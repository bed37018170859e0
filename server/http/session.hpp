#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "server/base/task.hpp"
#include "server/http/head_scanner.hpp"
#include "server/http/read_buffer.hpp"
#include "server/http/router.hpp"
#include "server/http/site.hpp"

namespace http {

// The session needs of its link: async_read_some, write_some, async_wait, cancel, shutdown, close.
// TLS would be a class with these six in place of the socket.
using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, base::io_executor>;

struct exchange;

// One connection: reads requests, asks the router's handlers, writes answers, in order. Lives on
// one thread. Waits have no timer of their own: the thread's sweep calls look_at_clock().
class session : public std::enable_shared_from_this<session> {
public:
    session(desk& home, const router& table, tcp_socket link, boost::asio::ip::address peer);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    base::task<void> run();
    // For a connection too many: says 503 and goes.
    base::task<void> run_refusal();

    void look_at_clock(std::int64_t now_ms);
    void leave_if_idle();  // orderly stop
    void drop();           // the stop's end: cut it

private:
    enum class phase { idle, head, body, handling, writing, lingering };
    enum class step { read_more, read_body, ask_handler, send, gone };
    enum class sent { all, some, failed };

    void enter(phase next, int allowed_ms);
    step look_for_request();
    void open_exchange();
    step begin(std::string_view head);
    step route_request();
    step answer_at_once();
    step refuse(unsigned status, bool show_as_page);
    step interrupted();
    step take_body_bytes();
    base::task<step> read_body();
    base::task<step> ask_handler();
    void answer_with(reply answer);
    void compose();
    sent send_some();
    base::task<bool> send_rest();
    base::task<bool> send_source();
    void earn_time();
    bool finish();
    void report(unsigned status, std::uint64_t body_bytes) const;
    void give_up_on_handler();
    base::task<void> linger();
    void close();

    desk& home_;
    const router& table_;
    tcp_socket link_;
    boost::asio::ip::address peer_;
    std::list<session*>::iterator place_;
    read_buffer in_;
    head_scanner scanner_;
    std::unique_ptr<exchange> now_;  // the request in progress; nothing while idle
    std::int64_t deadline_ms_ = 0;
    phase phase_ = phase::idle;
    bool expired_ = false;    // the sweep ended the wait
    bool leaving_ = false;    // close at the next chance
    bool abandoned_ = false;  // answered 503 while the handler was still at it
    bool lingers_ = false;    // unread bytes may be on the way: close gently
};

}  // namespace http
