#pragma once

#include <atomic>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "server/base/task.hpp"

namespace flows {

// argon2id on threads of its own: one hash takes some 40 ms of processor, which neither the I/O
// threads nor the database workers may spend.
class passwords {
public:
    explicit passwords(unsigned threads = 2, int waiting_max = 200);
    ~passwords();

    // Throws base::error{busy} when too many wait. A hash of "" (nobody, or an initial password)
    // costs the same time as a real one and answers false.
    base::task<bool> matches(std::string hash, std::string password);
    base::task<std::string> hash(std::string password);

private:
    boost::asio::thread_pool threads_;
    const int waiting_max_;
    std::atomic<int> waiting_{0};
};

}  // namespace flows
