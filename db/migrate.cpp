#include "db/migrate.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "db/connection_control.hpp"
#include "db/migrate_files.hpp"
#include "db/migrate_lease.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"

namespace db {
namespace {

using namespace std::chrono_literals;

// begun: statements that were started; done: statements known to have ended. They differ only if a
// process died in between.
constexpr auto make_migrations_table = R"sql(
    CREATE TABLE IF NOT EXISTS schema_migrations (
        version INT NOT NULL PRIMARY KEY,
        name VARCHAR(128) NOT NULL,
        checksum CHAR(64) NOT NULL,
        begun INT NOT NULL,
        done INT NOT NULL,
        applied_at_ms BIGINT NULL
    ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
)sql";

constexpr auto make_lease_table = R"sql(
    CREATE TABLE IF NOT EXISTS schema_lease (
        id INT NOT NULL PRIMARY KEY,
        owner VARCHAR(64) NOT NULL,
        until_ms BIGINT NOT NULL,
        version BIGINT NOT NULL
    ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
)sql";

constexpr auto add_lease = R"sql(
    INSERT IGNORE INTO schema_lease (id, owner, until_ms, version) VALUES (1, '', 0, 0)
)sql";

constexpr auto all_migrations = R"sql(
    SELECT version, name, checksum, begun, done, applied_at_ms FROM schema_migrations
    ORDER BY version
)sql";

constexpr auto add_migration = R"sql(
    INSERT INTO schema_migrations (version, name, checksum, begun, done) VALUES (?, ?, ?, 0, 0)
)sql";

constexpr auto begin_statement = "UPDATE schema_migrations SET begun = ? WHERE version = ?";
constexpr auto end_statement = "UPDATE schema_migrations SET done = ? WHERE version = ?";
constexpr auto end_migration = "UPDATE schema_migrations SET applied_at_ms = ? WHERE version = ?";

struct progress {
    std::string name;
    std::string checksum;
    int begun = 0;
    int done = 0;
    bool complete = false;
};

session_settings settings_for(const url& where) {
    session_settings settings;
    settings.where = where;
    settings.statement_limit_s = 0;
    settings.read_timeout_s = 3600;  // an index on a large table takes its time
    settings.lock_wait_s = 10;
    return settings;
}

auto soon() {
    return std::chrono::steady_clock::now() + 30s;
}

[[noreturn]] void refuse(const std::string& why) {
    throw base::error{base::errc::conf_invalid, "schema: " + why};
}

// The name is plain, see parse_url.
void create_database(session_settings settings) {
    settings.with_database = false;
    const auto server = connection_control::open(settings, soon());
    connection_control::execute(
        *server,
        "CREATE DATABASE IF NOT EXISTS `" + settings.where.name +
            "` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    );
}

std::unique_ptr<connection> open_or_create(const session_settings& settings, bool& created) {
    constexpr int unknown_database = 1049;
    try {
        return connection_control::open(settings, soon());
    } catch (const failure& error) {
        if (error.code() != unknown_database) throw;
    }
    create_database(settings);
    created = true;
    return connection_control::open(settings, soon());
}

std::map<int, progress> progress_of(connection& db) {
    std::map<int, progress> found;
    auto row = db.select(all_migrations);
    while (row.next()) {
        found[static_cast<int>(row.i64("version"))] = {
            row.text("name"),
            row.text("checksum"),
            static_cast<int>(row.i64("begun")),
            static_cast<int>(row.i64("done")),
            !row.is_null("applied_at_ms")};
    }
    connection_control::rollback(db);
    return found;
}

void check_history(
    const std::vector<migration_file>& files, const std::map<int, progress>& history
) {
    for (const auto& [version, past] : history) {
        const auto file = std::ranges::find(files, version, &migration_file::version);
        if (file == files.end()) {
            refuse(
                "the database is newer than this program: " + std::to_string(version) + "_" +
                past.name
            );
        }
        if (file->checksum != past.checksum) {
            refuse(std::to_string(version) + "_" + past.name + " has run and was changed since");
        }
    }
}

// Whether the error of a statement that had been begun before says that it had also ended.
bool says_done_before(const failure& error) {
    constexpr int table_exists = 1050, column_exists = 1060, key_exists = 1061,
                  nothing_to_drop = 1091, no_such_table = 1051;
    const int code = error.code();
    return code == table_exists || code == column_exists || code == key_exists ||
           code == nothing_to_drop || code == no_such_table;
}

// A statement that loses a race against running transactions is simply sent again.
void execute_patiently(connection& db, const std::string& statement) {
    constexpr int tries_max = 10;
    for (int tries = 1;; ++tries) {
        try {
            return connection_control::execute(db, statement);
        } catch (const failure& error) {
            if (error.kind() != failure_kind::conflict || tries == tries_max) throw;
            connection_control::rollback(db);
        }
    }
}

class migrator {
public:
    migrator(connection& db, migration_lease& lease) : db_{db}, lease_{lease} {}

    migration run(const migration_file& file, std::optional<progress> past) {
        const auto start = base::steady_ms();
        if (!past) {
            lease_.ensure_held(db_);
            db_.change(add_migration, file.version, file.name, file.checksum);
            connection_control::commit(db_);
            past.emplace();
        }
        const int count = static_cast<int>(file.statements.size());
        for (int number = past->done + 1; number <= count; ++number) {
            run_statement(file, number, past->begun >= number);
        }
        db_.change(end_migration, base::now_ms(), file.version);
        connection_control::commit(db_);
        return {file.version, file.name, count - past->done, base::steady_ms() - start};
    }

private:
    void run_statement(const migration_file& file, int number, bool in_doubt) {
        lease_.ensure_held(db_);
        db_.change(begin_statement, number, file.version);
        connection_control::commit(db_);
        try {
            execute_patiently(db_, file.statements[static_cast<std::size_t>(number) - 1]);
        } catch (const failure& error) {
            if (!in_doubt || !says_done_before(error)) {
                report(file, number, error);
                throw;
            }
        }
        // Changes of rows commit together with this; changes of tables were committed by the
        // server.
        db_.change(end_statement, number, file.version);
        connection_control::commit(db_);
    }

    static void report(const migration_file& file, int number, const failure& error) {
        base::log::alarm(
            "migration_failed",
            {{"file", file.name},
             {"version", file.version},
             {"statement", number},
             {"error", error.what()}}
        );
    }

    connection& db_;
    migration_lease& lease_;
};

void apply(
    connection& db,
    const session_settings& settings,
    const std::vector<migration_file>& files,
    migration_report& report
) {
    // A table definition that a reader holds must not make all others queue behind us for long.
    connection_control::execute(db, "SET lock_wait_timeout = 10");
    for (const auto* statement : {make_migrations_table, make_lease_table, add_lease}) {
        execute_patiently(db, statement);
    }
    connection_control::commit(db);

    migration_lease lease{db, settings, base::random_token()};
    auto history = progress_of(db);
    check_history(files, history);
    migrator each{db, lease};
    for (const auto& file : files) {
        const auto past = history.find(file.version);
        const bool known = past != history.end();
        if (known && past->second.complete) {
            report.version_before = file.version;
            continue;
        }
        report.applied.push_back(each.run(file, known ? std::optional{past->second} : std::nullopt)
        );
    }
    report.version_after = files.back().version;
}

// The failures of the connector become errors of ours here, as the pool does for units.
template <class Action>
auto at_the_edge(Action&& action) {
    try {
        return action();
    } catch (const failure& error) {
        const bool away =
            error.kind() == failure_kind::lost || error.kind() == failure_kind::conflict;
        throw base::error{
            away ? base::errc::database_unavailable : base::errc::internal, error.what()};
    }
}

}  // namespace

migration_report migrate(const url& where, const std::filesystem::path& schema_dir) {
    const auto files = read_migrations(schema_dir);
    const auto settings = settings_for(where);
    const connector_thread using_connector;
    return at_the_edge([&] {
        migration_report report;
        const auto db = open_or_create(settings, report.database_created);
        apply(*db, settings, files, report);
        return report;
    });
}

bool is_current(const url& where, const std::filesystem::path& schema_dir) {
    constexpr int no_such_table = 1146, unknown_database = 1049;
    const auto files = read_migrations(schema_dir);
    const auto settings = settings_for(where);
    const connector_thread using_connector;
    return at_the_edge([&] {
        try {
            const auto db = connection_control::open(settings, soon());
            const auto history = progress_of(*db);
            return std::ranges::all_of(files, [&history](const migration_file& file) {
                const auto past = history.find(file.version);
                return past != history.end() && past->second.complete &&
                       past->second.checksum == file.checksum;
            });
        } catch (const failure& error) {
            if (error.code() != no_such_table && error.code() != unknown_database) throw;
            return false;
        }
    });
}

}  // namespace db
