#include "db/orders.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/db/college_fixture.hpp"

using namespace college_fixture;
using db::open_kind;
using rules::selection_verdict;

TEST_CASE("an order copies its lines and holds its bills") {
    college here;
    const auto made = here.open("CP0001", {1, 2}, 630000);
    REQUIRE(made.kind == open_kind::opened);
    CHECK(made.opened.amount == base::fen{630000});
    CHECK(made.opened.provider_body == "body of CP0001");
    CHECK(here.holder_of_bill(1) == "CP0001");
    CHECK(here.holder_of_bill(2) == "CP0001");
    CHECK(here.holder_of_bill(3) == "");
    const auto found = here.pool.run_now([](db::connection& db) {
        return db::find_own_order(db, "CP0001", student);
    });
    REQUIRE(found);
    REQUIRE(found->lines.size() == 2);
    CHECK(found->lines[1].item_name == "住宿费");
    CHECK(found->state == rules::order_state::opened);
    CHECK(here.flaw() == "");
}

TEST_CASE("the same request id gives the same order; for something else it is refused") {
    college here;
    REQUIRE(here.open("CP0001", {1}, 530000, "intent-one").kind == open_kind::opened);
    const auto again = here.open("CP0002", {1}, 530000, "intent-one");
    CHECK(again.kind == open_kind::same);
    CHECK(again.opened.order_no == "CP0001");
    CHECK(here.open("CP0003", {2}, 100000, "intent-one").kind == open_kind::request_id_reused);
    CHECK(here.holder_of_bill(2) == "");
}

TEST_CASE("what cannot be selected is refused, with the reason, and nothing is held") {
    college here;
    REQUIRE(here.open("CP0001", {1}, 530000).kind == open_kind::opened);
    const auto held = here.open("CP0002", {1, 2}, 630000);
    CHECK(held.kind == open_kind::not_selectable);
    CHECK(held.why.verdict == selection_verdict::in_live_order);
    CHECK(held.holding_order_no == "CP0001");
    CHECK(here.open("CP0003", {2}, 99999).why.verdict == selection_verdict::total_differs);
    CHECK(here.open("CP0004", {2, 3}, 148650).why.verdict == selection_verdict::several_merchants);
    CHECK(here.open("CP0005", {4}, 530000).kind == open_kind::bill_missing);
    CHECK(here.open("CP0006", {99}, 1).kind == open_kind::bill_missing);
    CHECK(here.holder_of_bill(2) == "");
    CHECK(here.holder_of_bill(4) == "");
    CHECK(here.flaw() == "");
}

TEST_CASE("many at once: one order gets the bill, and repeats of one intent get one order") {
    college here{8};
    for (const bool same_intent : {false, true}) {
        std::atomic<int> opened{0};
        std::atomic<int> same{0};
        std::atomic<int> refused{0};
        std::vector<std::thread> threads;
        const std::vector<std::int64_t> bills{same_intent ? 2 : 1};
        const auto total = same_intent ? 100000 : 530000;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&, i] {
                const auto number = "CPR" + std::to_string(same_intent) + std::to_string(i);
                const auto request = same_intent ? std::string{"one-intent-of-one-page"} : "";
                switch (here.open(number, bills, total, request).kind) {
                    case open_kind::opened:
                        ++opened;
                        break;
                    case open_kind::same:
                        ++same;
                        break;
                    default:
                        ++refused;
                }
            });
        }
        for (auto& one : threads) one.join();
        CHECK(opened == 1);
        CHECK(same == (same_intent ? 7 : 0));
        CHECK(refused == (same_intent ? 0 : 7));
    }
    CHECK(here.flaw() == "");
}

TEST_CASE("only one may prepare at a time, and nobody once the order is given up") {
    college here;
    here.open("CP0001", {1}, 530000);
    const auto claim = [&] {
        return here.pool.run_now([](db::connection& db) {
            return db::claim_preparing(db, "CP0001", 5000);
        });
    };
    CHECK(claim());
    CHECK_FALSE(claim());
    here.pool.run_now([](db::connection& db) { db::release_preparing(db, "CP0001"); });
    CHECK(claim());
    const bool kept = here.pool.run_now([](db::connection& db) {
        return db::keep_prepared(db, "CP0001", "wx1", "", noon);
    });
    CHECK(kept);
    CHECK(here.state_of("CP0001") == "awaiting");
    here.pool.run_now([](db::connection& db) { return db::mark_closing(db, "CP0001"); });
    CHECK_FALSE(claim());
}

TEST_CASE("closing frees the bills once WeChat has confirmed it, and is idempotent") {
    college here;
    here.open("CP0001", {1, 2}, 630000);
    CHECK(here.close("CP0001") == db::close_outcome::closed);
    CHECK(here.holder_of_bill(1) == "");
    CHECK(here.close("CP0001") == db::close_outcome::closed_before);
    CHECK(here.close("CP9999") == db::close_outcome::unknown_order);
    here.open("CP0002", {1}, 530000);
    CHECK(here.holder_of_bill(1) == "CP0002");
    here.close("CP0001");
    CHECK_MESSAGE(here.holder_of_bill(1) == "CP0002", "a late close must not free another's bill");
    here.pay(college::fact("CP0002", 530000));
    CHECK(here.close("CP0002") == db::close_outcome::has_money);
    CHECK(here.state_of("CP0002") == "paid");
}

namespace {

// Seconds from the database's now to the next question about that order.
std::int64_t asked_in_s(const college& here, const std::string& order_no) {
    return std::stoll(here.database.value(
        "SELECT ROUND(next_ask_ms / 1000 - UNIX_TIMESTAMP(NOW(3))) FROM orders WHERE order_no = '" +
        order_no + "'"
    ));
}

std::size_t claim_due(college& here, const std::string& owner) {
    const auto unit = [&](db::connection& db) {
        return db::claim_due_orders(db, owner, 60'000, 10).size();
    };
    return here.pool.run_now(unit);
}

void make_due(const college& here, const std::string& order_no) {
    here.database.execute(
        "UPDATE orders SET next_ask_ms = UNIX_TIMESTAMP() * 1000 - 1 WHERE order_no = '" +
        order_no + "'"
    );
}

}  // namespace

TEST_CASE("the watcher's lease: each due order has one watcher, and none before its time") {
    college here;
    here.open("CP0001", {1}, 530000);
    here.open("CP0002", {2}, 100000);
    CHECK(asked_in_s(here, "CP0001") >= 3);
    CHECK(asked_in_s(here, "CP0001") <= 5);
    CHECK(claim_due(here, "one") == 0);
    make_due(here, "CP0001");
    make_due(here, "CP0002");
    CHECK(claim_due(here, "one") == 2);
    CHECK_MESSAGE(claim_due(here, "two") == 0, "leased");
    here.pool.run_now([](db::connection& db) {
        db::postpone_order(db, "CP0001", "two", 0);
        db::postpone_order(db, "CP0002", "one", 20'000);
    });
    CHECK(asked_in_s(here, "CP0002") >= 18);
    CHECK(asked_in_s(here, "CP0002") <= 20);
    CHECK_MESSAGE(claim_due(here, "two") == 0, "who does not hold the lease cannot end it");
    make_due(here, "CP0002");
    CHECK(claim_due(here, "two") == 1);
    here.pay(college::fact("CP0002", 100000));
    here.database.execute("UPDATE orders SET lease_until_ms = 0");
    CHECK_MESSAGE(claim_due(here, "three") == 1, "a paid order is never asked about");
}

TEST_CASE("a claim whose commit was not heard of is found again, not left to its lease") {
    college here;
    here.open("CP0001", {1}, 530000);
    make_due(here, "CP0001");
    auto options = college::options(here.database, 1);
    bool lost = false;
    options.fault = [&lost](const db::fault_point& at) {
        if (lost || at.where != db::fault_point::place::after_commit) return;
        lost = true;
        throw db::failure{2013, "HY000", "Lost connection"};
    };
    db::pool shaky{options};
    const auto unit = [](db::connection& db) {
        return db::claim_due_orders(db, "one", 60'000, 10).size();
    };
    CHECK(shaky.run_now(unit) == 1);
    CHECK(lost);
}

TEST_CASE("a server whose clock is wrong neither hurries nor puts off any question") {
    college here;
    constexpr base::epoch_ms hours = 5 * 3600'000LL;
    const auto true_time = base::now_ms();
    for (const auto wrong : {true_time + hours, true_time - hours}) {
        const base::clock_override clock{wrong};
        const std::string order_no = wrong > true_time ? "CP0001" : "CP0002";
        here.open(order_no, {wrong > true_time ? 1 : 2}, wrong > true_time ? 530000 : 100000);
        CHECK(claim_due(here, "one") == 0);
        make_due(here, order_no);
        CHECK(claim_due(here, "one") == 1);
        here.pool.run_now([&](db::connection& db) {
            db::postpone_order(db, order_no, "one", 40'000);
        });
        CHECK(asked_in_s(here, order_no) >= 38);
        CHECK(asked_in_s(here, order_no) <= 40);
        here.pool.run_now([&](db::connection& db) { db::hasten_order(db, order_no, 3'000); });
        CHECK(asked_in_s(here, order_no) <= 3);
        here.pool.run_now([&](db::connection& db) { db::hasten_order(db, order_no, 90'000); });
        CHECK_MESSAGE(asked_in_s(here, order_no) <= 3, "hastening never puts off");
        here.pool.run_now([&](db::connection& db) { return db::mark_closing(db, order_no); });
        CHECK(claim_due(here, "closes " + order_no) == 1);
        const auto seen = here.pool.run_now([&](db::connection& db) {
            return db::find_order(db, order_no)->seen_at;
        });
        CHECK(seen >= true_time - 1000);
        CHECK(seen <= true_time + 60'000);
    }
}

TEST_CASE("who gives up an order again does not hurry the question about it") {
    college here;
    here.open("CP0001", {1}, 530000);
    const auto give_up = [&] {
        return here.pool.run_now([](db::connection& db) { return db::mark_closing(db, "CP0001"); });
    };
    CHECK(give_up());
    CHECK(asked_in_s(here, "CP0001") <= 0);
    CHECK(claim_due(here, "one") == 1);
    here.pool.run_now([](db::connection& db) { db::postpone_order(db, "CP0001", "one", 20'000); });
    CHECK_FALSE(give_up());
    CHECK(asked_in_s(here, "CP0001") >= 18);
    CHECK(claim_due(here, "two") == 0);
}

TEST_CASE("orders are listed newest first, in pages, each person his own") {
    college here;
    for (int i = 1; i <= 3; ++i) {
        const auto number = "CP000" + std::to_string(i);
        here.open(number, {1}, 530000);
        here.close(number);
        here.database.execute(
            "UPDATE orders SET created_ms = " + std::to_string(noon + i) + " WHERE order_no = '" +
            number + "'"
        );
    }
    const auto list = [&](const std::string& before, int count, std::int64_t who) {
        const auto found = here.pool.run_now([&](db::connection& db) {
            db::order_search wanted;
            wanted.before = before;
            return db::list_orders(db, who, wanted, count);
        });
        std::string out;
        for (const auto& one : found) out += one.order_no.back();
        return out;
    };
    CHECK(list("", 2, student) == "32");
    CHECK(list("CP0002", 2, student) == "1");
    CHECK(list("", 9, other_student) == "");
    CHECK_MESSAGE(list("CP0002", 9, other_student) == "", "another's number is no cursor");
}

TEST_CASE("orders are found by number, item, period, day and state") {
    college here;
    here.open("CP0001", {1}, 530000);
    here.close("CP0001");
    here.open("CP0002", {1}, 530000);
    here.database.execute(
        "UPDATE orders SET created_ms = " + std::to_string(noon + 24 * 3'600'000) +
        " WHERE order_no = 'CP0002'"
    );
    const auto found = [&](const db::order_search& wanted) {
        const auto list = here.pool.run_now([&](db::connection& db) {
            return db::list_orders(db, student, wanted, 9);
        });
        std::string out;
        for (const auto& one : list) out += one.order_no.back();
        return out;
    };
    const auto by_text = [&](const char* text) {
        db::order_search wanted;
        wanted.text = text;
        return found(wanted);
    };
    CHECK(by_text("") == "21");
    CHECK(by_text("P0001") == "1");
    CHECK(by_text("学费") == "21");
    CHECK_MESSAGE(by_text("%") == "", "a sign of LIKE is a sign like any other");
    CHECK(by_text("nothing of the kind") == "");
    db::order_search wanted;
    wanted.opened_from = noon + 1000;
    CHECK(found(wanted) == "2");
    wanted = {};
    wanted.opened_before = noon + 1000;
    CHECK(found(wanted) == "1");
    wanted = {};
    wanted.which = db::order_kind::closed;
    CHECK(found(wanted) == "1");
    wanted.which = db::order_kind::unfinished;
    CHECK(found(wanted) == "2");
    wanted.which = db::order_kind::paid;
    CHECK(found(wanted) == "");
}
