#include "db/migrate.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "db/connection_control.hpp"
#include "db/migrate_files.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "tests/support/private_database.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path samples = fs::path{CAMPUS_SCHEMA_DIR} / "../../tests/db/schema_samples/good";

// A schema folder of this test alone.
class folder {
public:
    folder() {
        path = fs::temp_directory_path() / ("campus-schema-" + base::random_token());
        fs::create_directory(path);
    }
    ~folder() { fs::remove_all(path); }
    void put(const std::string& file, const std::string& content) const {
        std::ofstream{path / file} << content;
    }
    fs::path path;
};

struct fixture {
    support::private_database database{support::private_database::empty{}};
    folder schema;

    db::migration_report migrate() const { return db::migrate(database.url(), schema.path); }
};

std::string refusal(const std::function<void()>& action) {
    try {
        action();
    } catch (const base::error& error) {
        return error.detail();
    }
    return {};
}

std::string table(const std::string& name) {
    return "CREATE TABLE " + name + " (id BIGINT NOT NULL PRIMARY KEY);\n";
}

}  // namespace

TEST_CASE("statements are split where the server would split them") {
    using list = std::vector<std::string>;
    CHECK(db::split_statements("") == list{});
    CHECK(db::split_statements(" ; ;; -- only a comment\n;") == list{});
    CHECK(db::split_statements("A; B") == list{"A", "B"});
    CHECK(
        db::split_statements("A 'x;y'; B \"x;y\"; C `x;y`") ==
        list{"A 'x;y'", "B \"x;y\"", "C `x;y`"}
    );
    CHECK(db::split_statements("A 'it''s; fine'; B") == list{"A 'it''s; fine'", "B"});
    CHECK(db::split_statements(R"(A 'it\'s; fine\\'; B)") == list{R"(A 'it\'s; fine\\')", "B"});
    CHECK(db::split_statements("A -- c; 'd\nX; B") == list{"A -- c; 'd\nX", "B"});
    CHECK(db::split_statements("A # c; 'd\nX; B") == list{"A # c; 'd\nX", "B"});
    CHECK(db::split_statements("A /* c; ' */ X; B") == list{"A /* c; ' */ X", "B"});
    CHECK(db::split_statements("/* c */; /*! A; */; B") == list{"/*! A; */", "B"});
    CHECK(db::split_statements("SELECT 5--3; B") == list{"SELECT 5--3", "B"});
    CHECK_THROWS_AS(db::split_statements("A 'open"), base::error);
    CHECK_THROWS_AS(db::split_statements("A /* open"), base::error);
}

TEST_CASE_FIXTURE(fixture, "each file runs once, in order, and the report says what was done") {
    schema.put("0002_second.sql", "ALTER TABLE a ADD COLUMN n INT NULL; UPDATE a SET n = 1;");
    schema.put("0001_first.sql", table("a") + "INSERT INTO a VALUES (1), (2);");
    CHECK_FALSE(db::is_current(database.url(), schema.path));
    const auto first = migrate();
    CHECK_FALSE(first.database_created);
    CHECK(first.version_before == 0);
    CHECK(first.version_after == 2);
    REQUIRE(first.applied.size() == 2);
    CHECK(first.applied[0].name == "first");
    CHECK(first.applied[1].statements == 2);
    CHECK(database.value("SELECT SUM(n) FROM a") == "2");
    CHECK(db::is_current(database.url(), schema.path));

    const auto again = migrate();
    CHECK(again.applied.empty());
    CHECK(again.version_before == 2);
    CHECK(again.version_after == 2);

    schema.put("0003_third.sql", "INSERT INTO a VALUES (3, 3);");
    CHECK_FALSE(db::is_current(database.url(), schema.path));
    const auto third = migrate();
    REQUIRE(third.applied.size() == 1);
    CHECK(third.applied[0].version == 3);
    CHECK(database.value("SELECT COUNT(*) FROM a") == "3");
    CHECK(database.value("SELECT owner FROM schema_lease WHERE id = 1") == "");
}

TEST_CASE_FIXTURE(fixture, "a missing database is created") {
    auto where = database.url();
    where.name += "_new";
    schema.put("0001_first.sql", table("a"));
    CHECK_FALSE(db::is_current(where, schema.path));
    CHECK(db::migrate(where, schema.path).database_created);
    CHECK(db::is_current(where, schema.path));
    CHECK(
        database.value(
            "SELECT default_collation_name FROM information_schema.schemata WHERE "
            "schema_name = '" +
            where.name + "'"
        ) == "utf8mb4_bin"
    );
    database.execute("DROP DATABASE `" + where.name + "`");
}

TEST_CASE_FIXTURE(fixture, "holes, doubles, odd names, changed and unknown files are refused") {
    CHECK(refusal([&] { migrate(); }).find("no file") != std::string::npos);
    CHECK(refusal([&] { db::migrate(database.url(), schema.path / "none"); }) != "");
    schema.put("0001_first.sql", table("a"));
    SUBCASE("hole") {
        schema.put("0003_third.sql", table("c"));
        CHECK(refusal([&] { migrate(); }).find("expected number 2") != std::string::npos);
    }
    SUBCASE("double") {
        schema.put("0001_other.sql", table("b"));
        CHECK(refusal([&] { migrate(); }).find("expected number 2") != std::string::npos);
    }
    SUBCASE("odd name") {
        schema.put("2_second.sql", table("b"));
        CHECK(refusal([&] { migrate(); }).find("NNNN_name.sql") != std::string::npos);
    }
    SUBCASE("empty") {
        schema.put("0002_second.sql", "-- nothing\n");
        CHECK(refusal([&] { migrate(); }).find("no statement") != std::string::npos);
    }
    SUBCASE("changed") {
        migrate();
        schema.put("0001_first.sql", table("a") + "-- changed\n");
        CHECK(refusal([&] { migrate(); }).find("changed since") != std::string::npos);
        CHECK_FALSE(db::is_current(database.url(), schema.path));
    }
    SUBCASE("newer database") {
        schema.put("0002_second.sql", table("b"));
        migrate();
        fs::remove(schema.path / "0002_second.sql");
        CHECK(refusal([&] { migrate(); }).find("newer than this program") != std::string::npos);
    }
}

TEST_CASE_FIXTURE(fixture, "a file that failed half way goes on behind what it had done") {
    schema.put("0001_first.sql", table("a"));
    schema.put(
        "0002_second.sql", table("b") + "INSERT INTO b VALUES (1);" + "INSERT INTO c VALUES (1);"
    );
    CHECK(refusal([&] { migrate(); }).find("1146") != std::string::npos);
    CHECK(database.value("SELECT done FROM schema_migrations WHERE version = 2") == "2");
    CHECK_FALSE(db::is_current(database.url(), schema.path));
    database.execute(table("c"));
    const auto report = migrate();
    CHECK(report.version_before == 1);
    REQUIRE(report.applied.size() == 1);
    CHECK(report.applied[0].statements == 1);
    CHECK(database.value("SELECT COUNT(*) FROM b") == "1");
    CHECK(database.value("SELECT COUNT(*) FROM c") == "1");
}

TEST_CASE_FIXTURE(
    fixture, "a process that died between a statement and its note is followed safely"
) {
    schema.put("0001_first.sql", table("a"));
    migrate();
    schema.put("0002_second.sql", table("b") + table("c"));
    const auto file = db::read_migrations(schema.path)[1];
    // As left behind: b was made, its end was not noted, and the lease has run out.
    database.execute(
        table("b") +
        "INSERT INTO schema_migrations (version, name, checksum, begun, done) VALUES "
        "(2, 'second', '" +
        file.checksum +
        "', 1, 0);"
        "UPDATE schema_lease SET owner = 'dead', until_ms = 1"
    );
    CHECK(migrate().applied.at(0).statements == 2);
    CHECK(db::is_current(database.url(), schema.path));

    // But a statement that nobody had begun may not find its work done.
    schema.put("0003_third.sql", table("d"));
    database.execute(table("d"));
    CHECK(refusal([&] { migrate(); }).find("1050") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "many processes at once: every statement runs once") {
    std::string inserts = table("a") + "INSERT INTO a VALUES (0);";
    for (int count = 0; count < 10; ++count) inserts += "UPDATE a SET id = id + 1;";
    schema.put("0001_first.sql", inserts);
    schema.put("0002_second.sql", table("b") + "UPDATE a SET id = id + 1;");
    std::vector<std::thread> processes;
    std::atomic<int> applied{0};
    for (int count = 0; count < 6; ++count) {
        processes.emplace_back([&] { applied += static_cast<int>(migrate().applied.size()); });
    }
    for (auto& each : processes) each.join();
    CHECK(applied == 2);
    CHECK(database.value("SELECT id FROM a") == "11");
    CHECK(
        database.value("SELECT COUNT(*) FROM schema_migrations WHERE applied_at_ms IS NOT NULL") ==
        "2"
    );
}

TEST_CASE("the product's own schema is portable enough: each table has a primary key") {
    const support::private_database database;
    CHECK(db::is_current(database.url(), CAMPUS_SCHEMA_DIR));
    CHECK(
        database.value(
            "SELECT GROUP_CONCAT(t.table_name) FROM information_schema.tables t LEFT JOIN "
            "information_schema.table_constraints c ON c.table_schema = t.table_schema AND "
            "c.table_name = t.table_name AND c.constraint_type = 'PRIMARY KEY' WHERE "
            "t.table_schema = DATABASE() AND c.table_name IS NULL"
        ) == ""
    );
    CHECK(
        database.value(
            "SELECT GROUP_CONCAT(table_name) FROM information_schema.tables WHERE "
            "table_schema = DATABASE() AND (engine <> 'InnoDB' OR table_collation NOT LIKE "
            "'utf8mb4%')"
        ) == ""
    );
}
