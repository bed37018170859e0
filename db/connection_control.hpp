#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "db/connection.hpp"
#include "db/pool.hpp"
#include "db/url.hpp"

// The side of a connection that units must not see: opening it, ending transactions, free SQL. For
// the pool, the migrations and the tests of this folder.
namespace db {

struct session_settings {
    url where;
    bool with_database = true;
    std::size_t statements_max = 200;
    int connect_timeout_s = 3;
    int read_timeout_s = 10;
    int statement_limit_s = 5;  // 0: none
    int lock_wait_s = 3;
    std::function<void(const fault_point&)> fault{};
};

// A thread that uses connections holds one of these for as long as it does.
class connector_thread {
public:
    connector_thread();
    ~connector_thread();
    connector_thread(const connector_thread&) = delete;
    connector_thread& operator=(const connector_thread&) = delete;
};

class connection_control {
public:
    using time_point = std::chrono::steady_clock::time_point;

    // Connections are opened one after the other in the whole process, because the connector writes
    // shared state while it connects; who does not get its turn before `until` fails as lost.
    static std::unique_ptr<connection> open(const session_settings& settings, time_point until);

    // A run of a unit starts. A reading session has no transaction that must be ended; the switch
    // from one kind to the other costs one statement.
    static void begin_run(connection& db, bool may_write);
    // What the unit has put off until then. Still part of the work: its failures are the unit's.
    static void run_last_steps(connection& db);
    static void commit(connection& db);
    static void rollback(connection& db);
    static bool alive(connection& db);

    static bool found_done(const connection& db);
    static int statements_run(const connection& db);  // in this run
    static std::size_t statements_kept(const connection& db);
    static std::int64_t session_id(const connection& db);

    // Text without placeholders, straight to the server; a result is thrown away.
    static void execute(connection& db, std::string_view sql);
    // ... the first column of the first row as text, empty if there is none.
    static std::string first_value(connection& db, std::string_view sql);
};

}  // namespace db
