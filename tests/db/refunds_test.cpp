#include "db/refunds.hpp"

#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/db/college_fixture.hpp"

using namespace college_fixture;
using db::ask_kind;
using db::decide_kind;
using db::decision;
using db::fact_outcome;
using rules::refund_event;

namespace {

struct refund_desk : college {
    using college::college;

    db::refund_wish wish(
        const std::string& order_no, std::vector<rules::refund_part> parts, const std::string& id
    ) const {
        db::refund_wish out;
        out.order_no = order_no;
        out.parts = std::move(parts);
        out.reason_text = "误缴退款";
        out.request_id = id;
        std::string intent = order_no;
        for (const auto& part : out.parts) {
            intent +=
                "," + std::to_string(part.line_no) + "=" + std::to_string(part.amount.count());
        }
        out.request_hash = base::sha256(intent);
        out.by = "finance:li";
        out.now = noon + 100'000;
        out.provider_body = [](const db::refund& one) { return "body of " + one.out_refund_no; };
        return out;
    }

    db::ask_outcome ask(const db::refund_wish& what) {
        return pool.run_now([&](db::connection& db) { return db::ask_refund(db, what); });
    }
    std::string asked(
        const std::string& order_no, std::vector<rules::refund_part> parts, const std::string& id
    ) {
        return ask(wish(order_no, std::move(parts), id)).made.out_refund_no;
    }
    decide_kind decide(
        const std::string& number, decision what, const std::string& by = "finance:wang"
    ) {
        return pool.run_now([&](db::connection& db) {
            return db::decide_refund(db, number, what, by, noon + 110'000);
        });
    }
    fact_outcome tell(const std::string& number, refund_event event, std::int64_t amount) {
        db::refund_fact fact;
        fact.mch_id = mch_id;
        fact.out_refund_no = number;
        fact.refund_id = "50" + number;
        fact.event = event;
        fact.created_at = noon + 120'000;
        if (event == refund_event::succeeded) fact.succeeded_at = noon + 130'000;
        fact.amount = base::fen{amount};
        return tell(fact);
    }
    fact_outcome tell(const db::refund_fact& fact) {
        return pool.run_now([&](db::connection& db) {
            return db::apply_refund_fact(db, fact, noon + 131'000);
        });
    }
    std::string state_of_refund(const std::string& number) const {
        return database.value("SELECT state FROM refunds WHERE out_refund_no = '" + number + "'");
    }
    void pay_order(const std::string& order_no, std::vector<std::int64_t> bills, std::int64_t fen) {
        open(order_no, std::move(bills), fen);
        REQUIRE(pay(fact(order_no, fen)) == db::payment_outcome::applied);
    }
};

}  // namespace

TEST_CASE("a whole refund: reserved when asked for, released by another, booked as WeChat says") {
    refund_desk here;
    here.pay_order("CP0001", {1, 2}, 630000);
    auto what = here.wish("CP0001", {}, "r1");
    SUBCASE("the fees are owed again") {}
    SUBCASE("the fees are lowered") {
        what.reason = rules::refund_reason::leaver;
    }
    const auto made = here.ask(what);
    CHECK(made.kind == ask_kind::made);
    CHECK(made.made.out_refund_no == "CP0001R01");
    CHECK(made.made.amount == base::fen{630000});
    CHECK(made.made.provider_body == "body of CP0001R01");
    CHECK(here.ask(what).kind == ask_kind::same);
    CHECK(
        here.ask(here.wish("CP0001", {{1, base::fen{1}}}, "r1")).kind == ask_kind::request_id_reused
    );
    CHECK(
        here.ask(here.wish("CP0001", {}, "r2")).why.verdict == rules::refund_verdict::nothing_left
    );
    CHECK(here.flaw() == "");

    CHECK(here.decide("CP0001R01", decision::release, "finance:li") == decide_kind::same_person);
    CHECK(here.state_of_refund("CP0001R01") == "asked");
    CHECK(here.decide("CP0001R01", decision::release) == decide_kind::done);
    CHECK(here.decide("CP0001R01", decision::release) == decide_kind::done_before);
    CHECK(
        here.decide("CP0001R01", decision::release, "finance:x") == decide_kind::not_in_this_state
    );
    CHECK(here.decide("CP0001R01", decision::reject) == decide_kind::not_in_this_state);

    CHECK(here.tell("CP0001R01", refund_event::acknowledged, 630000) == fact_outcome::applied);
    CHECK(here.balance("provider:1900000001") == "0");
    CHECK(here.balance("refunding") == "630000");
    CHECK(here.paid_of_bill(1) == "530000");
    CHECK(here.flaw() == "");
    CHECK(here.tell("CP0001R01", refund_event::succeeded, 630000) == fact_outcome::applied);
    CHECK(here.tell("CP0001R01", refund_event::succeeded, 630000) == fact_outcome::repeated);
    CHECK(here.tell("CP0001R01", refund_event::acknowledged, 630000) == fact_outcome::repeated);
    CHECK(here.balance("refunding") == "0");
    CHECK(here.balance("fee:1") == "0");
    CHECK(here.paid_of_bill(1) == "0");
    const bool lowered = what.reason == rules::refund_reason::leaver;
    CHECK(
        here.database.value("SELECT due_fen FROM bills WHERE id = 1") == (lowered ? "0" : "530000")
    );
    CHECK(here.database.value("SELECT COUNT(*) FROM bill_adjustments") == (lowered ? "2" : "0"));
    CHECK(here.flaw() == "");
}

TEST_CASE("by line, in parts, and never more than was paid") {
    refund_desk here;
    here.pay_order("CP0001", {1, 2}, 630000);
    const auto verdict = [&](std::vector<rules::refund_part> parts) {
        return here.ask(here.wish("CP0001", std::move(parts), "x" + base::random_token()))
            .why.verdict;
    };
    CHECK(verdict({{2, base::fen{100001}}}) == rules::refund_verdict::exceeds_what_is_left);
    CHECK(verdict({{0, base::fen{1}}}) == rules::refund_verdict::exceeds_what_is_left);
    CHECK(verdict({{3, base::fen{1}}}) == rules::refund_verdict::line_unknown);
    CHECK(verdict({{2, base::fen{60000}}}) == rules::refund_verdict::ok);
    CHECK(verdict({{2, base::fen{60000}}}) == rules::refund_verdict::exceeds_what_is_left);
    CHECK(verdict({{2, base::fen{40000}}, {1, base::fen{1}}}) == rules::refund_verdict::ok);
    CHECK(here.flaw() == "");
    here.decide("CP0001R01", decision::reject);
    CHECK(verdict({{2, base::fen{60000}}}) == rules::refund_verdict::ok);
    CHECK(here.flaw() == "");
    CHECK(here.ask(here.wish("CP9999", {}, "r")).kind == ask_kind::no_payment);
}

TEST_CASE("refunds that race each other never exceed the payment") {
    refund_desk here{8};
    here.pay_order("CP0001", {1}, 530000);
    std::atomic<std::int64_t> granted{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            std::mt19937 chance{static_cast<unsigned>(i)};
            for (int n = 0; n < 40; ++n) {
                const base::fen part{1 + static_cast<std::int64_t>(chance() % 90000)};
                const auto id = std::to_string(i) + "-" + std::to_string(n);
                const auto made = here.ask(here.wish("CP0001", {{1, part}}, id));
                if (made.kind == ask_kind::made) granted += part.count();
            }
        });
    }
    for (auto& one : threads) one.join();
    CHECK(granted <= 530000);
    CHECK(here.database.value("SELECT refund_held_fen FROM payments") == std::to_string(granted));
    CHECK(here.flaw() == "");
}

TEST_CASE("a refund does not wait for one of another order") {
    refund_desk here{2};
    here.pay_order("CP0001", {1}, 530000);
    here.pay_order("CP0002", {2}, 100000);
    here.asked("CP0001", {}, "r1");
    here.asked("CP0002", {}, "r2");
    const auto held =
        std::stoll(here.database.value("SELECT id FROM refunds WHERE out_refund_no = 'CP0001R01'"));
    const auto other = [&] {
        CHECK(here.decide("CP0002R01", decision::release) == decide_kind::done);
        CHECK(here.tell("CP0002R01", refund_event::succeeded, 100000) == fact_outcome::applied);
    };
    here.pool.run_now([&](db::connection& db) {
        db.select("SELECT state FROM refunds WHERE id = ? FOR UPDATE", held);
        std::thread{other}.join();
    });
    CHECK(here.pool.counts().conflicts == 0);
    CHECK(here.flaw() == "");
}

TEST_CASE("WeChat's word in every state") {
    struct row {
        std::vector<refund_event> before;
        refund_event told;
        fact_outcome expected;
        const char* state;
    };
    using enum refund_event;
    const row rows[] = {
        {{}, acknowledged, fact_outcome::applied, "processing"},
        {{}, succeeded, fact_outcome::applied, "success"},
        {{}, closed, fact_outcome::applied, "closed"},
        {{}, went_wrong, fact_outcome::applied, "abnormal"},
        {{acknowledged}, closed, fact_outcome::applied, "closed"},
        {{acknowledged}, went_wrong, fact_outcome::applied, "abnormal"},
        {{went_wrong}, acknowledged, fact_outcome::applied, "processing"},
        {{went_wrong}, succeeded, fact_outcome::applied, "success"},
        {{went_wrong}, closed, fact_outcome::applied, "closed"},
        {{succeeded}, went_wrong, fact_outcome::repeated, "success"},
        {{succeeded}, closed, fact_outcome::impossible, "success"},
        {{closed}, acknowledged, fact_outcome::repeated, "closed"},
        {{closed}, succeeded, fact_outcome::impossible, "closed"},
    };
    for (const auto& one : rows) {
        refund_desk here;
        here.pay_order("CP0001", {1}, 530000);
        const auto number = here.asked("CP0001", {}, "r1");
        CHECK(here.tell(number, succeeded, 530000) == fact_outcome::impossible);
        here.decide(number, decision::release);
        for (const auto event : one.before) here.tell(number, event, 530000);
        CHECK(here.tell(number, one.told, 530000) == one.expected);
        CHECK(here.state_of_refund(number) == one.state);
        CHECK(here.flaw() == "");
        if (one.state == std::string{"closed"}) {
            CHECK(here.asked("CP0001", {}, "r2") == "CP0001R02");
        }
        CHECK(here.flaw() == "");
    }
}

TEST_CASE("a word without its time has ours; one about another amount or refund moves nothing") {
    refund_desk here;
    here.pay_order("CP0001", {1}, 530000);
    const auto number = here.asked("CP0001", {}, "r1");
    here.decide(number, decision::release);
    here.database.execute("UPDATE refunds SET sent_ms = 77");
    db::refund_fact fact;
    fact.mch_id = mch_id;
    fact.out_refund_no = number;
    fact.event = refund_event::succeeded;
    fact.amount = base::fen{529999};
    CHECK(here.tell(fact) == fact_outcome::amount_differs);
    CHECK(here.database.value("SELECT attention FROM refunds") == "amount_differs");
    fact.out_refund_no = "CP0001R99";
    CHECK(here.tell(fact) == fact_outcome::unknown_refund);
    fact.out_refund_no = number;
    fact.mch_id = "1900000002";
    CHECK(here.tell(fact) == fact_outcome::unknown_refund);
    CHECK(here.state_of_refund(number) == "accepted");
    fact.mch_id = mch_id;
    fact.amount = base::fen{530000};
    CHECK(here.tell(fact) == fact_outcome::applied);
    CHECK(here.database.value("SELECT provider_created_ms FROM refunds") == "77");
    CHECK(here.flaw() == "");
}

TEST_CASE("applications for one order keep their distance, and end after a year") {
    refund_desk here;
    here.pay_order("CP0001", {1}, 530000);
    for (const auto* id : {"r1", "r2"}) {
        here.decide(here.asked("CP0001", {{1, base::fen{100}}}, id), decision::release);
    }
    // The server's clock decides what is due; the fixture lives in another year.
    here.database.execute("UPDATE refunds SET next_ms = 1");
    const auto due = here.pool.run_now([](db::connection& db) {
        return db::claim_due_refunds(db, "me", db::refund_work::to_send, 60'000, 10);
    });
    REQUIRE(due.size() == 2);
    const auto begin = [&](const db::refund& one, base::epoch_ms now) {
        return here.pool.run_now([&](db::connection& db) {
            return db::begin_sending(db, one, "me", now);
        });
    };
    CHECK(begin(due[0], noon) == db::sending::go);
    CHECK(begin(due[1], noon) == db::sending::too_soon);
    auto again = due[0];
    again.sent_count = 1;
    CHECK(begin(again, noon) == db::sending::go);
    CHECK(here.database.value("SELECT SUM(sent_count) FROM refunds") == "2");
    here.database.execute("UPDATE payments SET refund_sent_ms = 1");
    CHECK(begin(due[1], noon + rules::refund_age_max_ms + 60'000) == db::sending::too_old);
    CHECK(begin(due[1], noon) == db::sending::go);
    here.database.execute("UPDATE refunds SET lease_owner = 'other'");
    CHECK(begin(again, noon) == db::sending::gone);
    const auto none = here.pool.run_now([](db::connection& db) {
        return db::claim_due_refunds(db, "you", db::refund_work::to_send, 60'000, 10);
    });
    CHECK(none.empty());
}

TEST_CASE("what WeChat refuses waits for a person: again with the same number, or given up") {
    refund_desk here;
    here.pay_order("CP0001", {1}, 530000);
    const auto number = here.asked("CP0001", {}, "r1");
    here.decide(number, decision::release);
    here.database.execute("UPDATE refunds SET next_ms = 1");
    const auto due = here.pool.run_now([](db::connection& db) {
        return db::claim_due_refunds(db, "me", db::refund_work::to_send, 60'000, 10);
    });
    here.pool.run_now([&](db::connection& db) {
        db::mark_refused(db, due.front(), "me", "USER_ACCOUNT_ABNORMAL");
    });
    CHECK(here.state_of_refund(number) == "refused");
    CHECK(here.asked("CP0001", {}, "r2") == "");
    SUBCASE("again") {
        CHECK(here.decide(number, decision::send_again) == decide_kind::done);
        CHECK(here.state_of_refund(number) == "accepted");
        CHECK(here.tell(number, refund_event::succeeded, 530000) == fact_outcome::applied);
    }
    SUBCASE("given up: the money can go another way") {
        CHECK(here.decide(number, decision::give_up) == decide_kind::done);
        CHECK(here.tell(number, refund_event::succeeded, 530000) == fact_outcome::impossible);
        CHECK(here.asked("CP0001", {}, "r3") == "CP0001R02");
    }
    CHECK(here.flaw() == "");
}

TEST_CASE("late money for settled bills goes back by itself, once") {
    refund_desk here;
    here.open("CP0001", {1, 2}, 630000);
    here.close("CP0001");
    here.pay_order("CP0002", {1}, 530000);
    here.pay(college::fact("CP0001", 630000));
    const auto waiting = [&] {
        return here.pool.run_now([](db::connection& db) {
            return db::payments_to_send_back(db, 10);
        });
    };
    REQUIRE(waiting() == std::vector<std::string>{"CP0001"});
    auto what = here.wish("CP0001", {}, "late_money");
    what.origin = db::refund_origin::late_money;
    what.reason = rules::refund_reason::late_money;
    what.by = "rule:late_money";
    CHECK(here.ask(what).made.state == rules::refund_state::accepted);
    CHECK(here.ask(what).kind == ask_kind::same);
    CHECK(waiting().empty());
    CHECK(here.flaw() == "");
    CHECK(here.tell("CP0001R01", refund_event::succeeded, 530000) == fact_outcome::applied);
    CHECK(here.balance("suspense") == "0");
    CHECK(here.paid_of_bill(1) == "530000");
    CHECK(here.paid_of_bill(2) == "100000");
    CHECK(here.database.value("SELECT state FROM payments WHERE order_no = 'CP0001'") == "settled");
    CHECK(here.flaw() == "");
}

TEST_CASE("a refund made by hand in the merchant console is booked once, if there is room for it") {
    refund_desk here;
    here.pay_order("CP0001", {1, 2}, 630000);
    db::platform_refund what;
    what.mch_id = mch_id;
    what.transaction_id = "4200CP0001";
    what.out_refund_no = "BD20261122000000000000000001";
    what.refund_id = "503000";
    what.amount = base::fen{540000};
    what.created_at = noon;
    what.by = "finance:li";
    const auto book = [&] {
        return here.pool.run_now([&](db::connection& db) {
            return db::book_platform_refund(db, what, noon + 200'000);
        });
    };
    CHECK(book() == db::platform_outcome::booked);
    CHECK(book() == db::platform_outcome::booked_before);
    CHECK(here.paid_of_bill(1) == "0");
    CHECK(here.paid_of_bill(2) == "90000");
    CHECK(here.balance("provider:1900000001") == "90000");
    CHECK(here.flaw() == "");
    what.out_refund_no = "BD2";
    CHECK(book() == db::platform_outcome::exceeds_what_is_left);
    what.transaction_id = "4200other";
    CHECK(book() == db::platform_outcome::no_payment);
    CHECK(here.flaw() == "");
}

TEST_CASE("random lives of orders and refunds never break the books") {
    for (const unsigned seed : {1U, 2U, 3U}) {
        CAPTURE(seed);
        refund_desk here;
        std::mt19937 chance{seed};
        std::vector<std::string> orders;
        std::vector<std::string> refunds;
        const auto any = [&](const std::vector<std::string>& list) {
            return list.empty() ? std::string{"none"} : list[chance() % list.size()];
        };
        for (int step = 0; step < 120; ++step) {
            const auto number = "CPS" + std::to_string(step);
            const auto pick = chance() % 10;
            if (pick < 2) {
                const auto bill = static_cast<std::int64_t>(1 + chance() % 2);
                const auto owed = here.database.value(
                    "SELECT due_fen - paid_fen FROM bills WHERE id = " + std::to_string(bill)
                );
                here.open(number, {bill}, std::stoll(owed));
                orders.push_back(number);
            } else if (pick < 4) {
                const auto of = any(orders);
                const auto amount = here.database.value(
                    "SELECT amount_fen FROM orders WHERE order_no = '" + of + "'"
                );
                if (!amount.empty()) here.pay(college::fact(of, std::stoll(amount)));
            } else if (pick == 4) {
                here.close(any(orders));
                here.settle_parked(any(orders));
            } else if (pick < 7) {
                std::vector<rules::refund_part> parts;
                if (chance() % 2 == 0) {
                    parts.push_back(
                        {static_cast<int>(chance() % 2),
                         base::fen{1 + static_cast<std::int64_t>(chance() % 300000)}}
                    );
                }
                auto what = here.wish(any(orders), parts, "r" + std::to_string(step));
                if (chance() % 2 == 0) what.reason = rules::refund_reason::leaver;
                const auto made = here.ask(what);
                if (made.kind == ask_kind::made) refunds.push_back(made.made.out_refund_no);
            } else if (pick < 8) {
                here.decide(any(refunds), static_cast<decision>(chance() % 4));
            } else {
                const auto of = any(refunds);
                const auto amount = here.database.value(
                    "SELECT amount_fen FROM refunds WHERE out_refund_no = '" + of + "'"
                );
                const refund_event events[] = {
                    refund_event::acknowledged,
                    refund_event::succeeded,
                    refund_event::closed,
                    refund_event::went_wrong};
                if (!amount.empty()) here.tell(of, events[chance() % 4], std::stoll(amount));
            }
            const auto flaw = here.flaw();
            REQUIRE_MESSAGE(flaw == "", "step " << step << ": " << flaw);
        }
        CHECK(!refunds.empty());
    }
}
