#include "db/choices.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "db/bills.hpp"
#include "db/refunds.hpp"
#include "server/base/error.hpp"
#include "server/rules/refund_rules.hpp"
#include "tests/db/college_fixture.hpp"

using namespace college_fixture;
using db::choose_kind;

namespace {

constexpr std::int64_t uniform = 21;  // 其他, 268.00, 3 places
constexpr std::int64_t power = 22;    // 生活, 10.00 to 500.00
constexpr std::int64_t driving = 23;  // 报名, 100.00, 2 places
constexpr std::int64_t lecture = 24;  // 报名, free, 2 places

struct offers : college {
    explicit offers(int connections = 2) : college{connections} {
        database.execute(
            "INSERT INTO fee_items (id, name, category, mch_id, required, choice_period, "
            "price_fen, "
            "capacity, created_ms, changed_ms) VALUES "
            "(21, '校服', 'other', '1900000001', 0, '2026', 26800, 3, 0, 0), "
            "(23, '驾照培训', 'enrolment', '1900000001', 0, '2026', 10000, 2, 0, 0), "
            "(24, '讲座', 'enrolment', '1900000001', 0, '2026', 0, 2, 0, 0);"
            "INSERT INTO fee_items (id, name, category, mch_id, required, amount_min_fen, "
            "amount_max_fen, target_label, target_pattern, created_ms, changed_ms) VALUES "
            "(22, '电费', 'living', '1900000001', 0, 1000, 50000, '宿舍', '9{1,2}-9{3}', 0, 0)"
        );
    }

    db::choice_draft draft(
        const std::string& order_no,
        std::int64_t item,
        std::int64_t amount,
        std::int64_t person = student
    ) const {
        db::choice_draft out;
        out.order.order_no = order_no;
        out.order.person_id = person;
        out.order.request_id = "request-" + order_no;
        out.order.request_hash = base::sha256(std::to_string(item) + "," + std::to_string(amount));
        out.order.openid = "oTest";
        out.order.now = noon;
        out.order.pay_until = noon + 1'800'000;
        out.order.merchant_name = [](const std::string&) { return std::string{"学院"}; };
        out.order.provider_body = [](const db::order& one) { return "body of " + one.order_no; };
        out.item_id = item;
        out.wish.amount = base::fen{amount};
        if (item == power) out.wish.target = " 12-305 ";
        out.sign_up_id = std::hash<std::string>{}(order_no) >> 2U;
        out.top_ups_leave = true;
        return out;
    }

    db::choose_outcome choose(const db::choice_draft& wanted) {
        return pool.run_now([&](db::connection& db) { return db::choose(db, wanted); });
    }
    db::choose_outcome choose(
        const std::string& order_no,
        std::int64_t item,
        std::int64_t amount,
        std::int64_t person = student
    ) {
        return choose(draft(order_no, item, amount, person));
    }

    std::string one(const std::string& query) const { return database.value(query); }
    std::string taken(std::int64_t item) const {
        return one("SELECT places_taken FROM fee_items WHERE id = " + std::to_string(item));
    }
    std::string sign_up_state(const std::string& order_no) const {
        return one("SELECT state FROM sign_ups WHERE order_no = '" + order_no + "'");
    }
    std::string bill_of(const std::string& order_no, const std::string& what) const {
        return one(
            "SELECT " + what +
            " FROM bills b JOIN order_lines l ON l.bill_id = b.id "
            "JOIN orders o ON o.id = l.order_id WHERE o.order_no = '" +
            order_no + "'"
        );
    }

    void give_back(const std::string& order_no, std::int64_t amount, rules::refund_reason reason) {
        db::refund_wish wish;
        wish.order_no = order_no;
        wish.request_id = "give-back-" + order_no + std::to_string(amount);
        wish.request_hash = base::sha256(wish.request_id);
        wish.parts = {{1, base::fen{amount}}};
        wish.reason = reason;
        wish.reason_text = "测试";
        wish.by = "li";
        wish.now = noon + 70'000;
        wish.provider_body = [](const db::refund&) { return std::string{"body"}; };
        pool.run_now([&](db::connection& db) {
            const auto asked = db::ask_refund(db, wish);
            REQUIRE(asked.kind == db::ask_kind::made);
            const auto decided = db::decide_refund(
                db, asked.made.out_refund_no, db::decision::release, "wang", noon + 71'000
            );
            REQUIRE(decided == db::decide_kind::done);
            db::refund_fact taken;
            taken.mch_id = mch_id;
            taken.out_refund_no = asked.made.out_refund_no;
            taken.refund_id = "50" + asked.made.out_refund_no;
            taken.event = rules::refund_event::acknowledged;
            taken.created_at = noon + 72'000;
            REQUIRE(db::apply_refund_fact(db, taken, noon + 72'000) == db::fact_outcome::applied);
            db::refund_fact fact;
            fact.mch_id = mch_id;
            fact.out_refund_no = asked.made.out_refund_no;
            fact.refund_id = "50" + asked.made.out_refund_no;
            fact.event = rules::refund_event::succeeded;
            fact.created_at = noon + 72'000;
            fact.succeeded_at = noon + 72'000;
            fact.amount = base::fen{amount};
            REQUIRE(db::apply_refund_fact(db, fact, noon + 73'000) == db::fact_outcome::applied);
        });
    }
};

}  // namespace

TEST_CASE("a project: its bill is made with the order, and paying signs up") {
    offers here;
    const auto made = here.choose("CP1", driving, 10000);
    REQUIRE(made.kind == choose_kind::opened);
    CHECK(made.opened.amount == base::fen{10000});
    REQUIRE(made.opened.lines.size() == 1);
    CHECK(made.opened.lines[0].item_name == "驾照培训");
    CHECK(made.opened.lines[0].period == "2026");
    CHECK(here.sign_up_state("CP1") == "held");
    CHECK(here.taken(driving) == "1");
    CHECK(here.bill_of("CP1", "live_order_no") == "CP1");
    CHECK(here.flaw() == "");
    CHECK(here.pay(college::fact("CP1", 10000)) == db::payment_outcome::applied);
    CHECK(here.sign_up_state("CP1") == "done");
    CHECK(here.taken(driving) == "1");
    CHECK(here.bill_of("CP1", "paid_fen") == "10000");
    CHECK(here.flaw() == "");
    CHECK(here.choose("CP2", driving, 10000).kind == choose_kind::taken_before);
}

TEST_CASE("what is merely chosen is no arrears") {
    offers here;
    const auto arrears = [&] {
        return here.pool.run_now([](db::connection& db) {
            return db::unsettled_bills(db, student).size();
        });
    };
    REQUIRE(arrears() == 3);
    here.choose("CP1", driving, 10000);
    here.choose("CP2", power, 2000);
    CHECK(arrears() == 3);
}

TEST_CASE("the same request id gives the same order; for something else it is refused") {
    offers here;
    REQUIRE(here.choose("CP1", driving, 10000).kind == choose_kind::opened);
    auto again = here.draft("CP2", driving, 10000);
    again.order.request_id = "request-CP1";
    const auto same = here.choose(again);
    CHECK(same.kind == choose_kind::same);
    CHECK(same.opened.order_no == "CP1");
    again.order.request_hash = base::sha256("other");
    CHECK(here.choose(again).kind == choose_kind::request_id_reused);
    CHECK(here.taken(driving) == "1");
    // A second device with a request of its own is shown the unfinished order.
    const auto other = here.choose("CP3", driving, 10000);
    CHECK(other.kind == choose_kind::in_live_order);
    CHECK(other.holding_order_no == "CP1");

    REQUIRE(here.choose("CP4", lecture, 0).kind == choose_kind::signed_up);
    auto free_again = here.draft("CP5", lecture, 0);
    free_again.order.request_id = "request-CP4";
    CHECK(here.choose(free_again).kind == choose_kind::same_sign_up);
    CHECK(here.choose("CP6", lecture, 0).kind == choose_kind::taken_before);
    CHECK(here.taken(lecture) == "1");
    CHECK(here.flaw() == "");
}

TEST_CASE("closing the order frees the place, and the bill owes nothing") {
    offers here;
    here.choose("CP1", driving, 10000);
    CHECK(here.close("CP1") == db::close_outcome::closed);
    CHECK(here.sign_up_state("CP1") == "closed");
    CHECK(here.taken(driving) == "0");
    CHECK(here.bill_of("CP1", "due_fen") == "0");
    CHECK(here.bill_of("CP1", "COALESCE(live_order_no, '')") == "");
    CHECK(here.flaw() == "");
    CHECK(here.close("CP1") == db::close_outcome::closed_before);
    CHECK(here.taken(driving) == "0");
    // Chosen again, the same bill lives again.
    REQUIRE(here.choose("CP2", driving, 10000).kind == choose_kind::opened);
    CHECK(here.bill_of("CP1", "b.id") == here.bill_of("CP2", "b.id"));
    CHECK(here.bill_of("CP2", "due_fen") == "10000");
    CHECK(here.flaw() == "");
    CHECK(here.pay(college::fact("CP2", 10000)) == db::payment_outcome::applied);
    CHECK(here.flaw() == "");
}

TEST_CASE("late money for a closed choice goes back; the newer order of it lives on") {
    offers here;
    here.choose("CP1", driving, 10000);
    here.close("CP1");
    here.choose("CP2", driving, 10000);
    CHECK(here.pay(college::fact("CP1", 10000)) == db::payment_outcome::late);
    CHECK(here.one("SELECT state FROM payments WHERE order_no = 'CP1'") == "refund_due");
    CHECK(here.one("SELECT closing FROM orders WHERE order_no = 'CP2'") == "0");
    CHECK(here.sign_up_state("CP1") == "closed");
    CHECK(here.taken(driving) == "1");
    CHECK(here.flaw() == "");
    CHECK(here.pay(college::fact("CP2", 10000)) == db::payment_outcome::applied);
    CHECK(here.sign_up_state("CP2") == "done");
    CHECK(here.flaw() == "");
}

TEST_CASE("the last place goes to one; who comes later leaves no trace") {
    offers here;
    here.database.execute("UPDATE fee_items SET capacity = 1 WHERE id IN (23, 24)");
    REQUIRE(here.choose("CP1", driving, 10000).kind == choose_kind::opened);
    const auto full = here.choose("CP2", driving, 10000, other_student);
    CHECK(full.kind == choose_kind::not_choosable);
    CHECK(full.why.sentence == "名额已满");
    CHECK(here.one("SELECT COUNT(*) FROM orders") == "1");
    // Behind the look, the UPDATE decides by itself.
    here.database.execute(
        "UPDATE fee_items SET capacity = 5 WHERE id = 23;"
        "CREATE TRIGGER gone BEFORE INSERT ON sign_ups FOR EACH ROW "
        "UPDATE fee_items SET capacity = 1 WHERE id = 23"
    );
    try {
        here.choose("CP3", driving, 10000, other_student);
        FAIL("a place beyond the capacity was given");
    } catch (const base::error& refusal) {
        CHECK(refusal.what_code() == base::errc::choice_full);
    }
    here.database.execute("DROP TRIGGER gone");
    CHECK(here.one("SELECT COUNT(*) FROM orders") == "1");
    CHECK(here.one("SELECT COUNT(*) FROM bills WHERE chosen = 1") == "1");
    CHECK(here.flaw() == "");
}

TEST_CASE("a rush: never more than there are places, and none is lost") {
    offers here{8};
    constexpr int students = 40;
    for (int i = 0; i < students; ++i) {
        here.database.execute(
            "INSERT INTO people (id, kind, name, id_number_hash, id_number_sealed, created_ms, "
            "changed_ms) VALUES (" +
            std::to_string(100 + i) + ", 'current', '丙', '" + std::to_string(100 + i) +
            "', 'x', 0, 0)"
        );
    }
    here.database.execute("UPDATE fee_items SET capacity = 7 WHERE id IN (23, 24)");
    for (const auto item : {driving, lecture}) {
        std::atomic<int> won{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < students; ++i) {
            threads.emplace_back([&, i] {
                const auto number = "R" + std::to_string(item) + "N" + std::to_string(i);
                try {
                    const auto made =
                        here.choose(number, item, item == driving ? 10000 : 0, 100 + i);
                    won += made.kind == choose_kind::opened || made.kind == choose_kind::signed_up;
                } catch (const base::error& refusal) {
                    CHECK(refusal.what_code() == base::errc::choice_full);
                }
            });
        }
        for (auto& one : threads) one.join();
        CHECK(won == 7);
        CHECK(here.taken(item) == "7");
    }
    CHECK(here.flaw() == "");
}

TEST_CASE("a free sign-up is done at once and may be taken back") {
    offers here;
    const auto made = here.choose("CP1", lecture, 0);
    REQUIRE(made.kind == choose_kind::signed_up);
    REQUIRE(made.signed_up);
    const auto id = made.signed_up->id;
    const auto cancel = [&](std::int64_t person) {
        return here.pool.run_now([&](db::connection& db) {
            return db::cancel_sign_up(db, id, person, noon + 1);
        });
    };
    CHECK(!cancel(other_student));
    CHECK(cancel(student));
    CHECK(!cancel(student));
    CHECK(here.taken(lecture) == "0");
    CHECK(here.flaw() == "");
    CHECK(here.choose("CP2", lecture, 0).kind == choose_kind::signed_up);
    CHECK(here.one("SELECT COUNT(*) FROM sign_ups") == "2");
}

TEST_CASE("a sign-up with a fee is not taken back by itself, only with its order") {
    offers here;
    here.choose("CP1", driving, 10000);
    const auto id = here.one("SELECT id FROM sign_ups");
    CHECK(!here.pool.run_now([&](db::connection& db) {
        return db::cancel_sign_up(db, std::stoll(id), student, noon + 1);
    }));
    CHECK(here.taken(driving) == "1");
}

TEST_CASE("a top-up: paid, its notice is queued once, under the order's number") {
    offers here;
    const auto made = here.choose("CP1", power, 2050);
    REQUIRE(made.kind == choose_kind::opened);
    CHECK(made.opened.lines[0].period == "第1次");
    CHECK(here.choose("CP2", power, 3000).kind == choose_kind::in_live_order);
    CHECK(here.pay(college::fact("CP1", 2050)) == db::payment_outcome::applied);
    CHECK(here.pay(college::fact("CP1", 2050)) == db::payment_outcome::repeated);
    CHECK(here.one("SELECT COUNT(*) FROM outbox WHERE kind = 'top_up'") == "1");
    const auto told =
        here.pool.run_now([](db::connection& db) { return db::find_top_up_notice(db, "CP1"); });
    REQUIRE(told);
    CHECK(told->what.target == "12-305");
    CHECK(told->what.amount == base::fen{2050});
    CHECK(told->what.state == db::top_up_state::paid);
    CHECK(told->what.delivery == db::top_up_delivery::on_its_way);
    CHECK(told->refund_held == base::fen{});
    CHECK(here.flaw() == "");
    const auto next = here.choose("CP3", power, 3000);
    REQUIRE(next.kind == choose_kind::opened);
    CHECK(next.opened.lines[0].period == "第2次");
    here.close("CP3");
    CHECK(here.pay(college::fact("CP3", 3000)) == db::payment_outcome::late);
    CHECK(here.one("SELECT state FROM payments WHERE order_no = 'CP3'") == "refund_due");
    CHECK(here.one("SELECT COUNT(*) FROM outbox WHERE kind = 'top_up'") == "1");
    CHECK(here.flaw() == "");
}

TEST_CASE("what does not fit is refused with a sentence, and nothing is made") {
    offers here;
    const auto refusal = [&](db::choice_draft wanted) {
        const auto out = here.choose(wanted);
        CHECK(out.kind == choose_kind::not_choosable);
        return out.why.verdict;
    };
    CHECK(refusal(here.draft("CP1", power, 999)) == rules::choice_verdict::amount_outside);
    CHECK(refusal(here.draft("CP2", driving, 9999)) == rules::choice_verdict::price_changed);
    auto room = here.draft("CP3", power, 2000);
    room.wish.target = "12-30";
    CHECK(refusal(room) == rules::choice_verdict::target_unfit);
    CHECK(here.choose("CP4", 1, 530000).kind == choose_kind::item_missing);
    CHECK(here.choose("CP5", 3, 48650).kind == choose_kind::item_missing);
    CHECK(here.choose("CP6", 99, 1).kind == choose_kind::item_missing);
    auto alone = here.draft("CP7", power, 2000);
    alone.top_ups_leave = false;
    CHECK(here.choose(alone).kind == choose_kind::not_connected);
    here.database.execute(
        "INSERT INTO bills (id, person_id, item_id, period, standard_fen, due_fen, created_ms, "
        "changed_ms) VALUES (9, 11, 21, '2026', 26800, 26800, 0, 0)"
    );
    CHECK(here.choose("CP8", uniform, 26800).kind == choose_kind::charged);
    CHECK(here.one("SELECT COUNT(*) FROM orders") == "0");
    CHECK(here.flaw() == "");
}

TEST_CASE("money that goes back frees the place when all of it has gone, and nobody owes it again"
) {
    offers here;
    here.choose("CP1", driving, 10000);
    here.pay(college::fact("CP1", 10000));
    here.give_back("CP1", 4000, rules::refund_reason::reduction);
    CHECK(here.sign_up_state("CP1") == "done");
    CHECK(here.bill_of("CP1", "due_fen") == "6000");
    CHECK(here.flaw() == "");
    here.give_back("CP1", 6000, rules::refund_reason::mistake);
    CHECK(here.sign_up_state("CP1") == "refunded");
    CHECK(here.taken(driving) == "0");
    CHECK(here.bill_of("CP1", "due_fen") == "0");
    CHECK(here.flaw() == "");
    CHECK(here.choose("CP2", driving, 10000).kind == choose_kind::opened);
    CHECK(here.flaw() == "");
}

TEST_CASE("the books' checks see what is wrong with choices") {
    offers here;
    here.choose("CP1", driving, 10000);
    here.choose("CP2", power, 2000);
    here.choose("CP3", lecture, 0);
    here.pay(college::fact("CP2", 2000));
    REQUIRE(here.flaw() == "");
    const auto wrong = [&](const std::string& harm, const std::string& heal) {
        here.database.execute(harm);
        const auto out = here.flaw();
        here.database.execute(heal);
        return out.substr(0, out.find(':'));
    };
    CHECK(
        wrong(
            "UPDATE fee_items SET places_taken = 2 WHERE id = 24",
            "UPDATE fee_items SET places_taken = 1 WHERE id = 24"
        ) == "places_match"
    );
    CHECK(
        wrong(
            "UPDATE fee_items SET capacity = 0 WHERE id = 24",
            "UPDATE fee_items SET capacity = 2 WHERE id = 24"
        ) == "places_match"
    );
    CHECK(
        wrong(
            "UPDATE sign_ups SET state = 'done' WHERE order_no = 'CP1'",
            "UPDATE sign_ups SET state = 'held' WHERE order_no = 'CP1'"
        ) == "sign_ups_match_orders"
    );
    CHECK(
        wrong(
            "UPDATE outbox SET business_key = 'x' WHERE kind = 'top_up'",
            "UPDATE outbox SET business_key = 'top_up:CP2' WHERE kind = 'top_up'"
        ) == "top_ups_match_orders"
    );
    CHECK(
        wrong(
            "UPDATE bills SET standard_fen = 9, due_fen = 9, chosen = 1 WHERE id = 3",
            "UPDATE bills SET standard_fen = 48650, due_fen = 48650, chosen = 0 WHERE id = 3"
        ) == "chosen_bills_live_with_orders"
    );
    REQUIRE(here.flaw() == "");
}
