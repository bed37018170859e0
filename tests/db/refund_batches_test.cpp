#include "db/refund_batches.hpp"

#include <doctest/doctest.h>

#include "db/leavers.hpp"
#include "db/refunds.hpp"
#include "tests/db/college_fixture.hpp"

using namespace college_fixture;
using db::batch_decision;
using db::batch_made;

namespace {

constexpr auto li = "operator:1";
constexpr auto wang = "operator:2";

struct batch_desk : college {
    batch_desk() {
        database.execute(
            "UPDATE people SET college = '汽车学院', student_no = '2024001' WHERE id = 11"
        );
        database.execute(
            "UPDATE people SET college = '道桥学院', student_no = '2024002' WHERE id = 12"
        );
        REQUIRE(open("CP1", {1, 2}, 630000).kind == db::open_kind::opened);
        REQUIRE(pay(fact("CP1", 630000)) == db::payment_outcome::applied);
        REQUIRE(open("CP2", {4}, 530000, "", other_student).kind == db::open_kind::opened);
        REQUIRE(pay(fact("CP2", 530000)) == db::payment_outcome::applied);
    }

    static db::batch_draft draft(std::int64_t id, const std::string& key) {
        db::batch_draft out;
        out.facts.id = id;
        out.facts.title = "退款.csv";
        out.facts.reason_code = "overcharged";
        out.facts.asked_by = li;
        out.live_key = key;
        out.request_id = "request-" + std::to_string(id);
        out.request_hash = base::sha256(out.request_id);
        out.now = noon + 100'000;
        out.rows = {
            {2, "CP1", base::fen{100}, {}, "多收", {}, {}, {}, {}},
            {3, "CP2", base::fen{900}, {{1, base::fen{900}}}, "多收", {}, {}, {}, {}}};
        return out;
    }
    db::batch_outcome open_batch(const db::batch_draft& what) {
        return pool.run_now([&](db::connection& db) { return db::open_batch(db, what); });
    }
    // As flows/refund_batches does it.
    void ask_rows(std::int64_t id) {
        pool.run_now([&](db::connection& db) {
            for (const auto& row : db::rows_to_ask(db, id, 10)) {
                if (!db::hold_batch_while_asking(db, id)) return;
                db::refund_wish wish;
                wish.order_no = row.order_no;
                wish.parts = row.parts;
                if (row.parts.empty()) wish.sum = row.amount;
                wish.reason = rules::refund_reason::overcharged;
                wish.batch_id = id;
                wish.request_id = "batch:" + std::to_string(id) + ":" + std::to_string(row.row_no);
                wish.request_hash = base::sha256(wish.request_id);
                wish.by = li;
                wish.now = noon + 101'000;
                wish.provider_body = [](const db::refund&) { return std::string{"body"}; };
                const auto made = db::ask_refund(db, wish);
                const bool good = made.kind == db::ask_kind::made;
                db::settle_row(db, id, row.row_no, made.made.out_refund_no, good ? "" : "不行");
            }
            db::finish_asking(db, id);
        });
    }
    batch_decision release(
        std::int64_t id, const std::string& by, std::int64_t fen, base::epoch_ms later = 0
    ) {
        return pool.run_now([&](db::connection& db) {
            return db::begin_release(db, id, by, {}, base::fen{fen}, noon + 110'000 + later);
        });
    }
    batch_decision reject(std::int64_t id, const std::string& by) {
        return pool.run_now([&](db::connection& db) {
            return db::begin_reject(db, id, by, {}, "不对", noon + 110'000);
        });
    }
    std::string state(std::int64_t id) const {
        return database.value("SELECT state FROM refund_batches WHERE id = " + std::to_string(id));
    }
};

}  // namespace

TEST_CASE("a batch is asked for once, and released as one by another person") {
    batch_desk here;
    CHECK(here.open_batch(batch_desk::draft(7, "file:a")).kind == batch_made::made);
    CHECK(here.open_batch(batch_desk::draft(7, "file:a")).kind == batch_made::same);
    auto other = batch_desk::draft(7, "file:a");
    other.request_hash = base::sha256("another");
    CHECK(here.open_batch(other).kind == batch_made::request_id_reused);
    const auto again = here.open_batch(batch_desk::draft(8, "file:a"));
    CHECK(again.kind == batch_made::live_already);
    CHECK(again.id == 7);
    // Not while its rows are being asked for.
    CHECK(here.release(7, wang, 1000) == batch_decision::not_in_this_state);
    here.ask_rows(7);
    CHECK(here.state(7) == "asked");
    CHECK(here.release(7, li, 1000) == batch_decision::same_person);
    CHECK(here.release(7, wang, 999) == batch_decision::figures_differ);
    CHECK(here.state(7) == "asked");
    CHECK(here.release(9, wang, 1000) == batch_decision::unknown_batch);
    CHECK(here.release(7, wang, 1000) == batch_decision::begun);
    // Whoever was interrupted goes on; another one only after a while, and never whoever asked.
    CHECK(here.release(7, wang, 1000) == batch_decision::begun);
    CHECK(here.release(7, "operator:3", 1000) == batch_decision::not_in_this_state);
    CHECK(here.release(7, "operator:3", 1000, 120'000) == batch_decision::begun);
    CHECK(here.release(7, li, 1000) == batch_decision::same_person);
    CHECK(here.reject(7, li) == batch_decision::not_in_this_state);
    const auto numbers = here.pool.run_now([](db::connection& db) {
        db::finish_release(db, 7);
        return db::undecided_of_batch(db, 7, 10);
    });
    CHECK(numbers == std::vector<std::string>{"CP1R01", "CP2R01"});
    // Not released while one of them waits.
    CHECK(here.state(7) == "releasing");
    here.pool.run_now([&](db::connection& db) {
        for (const auto& number : numbers) {
            CHECK(
                db::decide_refund(db, number, db::decision::release, wang, noon + 111'000) ==
                db::decide_kind::done
            );
        }
        db::finish_release(db, 7);
    });
    CHECK(here.state(7) == "released");
    CHECK(here.release(7, wang, 1000) == batch_decision::done_before);
    CHECK(here.release(7, "operator:3", 1000) == batch_decision::not_in_this_state);
    // A released file stays known.
    CHECK(here.open_batch(batch_desk::draft(8, "file:a")).kind == batch_made::live_already);
    CHECK(here.flaw() == "");
}

TEST_CASE("a rejected batch takes no more rows, and its file may come again") {
    batch_desk here;
    here.open_batch(batch_desk::draft(7, "file:a"));
    CHECK(here.reject(7, wang) == batch_decision::begun);
    here.ask_rows(7);
    CHECK(here.database.value("SELECT COUNT(*) FROM refunds") == "0");
    CHECK(here.state(7) == "rejected");
    CHECK(here.reject(7, li) == batch_decision::begun);
    CHECK(here.release(7, wang, 1000) == batch_decision::not_in_this_state);
    CHECK(here.open_batch(batch_desk::draft(8, "file:a")).kind == batch_made::made);
}

TEST_CASE("a row that cannot be asked for says why and takes no part in the sum") {
    batch_desk here;
    auto draft = batch_desk::draft(7, "file:a");
    draft.rows[0].amount = base::fen{999'999};
    here.open_batch(draft);
    here.ask_rows(7);
    const auto rows =
        here.pool.run_now([](db::connection& db) { return db::rows_of_batch(db, 7); });
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].problem == "不行");
    CHECK(rows[0].out_refund_no == "");
    CHECK(rows[1].out_refund_no == "CP2R01");
    CHECK(rows[1].state == rules::refund_state::asked);
    CHECK(rows[1].parts[0].line_no == 1);
    CHECK(rows[1].student.person_id == other_student);
    CHECK(here.database.value("SELECT total_fen FROM refund_batches WHERE id = 7") == "900");
}

TEST_CASE("a batch with a row of another college is none of an operator's") {
    batch_desk here;
    here.open_batch(batch_desk::draft(7, "file:a"));
    const auto seen = [&](const std::vector<std::string>& colleges) {
        return here.pool.run_now([&](db::connection& db) {
            const auto listed = db::list_batches(db, 0, colleges, 10);
            const bool found = db::find_batch(db, 7, colleges).has_value();
            CHECK(listed.size() == (found ? 1U : 0U));
            return found;
        });
    };
    CHECK(seen({}));
    CHECK(seen({"汽车学院", "道桥学院"}));
    CHECK_FALSE(seen({"汽车学院"}));
}

TEST_CASE("what stands paid of a leaver, with what is on its way and what went back before") {
    batch_desk here;
    const auto bills = [&] {
        return here.pool.run_now([](db::connection& db) {
            return db::paid_bills_of_leaver(db, student);
        });
    };
    REQUIRE(bills().size() == 2);
    CHECK(bills()[0].facts.due == base::fen{530000});
    CHECK(bills()[0].facts.on_its_way == base::fen{});
    REQUIRE(bills()[0].sources.size() == 1);
    CHECK(bills()[0].sources[0].left == base::fen{530000});
    db::refund_wish wish;
    wish.order_no = "CP1";
    wish.parts = {{1, base::fen{371000}}};
    wish.reason = rules::refund_reason::leaver;
    wish.request_id = "leaver";
    wish.request_hash = base::sha256("leaver");
    wish.by = li;
    wish.now = noon + 100'000;
    wish.provider_body = [](const db::refund&) { return std::string{"body"}; };
    here.pool.run_now([&](db::connection& db) { db::ask_refund(db, wish); });
    CHECK(bills()[0].facts.on_its_way == base::fen{371000});
    CHECK(bills()[0].sources[0].left == base::fen{159000});
    here.pool.run_now([&](db::connection& db) {
        db::decide_refund(db, "CP1R01", db::decision::release, wang, noon + 101'000);
        db::refund_fact fact;
        fact.mch_id = mch_id;
        fact.out_refund_no = "CP1R01";
        fact.event = rules::refund_event::succeeded;
        fact.succeeded_at = noon + 102'000;
        db::apply_refund_fact(db, fact, noon + 103'000);
    });
    // Lowered on the books; the rule goes on from what was due before.
    CHECK(here.database.value("SELECT due_fen FROM bills WHERE id = 1") == "159000");
    CHECK(bills()[0].facts.due == base::fen{530000});
    CHECK(bills()[0].facts.paid == base::fen{159000});
    CHECK(bills()[0].facts.on_its_way == base::fen{});
    const auto found = [&](const std::string& number, const std::vector<std::string>& colleges) {
        return here.pool.run_now([&](db::connection& db) {
            return db::find_leaver(db, number, colleges).has_value();
        });
    };
    CHECK(found("2024001", {}));
    CHECK(found("2024001", {"汽车学院"}));
    CHECK_FALSE(found("2024001", {"道桥学院"}));
    CHECK_FALSE(found("2024009", {}));
}
