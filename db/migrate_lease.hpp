#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "db/connection_control.hpp"

// Private to the migrations: only one process at a time changes the schema. A row with a lease and
// not GET_LOCK, which two nodes of a cluster grant at once.
namespace db {

class migration_lease {
public:
    // Waits until the lease is free; throws base::error{database_unavailable} if it never is.
    migration_lease(connection& db, const session_settings& settings, std::string owner);
    ~migration_lease();
    migration_lease(const migration_lease&) = delete;
    migration_lease& operator=(const migration_lease&) = delete;

    // Throws if the lease went to somebody else. Call it before each step.
    void ensure_held(connection& db);

private:
    bool take(connection& db);
    void keep_alive(session_settings settings);

    std::string owner_;
    connection& db_;
    std::atomic<bool> lost_{false};
    std::mutex mutex_;
    std::condition_variable wake_;
    bool done_ = false;
    std::thread keeper_;
};

}  // namespace db
