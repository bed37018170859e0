#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <cppconn/connection.h>
#include <cppconn/prepared_statement.h>

#include "db/connection_control.hpp"

// Private to connection*.cpp: the only files that see the connector.
namespace db {

// Prepared statements of one connection, the longest unused one leaves first. Preparing each time
// costs half of the throughput.
class statement_shelf {
public:
    explicit statement_shelf(std::size_t most) : most_{most} {}

    sql::PreparedStatement& get(sql::Connection& link, std::string_view text);
    std::size_t size() const { return order_.size(); }

private:
    struct kept {
        std::string text;
        std::unique_ptr<sql::PreparedStatement> statement;
    };

    std::size_t most_;
    std::list<kept> order_;  // the last used one in front
    std::unordered_map<std::string_view, std::list<kept>::iterator> by_text_;
};

// Statements die before their connection: keep the order of the members.
struct connection::parts {
    std::unique_ptr<sql::Connection> link;
    statement_shelf statements;
    std::function<void(const fault_point&)> fault;
    std::int64_t session_id = 0;
    bool autocommit = false;
    bool may_write = true;
    bool found_done = false;
    int statements_run = 0;
    std::vector<std::function<void(connection&)>> last_steps{};  // of this run
};

// Runs `action` and turns the connector's exception into ours.
[[noreturn]] void raise_current();

template <class Action>
decltype(auto) translated(Action&& action) {
    try {
        return action();
    } catch (...) {
        raise_current();
    }
}

}  // namespace db
