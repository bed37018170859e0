#include "db/audit.hpp"

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "db/audit_search.hpp"
#include "db/migrate.hpp"
#include "db/verify_audit.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "tests/db/college_fixture.hpp"

using namespace college_fixture;

namespace {

void write(db::connection& db, std::string_view object, base::epoch_ms at = noon) {
    db::append_audit(
        db, {"operator:7", "refund.ask", object, "done", "", "amount 100", "192.0.2.7"}, at
    );
}

void write_rows(college& here, int count) {
    here.pool.run_now([&](db::connection& db) {
        for (int i = 1; i <= count; ++i) write(db, "R" + std::to_string(i), noon + i);
    });
}

// In pieces of three, so that every test crosses their edges.
db::audit_walk walk(college& here) {
    db::audit_walk at;
    while (!at.at_end && at.flaw == db::audit_flaw::none) {
        at = here.pool.run_now([&](db::connection& db) { return db::walk_audit(db, at, 3); });
    }
    return at;
}

std::string numbers(college& here) {
    return here.database.value("SELECT GROUP_CONCAT(number ORDER BY number) FROM audit");
}

}  // namespace

TEST_CASE("rows are numbered and chained in the order they were written, and last in their unit") {
    college here;
    here.pool.run_now([&](db::connection& db) {
        write(db, "first");
        write(db, "second");
        // Nothing is there before the unit has ended.
        auto found = db.select("SELECT COUNT(*) AS n FROM audit");
        REQUIRE(found.next());
        CHECK(found.i64("n") == 0);
    });
    CHECK(numbers(here) == "1,2");
    CHECK(here.database.value("SELECT object FROM audit WHERE number = 2") == "second");
    CHECK(here.database.value("SELECT address FROM audit WHERE number = 2") == "192.0.2.7");
    const auto walked = walk(here);
    CHECK(walked.flaw == db::audit_flaw::none);
    CHECK(walked.number == 2);
    CHECK(walked.rows == 2);
}

TEST_CASE("a refused unit leaves no row, and nothing of it in the next one") {
    college here{1};
    CHECK_THROWS_AS(
        here.pool.run_now([&](db::connection& db) {
            write(db, "refused");
            throw base::error{base::errc::order_not_found};
        }),
        base::error
    );
    here.pool.run_now([](db::connection& db) { write(db, "kept"); });
    CHECK(here.database.value("SELECT GROUP_CONCAT(object) FROM audit") == "kept");
    CHECK(walk(here).flaw == db::audit_flaw::none);
}

TEST_CASE("many writers at once make one chain without a gap") {
    college here{4};
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer) {
        writers.emplace_back([&here, writer] {
            for (int i = 0; i < 15; ++i) {
                here.pool.run_now([&](db::connection& db) {
                    write(db, std::to_string(writer) + "/" + std::to_string(i));
                });
            }
        });
    }
    for (auto& one : writers) one.join();
    const auto walked = walk(here);
    CHECK(walked.flaw == db::audit_flaw::none);
    CHECK(walked.number == 60);
    CHECK(here.database.value("SELECT COUNT(DISTINCT object) FROM audit") == "60");
}

TEST_CASE("whatever is done to a row behind the program's back, the walk names the first place") {
    struct harm {
        const char* sql;
        db::audit_flaw flaw;
        std::int64_t at;
    };
    const std::vector<harm> harms{
        {"UPDATE audit SET detail = 'amount 999' WHERE number = 4", db::audit_flaw::changed, 4},
        {"UPDATE audit SET actor = 'operator:8' WHERE number = 1", db::audit_flaw::changed, 1},
        {"UPDATE audit SET at_ms = at_ms + 1 WHERE number = 7", db::audit_flaw::changed, 7},
        {"UPDATE audit SET address = '' WHERE number = 7", db::audit_flaw::changed, 7},
        {"DELETE FROM audit WHERE number = 5", db::audit_flaw::missing, 5},
        {"DELETE FROM audit WHERE number = 7", db::audit_flaw::missing, 7},
        {"DELETE FROM audit", db::audit_flaw::missing, 1},
        {"DELETE FROM audit WHERE number = 5; UPDATE audit SET number = number - 1 WHERE number > "
         "5; UPDATE audit_chain SET number = 6",
         db::audit_flaw::unjoined,
         5},
        {"UPDATE audit_chain SET hash = REPEAT('x', 32)", db::audit_flaw::wrong_head, 7},
        {"INSERT INTO audit (id, at_ms, actor, action, object, result) VALUES (1, 0, 'x', 'y', "
         "'z', "
         "'ok')",
         db::audit_flaw::wrong_before,
         0},
        {"INSERT INTO audit (id, at_ms, actor, action, object, result) SELECT 1, began_ms + "
         "86400000, 'x', 'y', 'z', 'ok' FROM audit_chain",
         db::audit_flaw::outside,
         0},
    };
    for (const auto& one : harms) {
        CAPTURE(one.sql);
        college here;
        write_rows(here, 7);
        REQUIRE(walk(here).flaw == db::audit_flaw::none);
        here.database.execute(one.sql);
        const auto walked = walk(here);
        CHECK(walked.flaw == one.flaw);
        CHECK(walked.broken_at == one.at);
        CHECK_FALSE(db::sentence_for(walked.flaw, walked.broken_at).empty());
    }
}

TEST_CASE("a row that was written anew, hash and all, shows at the one behind it") {
    college here;
    write_rows(here, 5);
    db::audit_row forged;
    std::string before;
    here.pool.run_now([&](db::connection& db) {
        auto found = db.select(
            "SELECT number, id, at_ms, actor, action, object, result, request_id, detail, address, "
            "prev_hash FROM audit WHERE number = 3"
        );
        REQUIRE(found.next());
        forged = {
            found.i64("number"),
            found.i64("id"),
            found.i64("at_ms"),
            "operator:8",
            found.text("action"),
            found.text("object"),
            found.text("result"),
            found.text("request_id"),
            found.text("detail"),
            found.text("address")};
        before = found.bytes("prev_hash");
        const auto hash = db::audit_hash(before, forged);
        db.change(
            "UPDATE audit SET actor = ?, hash = ? WHERE number = 3", forged.actor, db::blob{hash}
        );
    });
    const auto walked = walk(here);
    CHECK(walked.flaw == db::audit_flaw::unjoined);
    CHECK(walked.broken_at == 4);
}

TEST_CASE("rows from before the chain are counted when it begins, and not vouched for") {
    namespace fs = std::filesystem;
    const support::private_database database{support::private_database::empty{}};
    const fs::path all{CAMPUS_SCHEMA_DIR};
    const auto earlier = fs::temp_directory_path() / ("campus-audit-" + base::random_token());
    fs::create_directory(earlier);
    for (const auto& file : fs::directory_iterator{all}) {
        if (file.path().filename() < "0014") fs::copy(file.path(), earlier);
    }
    db::migrate(database.url(), earlier);
    fs::remove_all(earlier);
    const auto insert = [&](int id, const std::string& at) {
        database.execute(
            "INSERT INTO audit (id, at_ms, actor, action, object, result) VALUES (" +
            std::to_string(id) + ", " + at + ", 'student:1', 'sign_in', 'password', 'ok')"
        );
    };
    const std::string now = "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)";
    insert(1, "1000");
    insert(2, now + " - 3600000");
    insert(3, now);
    db::migrate(database.url(), all);
    // By a server of the release before, which is not replaced yet.
    insert(4, now);
    db::pool pool{college::options(database, 1)};
    const auto walked = [&] {
        return pool.run_now([](db::connection& db) { return db::walk_audit(db, {}, 100); });
    };
    pool.run_now([](db::connection& db) { write(db, "first of the chain", base::now_ms()); });
    CHECK(walked().flaw == db::audit_flaw::none);
    CHECK(walked().rows_outside == 4);
    CHECK(walked().number == 1);
    database.execute("DELETE FROM audit WHERE id = 2");
    CHECK(walked().flaw == db::audit_flaw::wrong_before);
}

TEST_CASE("texts that are too long are cut at a character, and the chain holds") {
    college here;
    std::string name;
    for (int i = 0; i < 500; ++i) name += "学";
    here.pool.run_now([&](db::connection& db) {
        db::append_audit(db, {name, name, name, name, name, name, name}, noon);
    });
    CHECK(here.database.value("SELECT CHAR_LENGTH(detail) FROM audit") == "400");
    CHECK(here.database.value("SELECT CHAR_LENGTH(actor) FROM audit") == "64");
    CHECK(walk(here).flaw == db::audit_flaw::none);
}

TEST_CASE("no two rows have one text under the hash") {
    db::audit_row a;
    a.actor = "ab";
    a.action = "c";
    db::audit_row b;
    b.actor = "a";
    b.action = "bc";
    CHECK(db::audit_hash("", a) != db::audit_hash("", b));
}

TEST_CASE("the search turns pages without losing or doubling a row, at one instant too") {
    college here;
    here.pool.run_now([&](db::connection& db) {
        for (int i = 0; i < 23; ++i) write(db, "R" + std::to_string(i), noon + i / 7);
        db::append_audit(db, {"student:11", "sign_in", "password", "ok", ""}, noon + 100);
    });
    const auto search = [&](const std::function<void(db::audit_wish&)>& narrow, int stretch) {
        std::set<std::int64_t> seen;
        db::audit_wish wish;
        narrow(wish);
        base::epoch_ms newest = noon + 1000;
        for (int page = 0; page < 40; ++page) {
            const auto found = here.pool.run_now([&](db::connection& db) {
                return db::search_audit(db, wish, 4, stretch);
            });
            for (const auto& row : found.rows) {
                CHECK(row.at <= newest);
                newest = row.at;
                CHECK(seen.insert(row.id).second);
            }
            if (!found.next) return seen.size();
            wish.before = found.next;
        }
        FAIL("the pages do not end");
        return seen.size();
    };
    using wish = db::audit_wish;
    CHECK(search([](wish&) {}, 10) == 24);
    CHECK(search([](wish& w) { w.actor = "operator:7"; }, 10) == 23);
    CHECK(search([](wish& w) { w.action = "sign_in"; }, 10) == 1);
    CHECK(search([](wish& w) { w.action_prefix = "refund."; }, 10) == 23);
    CHECK(search([](wish& w) { w.object_prefix = "R1"; }, 10) == 11);
    CHECK(search([](wish& w) { w.object_prefix = "R%"; }, 10) == 0);
    const auto one_instant = [](wish& w) {
        w.from = noon + 1;
        w.until = noon + 2;
    };
    CHECK(search(one_instant, 10) == 7);
    // R1 and R10 to R19, found in short stretches.
    CHECK(search([](wish& w) { w.text = "R1"; }, 5) == 11);
    CHECK(search([](wish& w) { w.text = "192.0.2.7"; }, 3) == 23);
    CHECK(search([](wish& w) { w.text = "nothing"; }, 5) == 0);
}
