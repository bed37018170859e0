#include "db/verify.hpp"

#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "db/ledger.hpp"
#include "tests/db/college_fixture.hpp"

using namespace college_fixture;

namespace {

// Each does one thing to sound books that nobody must do.
struct damage {
    const char* what;
    const char* sql;
    const char* found_by;
};

constexpr damage damages[] = {
    {"an entry's amount changed",
     "UPDATE ledger_entries SET amount_fen = amount_fen - 1 WHERE account = 'fee:1'",
     "journals_balance"},
    {"an entry taken out",
     "DELETE FROM ledger_entries WHERE account = 'fee:1'",
     "journals_balance"},
    {"a payment's amount changed",
     "UPDATE payments SET amount_fen = 1 WHERE order_no = 'CP0001'",
     "payments_booked"},
    {"a payment taken out",
     "DELETE FROM payments WHERE order_no = 'CP0001'",
     "journals_have_payments"},
    {"a bill credited by hand",
     "UPDATE bills SET paid_fen = 48650 WHERE id = 3",
     "bills_match_lines"},
    {"a bill lowered by hand", "UPDATE bills SET due_fen = 1 WHERE id = 3", "due_explained"},
    {"a bill of a live order freed",
     "UPDATE bills SET live_order_no = NULL WHERE id = 2",
     "live_orders_hold_bills"},
    {"a bill held by nobody's order",
     "UPDATE bills SET live_order_no = 'CP0001' WHERE id = 3",
     "held_bills_have_orders"},
    {"an order's amount changed",
     "UPDATE orders SET amount_fen = 1 WHERE order_no = 'CP0002'",
     "orders_add_up"},
    {"an order opened again",
     "UPDATE orders SET state = 'closed' WHERE order_no = 'CP0001'",
     "payments_have_paid_orders"},
    {"a family link with the order of another",
     "INSERT INTO family_links (id, token_hash, person_id, order_no, created_ms, ends_ms) "
     "VALUES (1, REPEAT('f', 32), 12, 'CP0001', 0, 0)",
     "family_orders_are_the_students"},
    {"a family order over bills that its link has not",
     "INSERT INTO family_orders (order_no, link_id) VALUES ('CP0001', 1)",
     "family_orders_are_the_students"},
    {"a message taken out", "DELETE FROM outbox", "students_told"},
    {"a refund out of nothing",
     "UPDATE payments SET refund_held_fen = 5 WHERE order_no = 'CP0001'",
     "refunds_match_payment"},
    {"a journal taken out with its entries",
     "DELETE FROM ledger_entries; DELETE FROM ledger_journals",
     "payments_booked"},
};

}  // namespace

TEST_CASE("every damage to sound books is found by the check that is made for it") {
    for (const auto& one : damages) {
        CAPTURE(one.what);
        college here;
        here.open("CP0001", {1}, 530000);
        here.pay(college::fact("CP0001", 530000));
        here.open("CP0002", {2}, 100000);
        REQUIRE(here.flaw() == "");
        here.database.execute(one.sql);
        const auto flaw = here.flaw();
        CHECK(flaw.substr(0, flaw.find(':')) == one.found_by);
    }
}

TEST_CASE("the chain names the first journal that is not what was booked") {
    college here;
    for (int i = 0; i < 5; ++i) {
        here.pool.run_now([&](db::connection& db) {
            const auto key = "test:" + std::to_string(i);
            db::ledger_journal journal{"test", key, {}, noon};
            journal.entries = {{"a", {}, {}, base::fen{i + 1}}, {"b", 11, 1, base::fen{-i - 1}}};
            db::book(db, journal, noon + i);
        });
    }
    const auto walk = [&](int piece) {
        db::chain_walk at;
        while (!at.at_end && at.flaw.empty()) {
            at = here.pool.run_now([&](db::connection& db) { return db::walk_chain(db, at, piece); }
            );
        }
        return at;
    };
    for (const int piece : {1, 2, 100}) CHECK(walk(piece).seq == 5);
    CHECK(walk(2).flaw == "");

    // Sums still balance: only the chain sees these.
    SUBCASE("amounts") {
        here.database.execute(
            "UPDATE ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id SET "
            "e.amount_fen = e.amount_fen * 2 WHERE j.seq = 3"
        );
        CHECK(walk(2).flaw == "journal 3 (test:2): not what was booked");
    }
    SUBCASE("the person") {
        here.database.execute("UPDATE ledger_entries SET person_id = 12 WHERE person_id = 11");
        CHECK(walk(100).flaw == "journal 1 (test:0): not what was booked");
    }
    SUBCASE("the day") {
        here.database.execute("UPDATE ledger_journals SET value_ms = value_ms + 1 WHERE seq = 4");
        CHECK(walk(100).flaw == "journal 4 (test:3): not what was booked");
    }
    SUBCASE("one taken out, the rest numbered anew") {
        here.database.execute(
            "DELETE e FROM ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id WHERE "
            "j.seq = 2; DELETE FROM ledger_journals WHERE seq = 2"
        );
        CHECK(walk(100).flaw == "before journal 3 (test:2): a journal is missing");
        here.database.execute("UPDATE ledger_journals SET seq = seq - 1 WHERE seq > 2 ORDER BY seq"
        );
        CHECK(walk(100).flaw == "journal 2 (test:2): not what was booked");
    }
    SUBCASE("the last one taken out") {
        here.database.execute(
            "DELETE e FROM ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id WHERE "
            "j.seq = 5; DELETE FROM ledger_journals WHERE seq = 5"
        );
        CHECK(walk(100).flaw == "after journal 4: journals are missing");
    }
}

TEST_CASE("bookings at once make one chain, and closed days take none") {
    college here{8};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            for (int n = 0; n < 10; ++n) {
                here.pool.run_now([&](db::connection& db) {
                    const auto key = std::to_string(i) + ":" + std::to_string(n);
                    db::ledger_journal journal{"test", key, {}, noon};
                    journal.entries = {{"a", {}, {}, base::fen{1}}, {"b", {}, {}, base::fen{-1}}};
                    db::book(db, journal, noon);
                });
            }
        });
    }
    for (auto& one : threads) one.join();
    CHECK(here.flaw() == "");
    CHECK(here.database.value("SELECT MAX(seq) FROM ledger_journals") == "80");

    here.pool.run_now([](db::connection& db) {
        db::lock_ledger_head(db);
        db::close_ledger_until(db, noon + 1000);
        db::close_ledger_until(db, noon);
    });
    here.open("CP0001", {1}, 530000);
    auto told = college::fact("CP0001", 530000);
    told.paid_at = noon;
    here.pay(told);
    CHECK(
        here.database.value("SELECT value_ms FROM ledger_journals WHERE kind = 'payment'") ==
        std::to_string(noon + 1000)
    );
    CHECK(here.flaw() == "");
}
