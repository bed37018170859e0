#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

// Private to the pool: what its workers know together about the health of the database.
namespace db {

// After too many lost connections in a row new units are refused at once for a moment, instead of
// piling up behind a dead server. Units that are already being tried go on until their deadline.
class pool_gate {
public:
    using clock = std::chrono::steady_clock;

    pool_gate(int after, std::chrono::milliseconds open_for, int connects_per_second, int burst);

    bool closed_to_new(clock::time_point now) const;
    void succeeded();
    bool failed(clock::time_point now);  // true: this one opened the circuit

    // When the next connection may be made. After a fail-over all instances come back at once; each
    // takes its connections one by one.
    clock::time_point turn_to_connect(clock::time_point now);

    // A dead server must not flood the log: how many failures the line that may be written now
    // stands for, nothing if there was a line a moment ago.
    std::optional<int> turn_to_tell(clock::time_point now);

private:
    const int after_;
    const std::chrono::milliseconds open_for_;
    const std::chrono::nanoseconds gap_;
    const int burst_;

    // Asked for every unit, so without a lock.
    std::atomic<int> in_a_row_{0};
    std::atomic<clock::time_point> open_until_{clock::time_point{}};

    std::mutex mutex_;
    clock::time_point next_connect_{};
    clock::time_point next_line_{};
    int untold_ = 0;
};

}  // namespace db
