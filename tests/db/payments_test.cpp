#include "db/payments.hpp"

#include <random>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "db/server_clock.hpp"
#include "tests/db/college_fixture.hpp"

using namespace college_fixture;
using db::payment_outcome;

TEST_CASE("a payment moves order, bills, ledger and outbox together, once") {
    college here;
    here.open("CP0001", {1, 2}, 630000);
    const auto told = college::fact("CP0001", 630000);
    CHECK(here.pay(told) == payment_outcome::applied);
    CHECK(here.state_of("CP0001") == "paid");
    CHECK(here.paid_of_bill(1) == "530000");
    CHECK(here.holder_of_bill(1) == "");
    CHECK(here.balance("provider:1900000001") == "630000");
    CHECK(here.balance("fee:1") == "-530000");
    CHECK(here.balance("fee:2") == "-100000");
    for (int i = 0; i < 3; ++i) CHECK(here.pay(told) == payment_outcome::repeated);
    CHECK(here.balance("provider:1900000001") == "630000");
    CHECK(here.flaw() == "");
    const auto items =
        here.pool.run_now([](db::connection& db) { return db::paid_items(db, student, 100); });
    REQUIRE(items.size() == 2);
    CHECK(items[0].transaction_id == "4200CP0001");
}

TEST_CASE("the same payment told at once by many is booked once") {
    college here{8};
    here.open("CP0001", {1}, 530000);
    std::vector<payment_outcome> outcomes(8);
    std::vector<std::thread> threads;
    for (auto& outcome : outcomes) {
        threads.emplace_back([&] { outcome = here.pay(college::fact("CP0001", 530000)); });
    }
    for (auto& one : threads) one.join();
    CHECK(std::count(outcomes.begin(), outcomes.end(), payment_outcome::applied) == 1);
    CHECK(std::count(outcomes.begin(), outcomes.end(), payment_outcome::repeated) == 7);
    CHECK(here.flaw() == "");
}

TEST_CASE("odd money is kept for finance and credits nothing") {
    college here;
    here.open("CP0001", {1}, 530000);
    auto told = college::fact("CP0001", 529999);
    SUBCASE("another amount") {}
    SUBCASE("another merchant") {
        told = college::fact("CP0001", 530000);
        told.mch_id = "1900000002";
    }
    // Told by a notice nothing is booked: WeChat is asked at once.
    CHECK(here.database.value("SELECT next_ask_ms <= " CAMPUS_DB_NOW_MS " FROM orders") == "0");
    CHECK(here.pay(told) == payment_outcome::amount_differs);
    CHECK(here.database.value("SELECT COUNT(*) FROM payments") == "0");
    CHECK(here.database.value("SELECT next_ask_ms <= " CAMPUS_DB_NOW_MS " FROM orders") == "1");
    CHECK(here.flaw() == "");
    told.how = db::learnt_by::query;
    CHECK(here.pay(told) == payment_outcome::amount_differs);
    CHECK(here.pay(told) == payment_outcome::repeated);
    CHECK(here.paid_of_bill(1) == "0");
    CHECK(here.state_of("CP0001") == "opened");
    CHECK(here.database.value("SELECT attention FROM orders") == "amount_differs");
    CHECK(here.database.value("SELECT next_ask_ms IS NULL FROM orders") == "1");
    CHECK(here.flaw() == "");
}

TEST_CASE("unknown order, and a second transaction for a paid one") {
    college here;
    CHECK(here.pay(college::fact("CP9999", 1)) == payment_outcome::unknown_order);
    CHECK(here.database.value("SELECT COUNT(*) FROM payments") == "0");
    here.open("CP0001", {1}, 530000);
    here.pay(college::fact("CP0001", 530000));
    auto second = college::fact("CP0001", 530000);
    second.transaction_id = "4200other";
    CHECK(here.pay(second) == payment_outcome::paid_twice);
    CHECK(here.paid_of_bill(1) == "530000");
    CHECK(here.database.value("SELECT attention FROM orders") == "paid_twice");
}

TEST_CASE("late money is credited where it is still due") {
    college here;
    here.open("CP0001", {1, 2}, 630000);
    here.close("CP0001");
    CHECK(here.pay(college::fact("CP0001", 630000)) == payment_outcome::late);
    CHECK(here.state_of("CP0001") == "paid_late");
    CHECK(here.paid_of_bill(1) == "530000");
    CHECK(here.database.value("SELECT state FROM payments") == "settled");
    CHECK(here.flaw() == "");
}

TEST_CASE("late money for bills that are settled meanwhile waits to be sent back") {
    college here;
    here.open("CP0001", {1, 2}, 630000);
    here.close("CP0001");
    here.open("CP0002", {1}, 530000);
    here.pay(college::fact("CP0002", 530000));
    CHECK(here.pay(college::fact("CP0001", 630000)) == payment_outcome::late);
    CHECK(here.paid_of_bill(1) == "530000");
    CHECK(here.paid_of_bill(2) == "100000");
    CHECK(
        here.database.value("SELECT state FROM payments WHERE order_no = 'CP0001'") == "refund_due"
    );
    CHECK(here.balance("suspense") == "-530000");
    CHECK(here.flaw() == "");
}

TEST_CASE("late money waits while a newer order holds the bill, and gives that order up") {
    college here;
    here.open("CP0001", {1}, 530000);
    here.close("CP0001");
    here.open("CP0002", {1}, 530000);
    CHECK(here.pay(college::fact("CP0001", 530000)) == payment_outcome::late);
    CHECK(here.database.value("SELECT closing FROM orders WHERE order_no = 'CP0002'") == "1");
    CHECK(here.paid_of_bill(1) == "0");
    CHECK_FALSE(here.settle_parked("CP0001"));
    CHECK(here.flaw() == "");
    SUBCASE("the newer one closes: the money is credited") {
        here.close("CP0002");
        CHECK(here.settle_parked("CP0001"));
        CHECK(here.paid_of_bill(1) == "530000");
        CHECK(here.balance("suspense") == "0");
        CHECK(here.database.value("SELECT state FROM payments") == "settled");
    }
    SUBCASE("the newer one is paid: this money goes back") {
        CHECK(here.pay(college::fact("CP0002", 530000)) == payment_outcome::applied);
        CHECK(here.settle_parked("CP0001"));
        CHECK(here.paid_of_bill(1) == "530000");
        CHECK(here.balance("suspense") == "-530000");
        CHECK(
            here.database.value("SELECT state FROM payments WHERE order_no = 'CP0001'") ==
            "refund_due"
        );
    }
    CHECK_FALSE(here.settle_parked("CP0001"));
    CHECK(here.flaw() == "");
}

TEST_CASE("random lives of orders never break the books") {
    college here;
    for (const unsigned seed : {1U, 2U, 3U, 4U}) {
        CAPTURE(seed);
        std::mt19937 chance{seed};
        std::vector<std::string> numbers;
        for (int step = 0; step < 60; ++step) {
            const auto number = "CPS" + std::to_string(seed) + "X" + std::to_string(step);
            const auto pick = chance() % 6;
            const auto& known = numbers.empty() ? number : numbers[chance() % numbers.size()];
            const auto amount = here.database.value(
                "SELECT amount_fen FROM orders WHERE order_no = '" + known + "'"
            );
            if (pick < 2) {
                const auto bill = static_cast<std::int64_t>(1 + chance() % 3);
                const std::int64_t due[] = {0, 530000, 100000, 48650};
                if (here.open(number, {bill}, due[bill]).kind == db::open_kind::opened) {
                    numbers.push_back(number);
                }
            } else if (pick == 2) {
                here.close(known);
            } else if (pick == 3 && !amount.empty()) {
                auto told = college::fact(known, std::stoll(amount));
                told.mch_id = here.database.value(
                    "SELECT mch_id FROM orders WHERE order_no = '" + known + "'"
                );
                here.pay(told);
            } else if (pick == 4) {
                here.settle_parked(known);
            } else {
                auto told = college::fact(known, 1 + static_cast<std::int64_t>(chance() % 600000));
                told.how = db::learnt_by::query;
                here.pay(told);
            }
            const auto flaw = here.flaw();
            REQUIRE_MESSAGE(flaw == "", "step " << step << ": " << flaw);
        }
        here.database.execute(
            "DELETE FROM ledger_entries; DELETE FROM ledger_journals; UPDATE ledger_chain SET seq "
            "= "
            "0, hash = REPEAT('\\0', 32); DELETE FROM payments; DELETE FROM outbox; DELETE FROM "
            "order_lines; DELETE FROM orders; UPDATE bills SET paid_fen = 0, live_order_no = NULL"
        );
    }
}
