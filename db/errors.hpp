#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

// What a database error means for the unit of work that met it. Units never look at these: they let
// every db::failure pass, and the pool decides. The one exception is duplicate_key, see below.
namespace db {

enum class failure_kind {
    conflict,    // lost a race: nothing happened, run the whole unit again on the same connection
    lost,        // the connection is of no use any more: new one, whole unit again
    duplicate,   // a unique key refused the row
    broken,      // the server is full or damaged: as lost, and somebody must be told
    time_limit,  // the server stopped the statement at its time limit
    ours,        // a fault of our own: wrong SQL, wrong data, missing right; repeating is pointless
};

// Pure: the error code decides, else the class of the SQLSTATE.
failure_kind classify(int code, std::string_view sql_state);

std::string_view to_text(failure_kind kind);

// what() is fit for the log: values that the server quotes in its messages are taken out.
class failure : public std::runtime_error {
public:
    failure(int code, std::string_view sql_state, std::string_view message);

    int code() const { return code_; }
    const std::string& sql_state() const { return sql_state_; }
    failure_kind kind() const { return kind_; }

private:
    int code_;
    std::string sql_state_;
    failure_kind kind_;
};

// A unit may catch this one. The server has then undone the refused *statement* alone (all rows of
// it); what the unit did before stands and would be committed, so catch it only around a statement
// whose absence leaves the unit's work whole, and read the existing row to see whether it is the
// same. Uncaught, the pool rolls back and runs the unit once more, because a unit first looks
// whether its work is done: a lost race is then found as done. The second time it is an error.
class duplicate_key : public failure {
public:
    duplicate_key(int code, std::string_view sql_state, std::string_view message);

    const std::string& key() const { return key_; }  // name of the index, "PRIMARY" for that one

private:
    std::string key_;
};

// Throws duplicate_key or failure.
[[noreturn]] void raise(int code, std::string_view sql_state, std::string_view message);

}  // namespace db
