#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "db/errors.hpp"
#include "db/rows.hpp"
#include "db/value.hpp"

namespace db {

// What a unit of work sees of the database. A unit is a plain function `answer f(connection&)`: the
// transaction is open when it starts and the pool alone ends it: COMMIT after a normal return,
// ROLLBACK after any exception. A unit may run again from its first line, so it touches nothing but
// its connection, takes nothing along from an earlier run, and first looks whether its work is
// done.
//
// Statements use `?` placeholders, are prepared once per connection and kept. Errors arrive as
// db::failure and are none of the unit's business (but see duplicate_key).
class connection {
public:
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    template <class... Arguments>
    rows select(std::string_view sql, const Arguments&... arguments) {
        const std::array<value, sizeof...(Arguments)> list{value{arguments}...};
        return select_with(sql, list);
    }

    // INSERT, UPDATE, DELETE. Answers the count of rows *changed*: an UPDATE that sets what is
    // already there answers 0, so let each guarding UPDATE bump a version or a time.
    template <class... Arguments>
    std::int64_t change(std::string_view sql, const Arguments&... arguments) {
        const std::array<value, sizeof...(Arguments)> list{value{arguments}...};
        return change_with(sql, list);
    }

    // change_many("INSERT INTO t (a, b) VALUES", "(?, ?)", rows) sends the rows in pieces.
    std::int64_t change_many(
        std::string_view head,
        std::string_view row,
        const std::vector<std::vector<value>>& list,
        std::string_view tail = {}
    );

    rows select_with(std::string_view sql, std::span<const value> arguments);
    std::int64_t change_with(std::string_view sql, std::span<const value> arguments);

    // The id that AUTO_INCREMENT gave to the first row of this connection's last INSERT.
    std::int64_t last_insert_id();

    // Optional: a unit that finds its work already done says so, and the pool can then count
    // whether a COMMIT of unknown outcome had taken effect.
    void found_done();

    // What must come last before COMMIT, because it takes a lock that every other unit waits for.
    // It runs once the unit has returned, in the order of the calls, and fails and repeats with it.
    void before_commit(std::function<void(connection&)> step);

private:
    friend class connection_control;
    struct parts;
    explicit connection(std::unique_ptr<parts> all);

    std::unique_ptr<parts> parts_;
};

}  // namespace db
