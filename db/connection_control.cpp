#include "db/connection_control.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>
#include <mysql_driver.h>

#include "db/connection_parts.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"

namespace db {
namespace {

sql::Driver& driver() {
    static sql::Driver& only = *sql::mysql::get_driver_instance();
    return only;
}

sql::SQLString owned(std::string_view text) {
    return {text.data(), text.size()};
}

// The connector passes over keys it does not know in silence; these were tried one by one. Values
// may be text, int or bool and nothing else.
sql::ConnectOptionsMap options_of(const session_settings& settings) {
    const auto& where = settings.where;
    sql::ConnectOptionsMap options;
    options["hostName"] = owned(
        where.socket.empty() ? "tcp://" + where.host + ":" + std::to_string(where.port)
                             : "unix://" + where.socket
    );
    options["userName"] = owned(where.user);
    options["password"] = owned(where.password.reveal());
    if (settings.with_database) options["schema"] = owned(where.name);
    options["OPT_CHARSET_NAME"] = owned("utf8mb4");
    options["characterSetResults"] = owned("utf8mb4");
    options["OPT_CONNECT_TIMEOUT"] = settings.connect_timeout_s;
    options["OPT_READ_TIMEOUT"] = settings.read_timeout_s;
    options["OPT_WRITE_TIMEOUT"] = settings.read_timeout_s;
    options["OPT_RECONNECT"] = false;
    options["OPT_LOCAL_INFILE"] = 0;  // else a false server may ask for any file of ours
    if (!where.ssl_ca.empty()) {
        options["sslCA"] = owned(where.ssl_ca);
        options["sslEnforce"] = true;
        options["sslVerify"] = true;
    }
    if (!where.ssl_cert.empty()) {
        options["sslCert"] = owned(where.ssl_cert);
        options["sslKey"] = owned(where.ssl_key);
    }
    return options;
}

std::string first_text(sql::Connection& link, std::string_view sql) {
    const std::unique_ptr<sql::Statement> statement{link.createStatement()};
    const std::unique_ptr<sql::ResultSet> found{statement->executeQuery(owned(sql))};
    if (!found->next()) return {};
    auto text = found->getString(1).asStdString();
    while (found->next()) {
    }
    return text;
}

void run_text(sql::Connection& link, std::string_view sql) {
    const std::unique_ptr<sql::Statement> statement{link.createStatement()};
    if (!statement->execute(owned(sql))) return;
    do {
        const std::unique_ptr<sql::ResultSet> unwanted{statement->getResultSet()};
        while (unwanted && unwanted->next()) {
        }
    } while (statement->getMoreResults());
}

// One statement, so that a session is set up wholly or not at all. connect() itself has just forced
// REPEATABLE READ on it.
std::string set_up_text(const session_settings& settings, bool is_mariadb) {
    const auto limit = settings.statement_limit_s;
    return "SET time_zone = '+00:00', "
           "sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', " +
           std::string{is_mariadb ? "tx_isolation" : "transaction_isolation"} +
           " = 'READ-COMMITTED', innodb_lock_wait_timeout = " +
           std::to_string(settings.lock_wait_s) + ", " +
           (is_mariadb ? "max_statement_time = " + std::to_string(limit)
                       : "max_execution_time = " + std::to_string(limit * 1000)) +
           ", autocommit = 0";
}

// What was asked for, read back in one line.
std::string check_text(bool is_mariadb) {
    return "SELECT CONCAT_WS(' ', @@time_zone, " +
           std::string{is_mariadb ? "@@tx_isolation" : "@@transaction_isolation"} +
           ", @@autocommit + 0, @@innodb_lock_wait_timeout, @@character_set_client, "
           "@@character_set_connection, @@character_set_results)";
}

void set_up(sql::Connection& link, const session_settings& settings) {
    const auto version = first_text(link, "SELECT VERSION()");
    const bool is_mariadb = version.find("MariaDB") != std::string::npos;
    run_text(link, set_up_text(settings, is_mariadb));
    const auto found = first_text(link, check_text(is_mariadb));
    const auto wanted = "+00:00 READ-COMMITTED 0 " + std::to_string(settings.lock_wait_s) +
                        " utf8mb4 utf8mb4 utf8mb4";
    if (found != wanted) {
        throw base::error{base::errc::internal, "the database session came out as: " + found};
    }
    if (!settings.where.ssl_ca.empty()) {
        const std::unique_ptr<sql::Statement> statement{link.createStatement()};
        const std::unique_ptr<sql::ResultSet> row{
            statement->executeQuery("SHOW SESSION STATUS LIKE 'Ssl_cipher'")};
        if (!row->next() || row->getString(2).length() == 0) {
            throw base::error{base::errc::internal, "TLS to the database was asked for and is off"};
        }
    }
}

// One at a time makes a connection. With a limit for the wait, because one dead server would else
// keep every worker busy beyond its deadline.
class doorway {
public:
    bool enter(connection_control::time_point until) {
        std::unique_lock hold{mutex_};
        if (!free_again_.wait_until(hold, until, [this] { return !taken_; })) return false;
        taken_ = true;
        return true;
    }
    void leave() {
        const std::lock_guard hold{mutex_};
        taken_ = false;
        free_again_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable free_again_;
    bool taken_ = false;
};

class turn {
public:
    explicit turn(connection_control::time_point until) {
        if (!place().enter(until)) raise(2002, "HY000", "no turn to connect before the deadline");
    }
    ~turn() { place().leave(); }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

private:
    static doorway& place() {
        static doorway only;
        return only;
    }
};

std::unique_ptr<sql::Connection> connect(
    const session_settings& settings, connection_control::time_point until
) {
    auto options = options_of(settings);
    const turn mine{until};
    return std::unique_ptr<sql::Connection>{driver().connect(options)};
}

}  // namespace

connector_thread::connector_thread() {
    const turn mine{connection_control::time_point::max()};
    driver().threadInit();
}

connector_thread::~connector_thread() {
    driver().threadEnd();
}

std::unique_ptr<connection> connection_control::open(
    const session_settings& settings, time_point until
) {
    return translated([&] {
        auto link = connect(settings, until);
        set_up(*link, settings);
        // A node of a cluster is told by its name when connections move.
        const auto node = first_text(*link, "SELECT @@hostname");
        const auto id = std::stoll(first_text(*link, "SELECT CONNECTION_ID()"));
        base::log::write(
            base::log::level::debug, "db_connected", {{"node", node}, {"session", std::int64_t{id}}}
        );
        auto all = std::unique_ptr<connection::parts>{new connection::parts{
            std::move(link), statement_shelf{settings.statements_max}, settings.fault, id}};
        return std::unique_ptr<connection>{new connection{std::move(all)}};
    });
}

void connection_control::begin_run(connection& db, bool may_write) {
    auto& parts = *db.parts_;
    parts.may_write = may_write;
    parts.found_done = false;
    parts.statements_run = 0;
    parts.last_steps.clear();
    // While reading, each select is a transaction of its own: no ROLLBACK to pay for, and no lock
    // on the tables' definitions stays behind.
    const bool autocommit = !may_write;
    if (parts.autocommit == autocommit) return;
    execute(db, autocommit ? "SET autocommit = 1" : "SET autocommit = 0");
    parts.autocommit = autocommit;
}

void connection_control::run_last_steps(connection& db) {
    const auto steps = std::exchange(db.parts_->last_steps, {});
    for (const auto& step : steps) step(db);
    base::ensure(db.parts_->last_steps.empty(), "a last step puts nothing off");
}

// COMMIT and ROLLBACK go as statements: the connector's own calls swallow every error.
void connection_control::commit(connection& db) {
    auto& parts = *db.parts_;
    if (parts.fault) parts.fault({fault_point::place::before_commit, 0, {}});
    base::crash_point("db.before_commit");
    execute(db, "COMMIT");
    base::crash_point("db.after_commit");
    if (parts.fault) parts.fault({fault_point::place::after_commit, 0, {}});
}

void connection_control::rollback(connection& db) {
    execute(db, "ROLLBACK");
}

bool connection_control::alive(connection& db) {
    try {
        return db.parts_->link->isValid();
    } catch (const sql::SQLException&) {
        return false;
    }
}

bool connection_control::found_done(const connection& db) {
    return db.parts_->found_done;
}

int connection_control::statements_run(const connection& db) {
    return db.parts_->statements_run;
}

std::size_t connection_control::statements_kept(const connection& db) {
    return db.parts_->statements.size();
}

std::int64_t connection_control::session_id(const connection& db) {
    return db.parts_->session_id;
}

void connection_control::execute(connection& db, std::string_view sql) {
    translated([&] { run_text(*db.parts_->link, sql); });
}

std::string connection_control::first_value(connection& db, std::string_view sql) {
    return translated([&] { return first_text(*db.parts_->link, sql); });
}

}  // namespace db
