#pragma once

#include <boost/asio/io_context.hpp>

#include "server/flows/parts.hpp"

namespace commands {

// The stories that nobody asks for: watching orders, sending messages, and housekeeping. They run
// on an I/O thread's context beside the requests; several servers may do so at once.
class background {
public:
    background(boost::asio::io_context& where, flows::parts& with);
    ~background();  // stops
    background(const background&) = delete;
    background& operator=(const background&) = delete;

    // Waits for the rounds under way. The context must still run.
    void stop();

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace commands
