#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "db/bill_files.hpp"
#include "db/day_bookings.hpp"
#include "db/day_compare.hpp"
#include "db/day_differences.hpp"
#include "db/ledger.hpp"
#include "db/reconciliation_days.hpp"
#include "db/refunds.hpp"
#include "server/base/beijing.hpp"
#include "server/base/error.hpp"
#include "tests/db/college_fixture.hpp"

using namespace college_fixture;
using rules::difference_kind;

namespace {

constexpr base::epoch_ms hour = 3'600'000;

// One payment and one refund by hand, in the bills as they are here: nothing differs.
struct even_day : college {
    db::day_scope of{"2026-11-22", mch_id, noon - 12 * hour, noon + 12 * hour};
    db::day_lease mine{"2026-11-22", "me"};

    explicit even_day(int connections = 2) : college{connections} {
        open("CP0001", {1}, 530000);
        pay(college::fact("CP0001", 530000));
        pool.run_now([&](db::connection& db) {
            const db::platform_refund back{
                mch_id, "4200CP0001", "BD1", "R1", base::fen{1000}, noon + hour, "finance:li"};
            return db::book_platform_refund(db, back, noon + 2 * hour);
        });
        database.execute(
            "INSERT INTO bill_rows (day, mch_id, kind, line_no, what, at_ms, business_no, our_no, "
            "other_no, amount_fen, settled_fen, fee_fine, name) VALUES "
            "('2026-11-22', '1900000001', 'trade', 2, 'payment', 1795320060000, '4200CP0001', "
            "'CP0001', '', 530000, 530000, 3180000, 'SUCCESS'), "
            "('2026-11-22', '1900000001', 'trade', 3, 'refund', 1795323600000, 'R1', 'BD1', "
            "'4200CP0001', 1000, 1000, -6000, 'REFUND'), "
            "('2026-11-22', '1900000001', 'flow', 2, 'movement', 1795320060000, '4200CP0001', "
            "'CP0001', 'F1', 530000, 530000, 0, '交易'), "
            "('2026-11-22', '1900000001', 'flow', 3, 'movement', 1795320060000, '4200CP0001', "
            "'CP0001', 'F2', -3180, 526820, 0, '扣除交易手续费'), "
            "('2026-11-22', '1900000001', 'flow', 4, 'movement', 1795323600000, 'R1', 'BD1', "
            "'F3', -994, 525826, 0, '退款'); "
            "INSERT INTO bill_files (day, mch_id, kind, sha1, raw_size, row_count, whole, "
            "opening_fen, closing_fen, fetched_ms) VALUES "
            "('2026-11-22', '1900000001', 'trade', 'a', 1, 2, 1, NULL, NULL, 0), "
            "('2026-11-22', '1900000001', 'flow', 'b', 1, 3, 1, 0, 525826, 0)"
        );
        pool.run_now([&](db::connection& db) { return db::take_day(db, mine); });
    }

    db::day_compared compare() {
        return pool.run_now([&](db::connection& db) { return db::compare_day(db, of); });
    }
    db::day_sums sums() {
        return pool.run_now([&](db::connection& db) {
            return db::sum_up_day(db, of, db::fees_of_day(db, of));
        });
    }
    // "kind key provider ours", in the order of the kinds.
    std::string found() {
        std::string out;
        for (const auto& one : compare().found) {
            if (!out.empty()) out += ", ";
            out += std::string{rules::name_of(one.kind)} + " " + one.key + " " +
                   std::to_string(one.provider.count()) + " " + std::to_string(one.ours.count());
        }
        return out;
    }
    void record() {
        const auto now = compare();
        pool.run_now([&](db::connection& db) {
            db::record_differences(db, mine, of, now.found, noon + 30 * hour);
        });
        pool.run_now([&](db::connection& db) {
            db::settle_vanished(db, mine, of, now, noon + 30 * hour);
        });
    }
    void finish() {
        record();
        const auto now = sums();
        pool.run_now([&](db::connection& db) {
            db::finish_day(db, mine, of, now, noon + 30 * hour);
        });
    }
    std::string on_file() const {
        return database.value(
            "SELECT GROUP_CONCAT(CONCAT(number, ' ', kind, ' ', state, ' ', "
            "COALESCE(resolution, '-')) ORDER BY number SEPARATOR ', ') "
            "FROM reconciliation_differences"
        );
    }
    db::close_day_outcome close_day(std::int64_t seen_seq, base::epoch_ms now) {
        const db::close_day_wish wish{mine, {of}, seen_seq, "finance:wang", now};
        return pool.run_now([&](db::connection& db) { return db::close_day(db, wish); });
    }
    std::int64_t seq() {
        return pool.run_now([](db::connection& db) { return db::ledger_head(db).seq; });
    }
};

struct surprise {
    const char* what;
    const char* sql;
    std::string found;
};

const std::string more_row =
    "INSERT INTO bill_rows (day, mch_id, kind, line_no, what, at_ms, business_no, our_no, "
    "other_no, amount_fen, settled_fen, fee_fine, name) VALUES ";

const std::vector<surprise> surprises{
    {"nothing", "SELECT 1", ""},
    {"the row of the payment is missing",
     "DELETE FROM bill_rows WHERE business_no = '4200CP0001'",
     "payment_missing_there 4200CP0001 0 530000"},
    {"... and stands in the next day's bill",
     "UPDATE bill_rows SET day = '2026-11-23' WHERE business_no = '4200CP0001'",
     ""},
    {"the payment is another merchant's here",
     "UPDATE payments SET mch_id = '1900000002'",
     "payment_missing_here 4200CP0001 530000 0, "
     "ledger_differs journal:1 0 530000"},
    {"the amount of the row differs by a fen",
     "UPDATE bill_rows SET amount_fen = 530001 WHERE kind = 'trade' AND line_no = 2",
     "payment_amount_differs 4200CP0001 530001 530000"},
    {"the row is of another order",
     "UPDATE bill_rows SET our_no = 'CP0009' WHERE kind = 'trade' AND line_no = 2",
     "payment_amount_differs 4200CP0001 530000 530000"},
    {"the row stands there twice",
     "INSERT INTO bill_rows SELECT day, mch_id, kind, 9, what, at_ms, business_no, our_no, "
     "other_no, amount_fen, settled_fen, 0, name FROM bill_rows WHERE kind = 'trade' AND line_no "
     "= 2",
     "row_twice payment:4200CP0001 530000 0"},
    {"the row is revoked",
     "UPDATE bill_rows SET what = 'other' WHERE kind = 'trade' AND line_no = 2",
     "payment_missing_there 4200CP0001 0 530000, "
     "row_odd 2026-11-22:2 530000 0"},
    {"the refund is of another amount",
     "UPDATE bill_rows SET amount_fen = 1001 WHERE line_no = 3 AND kind = 'trade'",
     "refund_amount_differs BD1 1001 1000"},
    {"the refund gives back another payment",
     "UPDATE bill_rows SET other_no = '4200CP0002' WHERE line_no = 3 AND kind = 'trade'",
     "refund_amount_differs BD1 1000 1000"},
    {"the refund's row is missing",
     "DELETE FROM bill_rows WHERE business_no = 'R1'",
     "refund_missing_there BD1 0 1000"},
    {"the refund was sent and not acknowledged",
     "UPDATE refunds SET provider_created_ms = NULL, state = 'accepted'",
     "refund_missing_here BD1 1000 0"},
    {"a refund with a number of ours that is unknown here",
     "UPDATE bill_rows SET our_no = 'CP0001R07' WHERE line_no = 3 AND kind = 'trade'",
     "refund_missing_here CP0001R07 1000 0"},
    {"another refund by hand",
     "INSERT INTO bill_rows SELECT day, mch_id, kind, 9, what, at_ms, 'R2', 'BD2', other_no, 500, "
     "500, 0, name FROM bill_rows WHERE kind = 'trade' AND line_no = 3; "
     "INSERT INTO bill_rows SELECT day, mch_id, kind, 9, what, at_ms, 'R2', 'BD2', 'F9', -500, "
     "525326, 0, name FROM bill_rows WHERE kind = 'flow' AND line_no = 4",
     "platform_refund BD2 500 0"},
    {"a fee of the trade bill differs",
     "UPDATE bill_rows SET fee_fine = 3181000 WHERE kind = 'trade' AND line_no = 2",
     "fees_differ 2026-11-22 3175 3174"},
    {"a fee has a part of a fen",
     "UPDATE bill_rows SET fee_fine = 3180400 WHERE kind = 'trade' AND line_no = 2",
     "fees_not_whole 2026-11-22 3174 3174, "
     "fees_differ 2026-11-22 3174 3174"},
    {"the account was charged more",
     "UPDATE bill_rows SET amount_fen = -3190 WHERE kind = 'flow' AND line_no = 3",
     "fees_differ 2026-11-22 3174 3184"},
    {"a movement of the payment is missing",
     "DELETE FROM bill_rows WHERE kind = 'flow' AND business_no = '4200CP0001'",
     "flow_missing payment:4200CP0001 530000 0, "
     "fees_differ 2026-11-22 3174 -6"},
    {"a withdrawal",
     "INSERT INTO bill_rows SELECT day, mch_id, kind, 9, what, at_ms, 'W1', '', 'FW', -99, 1, 0, "
     "'提现' FROM bill_rows WHERE kind = 'flow' AND line_no = 4",
     "flow_other FW -99 0"},
    {"balances that do not follow",
     "UPDATE bill_files SET in_order = 0 WHERE kind = 'flow'",
     "flow_broken 2026-11-22 0 0"},
    {"the ledger has another amount",
     "UPDATE ledger_entries SET amount_fen = 529999 WHERE account = 'provider:1900000001' AND "
     "amount_fen = 530000",
     "ledger_differs payment:CP0001 530000 529999"},
    {"the ledger has it on another day",
     "UPDATE ledger_journals SET value_ms = value_ms + 86400000 WHERE kind = 'payment'",
     "ledger_differs payment:CP0001 530000 530000"},
    {"... because its day was closed",
     "INSERT INTO reconciliation_days (day, mch_id, state, ends_ms, run_ms) VALUES ('2026-11-22', "
     "'1900000002', 'closed', 1795363200000, 0); UPDATE ledger_journals SET value_ms = "
     "1795363200000 WHERE kind = 'payment'",
     ""},
    {"the refund's journal is gone",
     "DELETE FROM ledger_journals WHERE kind = 'refund_sent'",
     "ledger_differs refund:BD1 1000 0"},
    {"another merchant's rows and payments are not this one's",
     "INSERT INTO bill_rows SELECT day, '1900000002', kind, line_no, what, at_ms, 'other', "
     "'other', other_no, amount_fen, settled_fen, fee_fine, name FROM bill_rows",
     ""},
};

}  // namespace

TEST_CASE("each way in which the sides differ is found by its name") {
    for (const auto& one : surprises) {
        CAPTURE(std::string{one.what});
        even_day here;
        here.database.execute(one.sql);
        CHECK(here.found() == one.found);
    }
}

TEST_CASE("the three sides, the fees and the account are summed up") {
    even_day here;
    const auto sums = here.sums();
    const db::side_sums side{1, base::fen{530000}, 1, base::fen{1000}};
    CHECK(sums.bill == side);
    CHECK(sums.ours == side);
    CHECK(sums.ledger == side);
    CHECK(sums.bill_fees_fine == 3'174'000);
    CHECK(sums.flow_fees == base::fen{3174});
    CHECK(sums.flow_income == base::fen{530000});
    CHECK(sums.flow_expense == base::fen{4174});
    CHECK(sums.closing == base::fen{525826});
    CHECK(sums.ledger_balance == base::fen{529000});
    CHECK(sums.cut_in == base::fen{});

    here.database.execute("UPDATE bill_rows SET day = '2026-11-23' WHERE business_no = '4200CP0001'"
    );
    CHECK(here.sums().cut_out == base::fen{530000});
    here.of = {"2026-11-23", mch_id, noon + 12 * hour, noon + 36 * hour};
    CHECK(here.sums().cut_in == base::fen{530000});
}

TEST_CASE("fees are booked once, and a correction books what is missing") {
    even_day here;
    const auto book = [&](std::int64_t total) {
        return here.pool.run_now([&](db::connection& db) {
            return db::book_fees(db, here.of, base::fen{total}, noon + 30 * hour);
        });
    };
    CHECK(book(3174));
    CHECK_FALSE(book(3174));
    CHECK(here.found().empty());
    CHECK(here.balance("fees:1900000001") == "3174");
    CHECK(here.sums().ledger_balance == base::fen{525826});
    CHECK(book(3170));
    CHECK(here.found() == "fees_differ 2026-11-22 3174 3170");
    CHECK(book(3174));
    CHECK(here.found().empty());
    CHECK(
        here.database.value(
            "SELECT GROUP_CONCAT(business_key ORDER BY seq SEPARATOR ' ') FROM ledger_journals "
            "WHERE kind = 'fees'"
        ) == "fees:1900000001:2026-11-22 fees:1900000001:2026-11-22:2 fees:1900000001:2026-11-22:3"
    );
    here.finish();
    CHECK(here.flaw() == "");
}

TEST_CASE("a difference is on file once, stays as decided, and opens when it changes") {
    even_day here;
    here.database.execute(
        more_row +
        "('2026-11-22', '1900000001', 'flow', 9, 'movement', "
        "1795320060000, 'W1', '', 'FW', -99, 1, 0, '提现')"
    );
    here.record();
    here.record();
    CHECK(here.on_file() == "1 flow_other open -");
    const auto first = here.pool.run_now([&](db::connection& db) {
        return *db::find_difference(db, "2026-11-22", 1);
    });
    const auto explain = [&] {
        return here.pool.run_now([&](db::connection& db) {
            return db::resolve_difference(db, first, {"explained", "finance:li", "查明"}, noon);
        });
    };
    CHECK(explain());
    CHECK_FALSE(explain());
    here.record();
    CHECK(here.on_file() == "1 flow_other resolved explained");
    here.database.execute("UPDATE bill_rows SET amount_fen = -98 WHERE other_no = 'FW'");
    here.record();
    CHECK(here.on_file() == "1 flow_other open -");
    here.database.execute("DELETE FROM bill_rows WHERE other_no = 'FW'");
    here.record();
    CHECK(here.on_file() == "1 flow_other resolved agrees");
}

TEST_CASE("near midnight a difference waits for three days, and a neighbour's bill settles it") {
    even_day here;
    here.database.execute(
        "DELETE FROM bill_rows WHERE business_no = '4200CP0001'; "
        "UPDATE bill_rows SET fee_fine = 0, settled_fen = 994"
    );
    here.record();
    CHECK(here.on_file() == "1 payment_missing_there waiting -");
    CHECK(
        here.database.value("SELECT wait_until_ms FROM reconciliation_differences") ==
        std::to_string(base::start_of({2026, 11, 26}))
    );
    here.database.execute(
        more_row +
        "('2026-11-23', '1900000001', 'trade', 2, 'payment', "
        "1795363200000, '4200CP0001', 'CP0001', '', 530000, 530000, "
        "0, 'SUCCESS')"
    );
    here.record();
    CHECK(here.on_file() == "1 payment_missing_there resolved day_cut");
}

TEST_CASE("who lost the day writes nothing more") {
    even_day here;
    const db::day_lease other{"2026-11-22", "other"};
    const auto take = [&] {
        return here.pool.run_now([&](db::connection& db) { return db::take_day(db, other); });
    };
    CHECK_FALSE(take());
    here.database.execute("UPDATE reconciliation_leases SET lease_until_ms = 1");
    CHECK(take());
    here.database.execute("UPDATE bill_files SET in_order = 0");
    CHECK_THROWS_AS(here.record(), base::error);
    CHECK(here.on_file() == "");
    here.pool.run_now([&](db::connection& db) { db::leave_day(db, here.mine); });
    CHECK_FALSE(here.pool.run_now([&](db::connection& db) { return db::take_day(db, here.mine); }));
}

TEST_CASE("a day is closed when it is over, balanced, compared to its end, and none before is open"
) {
    using kind = db::close_day_kind;
    even_day here;
    const auto later = noon + 48 * hour;
    CHECK(here.close_day(here.seq(), later).kind == kind::not_compared);
    here.database.execute("UPDATE bill_files SET in_order = 0 WHERE kind = 'flow'");
    here.finish();
    CHECK(here.close_day(here.seq(), later).kind == kind::differs);
    here.database.execute("UPDATE bill_files SET in_order = 1 WHERE kind = 'flow'");
    here.finish();
    CHECK(here.close_day(here.seq(), noon).kind == kind::day_not_over);
    CHECK(here.close_day(here.seq() - 1, later).kind == kind::moved_meanwhile);

    const auto book = [&](base::epoch_ms at, const std::string& key) {
        here.pool.run_now([&](db::connection& db) {
            db::ledger_journal journal{"test", key, {}, at};
            journal.entries = {{"a", {}, {}, base::fen{1}}, {"b", {}, {}, base::fen{-1}}};
            db::book(db, journal, later);
        });
    };
    book(noon - 24 * hour, "before");
    const auto refused = here.close_day(here.seq(), later);
    CHECK(refused.kind == kind::earlier_day_open);
    CHECK(refused.which == "2026-11-21");
    here.pool.run_now([&](db::connection& db) {
        db::lock_ledger_head(db);
        db::close_ledger_until(db, here.of.from);
    });
    CHECK(here.close_day(here.seq(), later).kind == kind::closed);
    CHECK(here.close_day(here.seq(), later).kind == kind::closed_before);
    CHECK(
        here.database.value("SELECT COUNT(*) FROM audit WHERE action = 'reconcile.close'") == "1"
    );
    CHECK(here.flaw() == "");
    book(noon, "after");
    CHECK(
        here.database.value("SELECT value_ms FROM ledger_journals WHERE business_key = 'after'") ==
        std::to_string(here.of.until)
    );
    // What is closed is not written again.
    here.database.execute("UPDATE payments SET amount_fen = 1");
    here.finish();
    CHECK(
        here.database.value("SELECT CONCAT(state, our_paid_fen) FROM reconciliation_days") ==
        "closed530000"
    );
}

TEST_CASE("a row booked behind the back of a closed day shows in the check of the books") {
    even_day here;
    here.finish();
    REQUIRE(here.close_day(here.seq(), noon + 48 * hour).kind == db::close_day_kind::closed);
    here.database.execute("UPDATE ledger_chain SET closed_until_ms = 0");
    CHECK(here.flaw().starts_with("closed_days_stand"));
}

TEST_CASE("two who close at once close once") {
    even_day here{4};
    here.finish();
    const auto seen = here.seq();
    std::vector<std::thread> threads;
    std::atomic<int> closed{0};
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            const auto kind = here.close_day(seen, noon + 48 * hour).kind;
            if (kind == db::close_day_kind::closed) ++closed;
        });
    }
    for (auto& one : threads) one.join();
    CHECK(closed == 1);
}

TEST_CASE("money without an order of ours is booked once, in suspense") {
    even_day here;
    db::payment_fact stray = college::fact("X4200STRAY", 77);
    stray.transaction_id = "4200STRAY";
    const auto book = [&] {
        return here.pool.run_now([&](db::connection& db) {
            return db::book_stray_payment(db, stray, noon);
        });
    };
    CHECK(book());
    CHECK_FALSE(book());
    CHECK(here.balance("suspense") == "-77");
    CHECK(here.flaw() == "");
}
