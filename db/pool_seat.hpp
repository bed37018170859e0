#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "db/connection_control.hpp"
#include "db/pool.hpp"
#include "db/pool_gate.hpp"
#include "server/base/log.hpp"

// Private to the pool: one worker's connection, and how a unit is run on it.
namespace db {

class pool_seat {
public:
    using clock = std::chrono::steady_clock;

    pool_seat(const pool_options& options, pool_gate& gate, counters& counts);
    ~pool_seat();

    // Runs the unit until it is answered, refused by itself, hopeless or out of time. Throws what
    // pool promises.
    void run(work& unit, bool may_write, clock::time_point deadline);

    bool has_connection() const { return link_ != nullptr; }
    void drop();

private:
    enum class next_step { again, reconnect, give_up };
    struct effort;  // what one unit has cost so far

    void take_connection(clock::time_point deadline);
    void attempt(work& unit, effort& so_far);
    next_step judge(const failure& error, effort& so_far);
    next_step judge_conflict(const failure& error, effort& so_far);
    void tell(base::log::level how, std::string_view event, const failure& error);
    bool undo(const effort& so_far);  // false: the connection is gone
    void count_success(const effort& so_far);
    [[noreturn]] void give_up(const effort& so_far, std::string_view why);
    void pause(effort& so_far, next_step next);

    const pool_options& options_;
    pool_gate& gate_;
    counters& counts_;
    std::unique_ptr<connection> link_;
    clock::time_point opened_{};
    clock::time_point used_{};
    clock::duration life_{};
    bool fresh_ = true;  // no statement has succeeded on this connection yet
};

}  // namespace db
