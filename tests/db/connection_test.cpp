#include "db/connection.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "db/connection_control.hpp"
#include "server/base/error.hpp"
#include "tests/support/private_database.hpp"

namespace {

using control = db::connection_control;
using namespace std::chrono_literals;

constexpr auto samples = CAMPUS_SCHEMA_DIR "/../../tests/db/schema_samples/good";

struct fixture {
    support::private_database database{samples};
    db::session_settings settings{.where = database.url()};
    std::unique_ptr<db::connection> link = open();
    db::connection& db = *link;

    std::unique_ptr<db::connection> open() const {
        return control::open(settings, std::chrono::steady_clock::now() + 5s);
    }
};

template <class Action>
std::string detail_of(Action&& action) {
    try {
        action();
    } catch (const base::error& error) {
        return error.detail();
    }
    return "nothing thrown";
}

}  // namespace

TEST_CASE_FIXTURE(fixture, "the session is set up as the design wants it") {
    auto row = db.select(
        "SELECT @@time_zone AS zone, @@tx_isolation AS isolation, @@autocommit AS autocommit, "
        "@@innodb_lock_wait_timeout AS lock_wait, CAST(@@max_statement_time AS SIGNED) AS "
        "statement_limit, "
        "@@character_set_client AS client, @@sql_mode AS mode, @@collation_connection AS collation"
    );
    REQUIRE(row.next());
    CHECK(row.text("zone") == "+00:00");
    CHECK(row.text("isolation") == "READ-COMMITTED");
    CHECK(row.i64("autocommit") == 0);
    CHECK(row.i64("lock_wait") == 3);
    CHECK(row.i64("statement_limit") == 5);
    CHECK(row.text("client") == "utf8mb4");
    CHECK(row.text("mode").find("STRICT_ALL_TABLES") != std::string::npos);
    CHECK_FALSE(row.next());
    CHECK_FALSE(row.next());
}

TEST_CASE_FIXTURE(fixture, "values of every kind come back as they went in") {
    const std::string emoji = "张三😀 O'Neil <b> \\ \" %";
    const auto min = std::numeric_limits<std::int64_t>::min();
    CHECK(
        db.change(
            "INSERT INTO things (id, name, amount_fen, small, kind, at_ms) VALUES (?,?,?,?,?,?)",
            std::numeric_limits<std::int64_t>::max(),
            emoji,
            min,
            -128,
            "two",
            std::int64_t{1795391999123}
        ) == 1
    );
    auto row = db.select("SELECT * FROM things WHERE name = ?", emoji);
    REQUIRE(row.next());
    CHECK(row.i64("id") == std::numeric_limits<std::int64_t>::max());
    CHECK(row.text("name") == emoji);
    CHECK(row.i64("amount_fen") == min);
    CHECK(row.i64("small") == -128);
    CHECK(row.text("kind") == "two");
    CHECK(row.i64("at_ms") == 1795391999123);
    CHECK(row.is_null("secret"));
    CHECK(row.maybe_i64("huge") == std::nullopt);
    CHECK(row.maybe_text("body") == std::nullopt);
    CHECK(row.fen("version") == base::fen{1});
}

TEST_CASE_FIXTURE(fixture, "bytes pass unchanged through binary columns and find their row") {
    std::string all(256, '\0');
    for (int byte = 0; byte < 256; ++byte) all[static_cast<std::size_t>(byte)] = char(byte);
    db.change("INSERT INTO things (id, raw, secret) VALUES (3, ?, ?)", db::blob{all}, db::blob{""});
    auto row = db.select("SELECT raw, secret FROM things WHERE raw = ?", db::blob{all});
    REQUIRE(row.next());
    CHECK(row.bytes("raw") == all);
    CHECK(row.bytes("secret").empty());

    // Random hashes are not UTF-8; each must be found by itself alone, through the primary key.
    for (int lead = 0; lead < 256; lead += 5) {
        const std::string hash(32, char(lead));
        db.change("INSERT INTO hashes (hash, label) VALUES (?, ?)", db::blob{hash}, lead);
    }
    for (int lead = 0; lead < 256; lead += 5) {
        CAPTURE(lead);
        const std::string hash(32, char(lead));
        auto found = db.select("SELECT hash, label FROM hashes WHERE hash = ?", db::blob{hash});
        REQUIRE(found.size() == 1);
        REQUIRE(found.next());
        CHECK(found.text("label") == std::to_string(lead));
        CHECK(found.bytes("hash") == hash);
    }
    CHECK(db.select("SELECT label FROM hashes WHERE hash = ?", db::blob{"\x05"}).empty());
}

TEST_CASE_FIXTURE(fixture, "a row is looked up by bytes through its index") {
    for (int lead = 0; lead < 200; ++lead) {
        db.change(
            "INSERT INTO hashes (hash, label) VALUES (?, 'x')",
            db::blob{std::string(32, char(lead))}
        );
    }
    const std::string hash(32, '\xfe');
    auto plan = db.select("EXPLAIN SELECT label FROM hashes WHERE hash = ?", db::blob{hash});
    REQUIRE(plan.next());
    const auto extra = plan.maybe_text("Extra").value_or("");
    const auto type = plan.maybe_text("type").value_or("");
    CAPTURE(extra);
    CHECK((type == "const" || extra.find("Impossible WHERE") != std::string::npos));
}

TEST_CASE_FIXTURE(fixture, "long texts and blobs come back whole") {
    const std::string text(700'000, 'a');
    std::string bytes(700'000, '\0');
    for (std::size_t at = 0; at < bytes.size(); ++at) bytes[at] = char(at * 7);
    db.change("INSERT INTO things (id, body, raw) VALUES (3, ?, ?)", text, db::blob{bytes});
    // And a short one afterwards through the same prepared statement.
    db.change("INSERT INTO things (id, body, raw) VALUES (4, ?, ?)", "kurz", db::blob{"\x01"});
    auto row = db.select("SELECT body, raw FROM things WHERE id >= 3 ORDER BY id");
    REQUIRE(row.next());
    CHECK(row.text("body") == text);
    CHECK(row.bytes("raw") == bytes);
    REQUIRE(row.next());
    CHECK(row.text("body") == "kurz");
    CHECK(row.bytes("raw") == "\x01");
}

TEST_CASE_FIXTURE(fixture, "NULL and content may follow one another in one prepared statement") {
    constexpr auto insert = "INSERT INTO things (id, name, at_ms, raw) VALUES (?, ?, ?, ?)";
    const std::optional<std::string> no_text;
    const std::optional<std::int64_t> no_number;
    db.change(insert, 3, "x", 5, db::blob{"b"});
    db.change(insert, 4, no_text, no_number, nullptr);
    db.change(
        insert, 5, std::optional<std::string>{"y"}, std::optional<std::int64_t>{6}, db::blob{""}
    );
    auto row = db.select("SELECT name, at_ms, raw FROM things WHERE id >= 3 ORDER BY id");
    REQUIRE(row.next());
    CHECK(row.maybe_text("name") == "x");
    REQUIRE(row.next());
    CHECK(row.maybe_text("name") == std::nullopt);
    CHECK(row.maybe_i64("at_ms") == std::nullopt);
    CHECK(row.is_null("raw"));
    REQUIRE(row.next());
    CHECK(row.maybe_text("name") == "y");
    CHECK(row.maybe_i64("at_ms") == 6);
    CHECK(row.maybe_bytes("raw") == "");
}

TEST_CASE_FIXTURE(fixture, "numbers that 64 signed bits cannot hold are refused, not wrapped") {
    CHECK_THROWS_AS(db::value{std::numeric_limits<std::uint64_t>::max()}, base::error);
    db.change("INSERT INTO things (id, huge) VALUES (3, 18446744073709551615)");
    db.change("INSERT INTO things (id, huge) VALUES (4, 9223372036854775807)");
    CHECK_THROWS_AS(db.select("SELECT huge FROM things WHERE id = 3"), base::error);
    auto row = db.select("SELECT huge FROM things WHERE id = 4");
    REQUIRE(row.next());
    CHECK(row.i64("huge") == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE_FIXTURE(fixture, "sums and counts are whole numbers, floating point is refused") {
    db.change("UPDATE things SET amount_fen = 700000 WHERE id < 3");
    auto row =
        db.select("SELECT SUM(amount_fen) AS total, COUNT(*) AS n, SUM(at_ms) AS none FROM things");
    REQUIRE(row.next());
    CHECK(row.i64("total") == 1'400'000);
    CHECK(row.fen("total") == base::fen{1'400'000});
    CHECK(row.i64("n") == 2);
    CHECK(row.maybe_i64("none") == std::nullopt);
    CHECK_THROWS_AS(db.select("SELECT 1e0 AS x"), base::error);
    CHECK_THROWS_AS(db.select("SELECT NOW(3) AS x"), base::error);
}

TEST_CASE_FIXTURE(fixture, "a wrong column, a missing value and a wrong type are named") {
    auto row = db.select("SELECT id, name, at_ms FROM things WHERE id = 1");
    CHECK(detail_of([&] { row.i64("id"); }).find("outside") != std::string::npos);
    REQUIRE(row.next());
    CHECK(detail_of([&] { row.i64("di"); }) == "column di: not selected");
    CHECK(detail_of([&] { row.i64("at_ms"); }) == "column at_ms: is NULL");
    CHECK(detail_of([&] { row.text("id"); }) == "column id: is a number, not text");
    CHECK(detail_of([&] { row.i64("name"); }) == "column name: is not a whole number");
    CHECK_FALSE(row.next());
    CHECK(detail_of([&] { row.i64("id"); }).find("outside") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "change counts the rows that really changed") {
    CHECK(db.change("UPDATE things SET amount_fen = 5 WHERE id = 1") == 1);
    CHECK(db.change("UPDATE things SET amount_fen = 5 WHERE id = 1") == 0);
    CHECK(db.change("UPDATE things SET version = version + 1") == 2);
    CHECK(db.change("DELETE FROM things WHERE id = 99") == 0);
}

TEST_CASE_FIXTURE(fixture, "a refused statement of many rows leaves nothing of itself behind") {
    db.change("INSERT INTO things (id, name) VALUES (10, 'ten')");
    try {
        db.change("INSERT INTO things (id, name) VALUES (11, 'eleven'), (12, 'ten'), (13, 'x')");
        FAIL("accepted");
    } catch (const db::duplicate_key& error) {
        CHECK(error.key() == "things_name");
    }
    // The transaction stands: the row before it is there, and the connection goes on.
    auto row = db.select("SELECT COUNT(*) AS n FROM things WHERE id >= 10");
    REQUIRE(row.next());
    CHECK(row.i64("n") == 1);
}

TEST_CASE_FIXTURE(fixture, "many rows go in pieces") {
    std::vector<std::string> names;
    for (int number = 0; number < 237; ++number) names.push_back("name " + std::to_string(number));
    std::vector<std::vector<db::value>> list;
    for (int number = 0; number < 237; ++number) {
        list.push_back({1000 + number, names[static_cast<std::size_t>(number)]});
    }
    CHECK(db.change_many("INSERT INTO things (id, name) VALUES", "(?, ?)", list) == 237);
    auto row = db.select("SELECT COUNT(DISTINCT name) AS n FROM things WHERE id >= 1000");
    REQUIRE(row.next());
    CHECK(row.i64("n") == 237);
    CHECK(db.change_many("INSERT INTO things (id, name) VALUES", "(?, ?)", {}) == 0);
    CHECK(
        db.change_many(
            "INSERT INTO things (id, name) VALUES",
            "(?, ?)",
            list,
            "ON DUPLICATE KEY UPDATE version = version + 1"
        ) == 474
    );
}

TEST_CASE("prepared statements are kept up to a limit and the longest unused one goes") {
    fixture all;
    all.settings.statements_max = 3;
    const auto link = all.open();
    auto& db = *link;
    const auto prepared = [&] {
        auto row = db.select("SHOW SESSION STATUS LIKE 'Com_stmt_prepare'");
        row.next();
        return std::stoll(row.text("Value"));
    };
    prepared();
    const auto start = prepared();
    for (int round = 0; round < 5; ++round) {
        db.select("SELECT 1 AS a");
        db.select("SELECT 2 AS a");
    }
    CHECK(prepared() == start + 2);
    db.select("SELECT 3 AS a");  // pushes "SELECT 1" out
    CHECK(control::statements_kept(db) == 3);
    db.select("SELECT 2 AS a");
    const auto before = prepared();
    db.select("SELECT 2 AS a");
    CHECK(prepared() == before);
    db.select("SELECT 1 AS a");
    CHECK(prepared() == before + 1);
    CHECK(control::statements_kept(db) == 3);
}

TEST_CASE_FIXTURE(fixture, "nothing is committed unless COMMIT is said") {
    db.change("UPDATE things SET amount_fen = 1 WHERE id = 1");
    CHECK(database.value("SELECT amount_fen FROM things WHERE id = 1") == "0");
    control::rollback(db);
    db.change("UPDATE things SET amount_fen = 2 WHERE id = 1");
    control::commit(db);
    CHECK(database.value("SELECT amount_fen FROM things WHERE id = 1") == "2");
    db.change("UPDATE things SET amount_fen = 3 WHERE id = 1");
    link.reset();
    CHECK(database.value("SELECT amount_fen FROM things WHERE id = 1") == "2");
}

TEST_CASE_FIXTURE(fixture, "COMMIT on a killed session throws") {
    db.change("UPDATE things SET amount_fen = 1 WHERE id = 1");
    database.execute("KILL " + std::to_string(control::session_id(db)));
    CHECK_THROWS_AS(control::commit(db), db::failure);
    CHECK_FALSE(control::alive(db));
    CHECK(database.value("SELECT amount_fen FROM things WHERE id = 1") == "0");
}

TEST_CASE_FIXTURE(fixture, "a run for reading refuses to change and keeps no transaction open") {
    control::begin_run(db, false);
    CHECK_THROWS_AS(db.change("UPDATE things SET amount_fen = 1"), base::error);
    CHECK(db.select("SELECT id FROM things").size() == 2);
    // No lock on the definition stays behind: another session can alter the table at once.
    database.execute("SET lock_wait_timeout = 1; ALTER TABLE things ADD COLUMN extra INT NULL");
    control::begin_run(db, true);
    CHECK(db.change("UPDATE things SET amount_fen = 1 WHERE id = 1") == 1);
    control::rollback(db);
    CHECK(database.value("SELECT amount_fen FROM things WHERE id = 1") == "0");
}

TEST_CASE_FIXTURE(fixture, "wrong SQL says where, wrong data does not say what") {
    try {
        db.select("SELECT id FORM things");
        FAIL("accepted");
    } catch (const db::failure& error) {
        CHECK(error.code() == 1064);
        CHECK(error.kind() == db::failure_kind::ours);
    }
    try {
        db.change("INSERT INTO things (id, kind) VALUES (5, ?)", "13800138000");
        FAIL("accepted");
    } catch (const db::failure& error) {
        CHECK(error.kind() == db::failure_kind::ours);
        CHECK(std::string{error.what()}.find("13800138000") == std::string::npos);
    }
    CHECK(db.select("SELECT id FROM things").size() == 2);
}

TEST_CASE_FIXTURE(fixture, "the server gives the id of an automatic key") {
    database.execute("CREATE TABLE auto (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, n INT)");
    db.change("INSERT INTO auto (n) VALUES (7), (8)");
    CHECK(db.last_insert_id() == 1);
    db.change("INSERT INTO auto (n) VALUES (9)");
    CHECK(db.last_insert_id() == 3);
}

TEST_CASE("TLS that was asked for and cannot be had is an error, not a plain connection") {
    fixture all;
    all.settings.where.ssl_ca = "/nonexistent/ca.pem";
    CHECK_THROWS(all.open());
}
