#include "db/day_compare.hpp"

#include <array>
#include <set>

#include "db/bill_files.hpp"
#include "db/day_bookings.hpp"
#include "db/ledger.hpp"
#include "server/base/beijing.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

using rules::difference_kind;

// Each statement answers: place, order_no, refund_no, transaction_id, provider_fen, our_fen. They
// go through a day in the order of its own key: another order would tempt the optimizer to walk an
// index of all days. One place may come twice.
struct look {
    difference_kind kind;
    std::string_view sql;
    // What the statement's `?` are: the day of the bill and the merchant, or the merchant and the
    // instants between which our side lies.
    bool by_bill;
};

#define CAMPUS_TRADE_ROWS "FROM bill_rows b "
#define CAMPUS_OF_TRADE_DAY "WHERE b.day = ? AND b.mch_id = ? AND b.kind = 'trade' "
#define CAMPUS_IN_FLOW "WHERE f.day = ? AND f.mch_id = ? AND f.kind = 'flow' "
// When a journal was put later because its day was closed.
#define CAMPUS_MOVED_ON                                                                     \
    "EXISTS (SELECT 1 FROM reconciliation_days c WHERE c.state = 'closed' AND c.ends_ms = " \
    "j.value_ms) "

constexpr std::array looks{
    look{
        difference_kind::payment_missing_here,
        "SELECT b.business_no AS place, b.our_no AS order_no, '' AS refund_no, "
        "b.business_no AS transaction_id, b.amount_fen AS provider_fen, 0 AS "
        "our_fen " CAMPUS_TRADE_ROWS "LEFT JOIN payments p ON p.mch_id = b.mch_id AND "
        "p.transaction_id = b.business_no " CAMPUS_OF_TRADE_DAY
        "AND b.what = 'payment' AND p.id IS NULL ORDER BY b.line_no",
        true},
    look{
        difference_kind::payment_amount_differs,
        "SELECT b.business_no AS place, b.our_no AS order_no, '' AS refund_no, "
        "b.business_no AS transaction_id, b.amount_fen AS provider_fen, "
        "p.amount_fen AS our_fen " CAMPUS_TRADE_ROWS
        "JOIN payments p ON p.mch_id = b.mch_id AND p.transaction_id = "
        "b.business_no " CAMPUS_OF_TRADE_DAY
        "AND b.what = 'payment' AND (p.amount_fen <> b.amount_fen OR (p.order_no <> b.our_no "
        "AND p.order_no <> CONCAT('X', b.business_no))) ORDER BY b.line_no",
        true},
    look{
        difference_kind::payment_missing_there,
        "SELECT p.transaction_id AS place, p.order_no, '' AS refund_no, p.transaction_id, "
        "0 AS provider_fen, p.amount_fen AS our_fen FROM payments p "
        "LEFT JOIN bill_rows b ON b.mch_id = p.mch_id AND b.business_no = p.transaction_id "
        "AND b.what = 'payment' "
        "WHERE p.mch_id = ? AND p.paid_ms >= ? AND p.paid_ms < ? AND b.day IS NULL "
        "ORDER BY p.paid_ms, p.id",
        false},
    look{
        difference_kind::refund_missing_here,
        "SELECT b.our_no AS place, COALESCE(r.order_no, p.order_no, '') AS order_no, "
        "b.our_no AS refund_no, b.other_no AS transaction_id, "
        "b.amount_fen AS provider_fen, 0 AS our_fen " CAMPUS_TRADE_ROWS
        "LEFT JOIN refunds r ON r.mch_id = b.mch_id AND r.out_refund_no = b.our_no "
        "LEFT JOIN payments p ON p.mch_id = b.mch_id AND p.transaction_id = "
        "b.other_no " CAMPUS_OF_TRADE_DAY
        "AND b.what = 'refund' AND ((r.id IS NULL AND b.our_no LIKE CONCAT(p.order_no, 'R__')) "
        "OR r.provider_created_ms IS NULL AND r.id IS NOT NULL) ORDER BY b.line_no",
        true},
    look{
        difference_kind::refund_amount_differs,
        "SELECT b.our_no AS place, r.order_no AS order_no, b.our_no AS refund_no, "
        "b.other_no AS transaction_id, b.amount_fen AS provider_fen, "
        "r.amount_fen AS our_fen " CAMPUS_TRADE_ROWS
        "JOIN refunds r ON r.mch_id = b.mch_id AND r.out_refund_no = b.our_no " CAMPUS_OF_TRADE_DAY
        "AND b.what = 'refund' AND (r.amount_fen <> b.amount_fen "
        "OR r.transaction_id <> b.other_no) ORDER BY b.line_no",
        true},
    look{
        difference_kind::refund_missing_there,
        "SELECT r.out_refund_no AS place, r.order_no, r.out_refund_no AS refund_no, "
        "r.transaction_id, 0 AS provider_fen, r.amount_fen AS our_fen FROM refunds r "
        "LEFT JOIN bill_rows b ON b.mch_id = r.mch_id AND b.business_no = r.refund_id "
        "AND b.what = 'refund' "
        "WHERE r.mch_id = ? AND r.provider_created_ms >= ? AND r.provider_created_ms < ? "
        "AND b.day IS NULL ORDER BY r.provider_created_ms, r.id",
        false},
    look{
        difference_kind::platform_refund,
        "SELECT b.our_no AS place, COALESCE(p.order_no, '') AS order_no, "
        "b.our_no AS refund_no, b.other_no AS transaction_id, "
        "b.amount_fen AS provider_fen, 0 AS our_fen " CAMPUS_TRADE_ROWS
        "LEFT JOIN refunds r ON r.mch_id = b.mch_id AND r.out_refund_no = b.our_no "
        "LEFT JOIN payments p ON p.mch_id = b.mch_id AND p.transaction_id = "
        "b.other_no " CAMPUS_OF_TRADE_DAY "AND b.what = 'refund' AND r.id IS NULL "
        "AND (p.id IS NULL OR b.our_no NOT LIKE CONCAT(p.order_no, 'R__')) ORDER BY b.line_no",
        true},
    look{
        difference_kind::row_twice,
        "SELECT CONCAT(b.what, ':', b.business_no) AS place, b.our_no AS order_no, "
        "'' AS refund_no, b.business_no AS transaction_id, x.amount_fen AS provider_fen, "
        "0 AS our_fen " CAMPUS_TRADE_ROWS
        "JOIN bill_rows x ON x.mch_id = b.mch_id AND x.business_no = b.business_no "
        "AND x.what = b.what AND (x.day <> b.day OR x.line_no <> b.line_no) " CAMPUS_OF_TRADE_DAY
        "AND b.what <> 'other' ORDER BY b.line_no",
        true},
    look{
        difference_kind::row_odd,
        "SELECT CONCAT(b.day, ':', b.line_no) AS place, b.our_no AS order_no, '' AS refund_no, "
        "b.business_no AS transaction_id, b.amount_fen AS provider_fen, 0 AS "
        "our_fen " CAMPUS_TRADE_ROWS CAMPUS_OF_TRADE_DAY "AND b.what = 'other' ORDER BY b.line_no",
        true},
    look{
        difference_kind::flow_missing,
        "SELECT CONCAT(b.what, ':', b.business_no) AS place, b.our_no AS order_no, "
        "'' AS refund_no, b.business_no AS transaction_id, b.amount_fen AS provider_fen, "
        "0 AS our_fen " CAMPUS_TRADE_ROWS
        "LEFT JOIN bill_rows f ON f.mch_id = b.mch_id AND f.business_no = b.business_no "
        "AND f.what = 'movement' " CAMPUS_OF_TRADE_DAY
        "AND b.what <> 'other' AND f.day IS NULL ORDER BY b.line_no",
        true},
    look{
        difference_kind::flow_other,
        "SELECT f.other_no AS place, '' AS order_no, MAX(f.name) AS refund_no, "
        "MAX(f.business_no) AS transaction_id, SUM(f.amount_fen) AS provider_fen, 0 AS our_fen "
        "FROM bill_rows f "
        "LEFT JOIN bill_rows b ON b.mch_id = f.mch_id AND b.business_no = f.business_no "
        "AND b.what IN ('payment', 'refund', 'other') "
        "LEFT JOIN payments p ON p.mch_id = f.mch_id AND p.transaction_id = f.business_no "
        "LEFT JOIN refunds r ON r.mch_id = f.mch_id AND r.out_refund_no = f.our_no "
        "LEFT JOIN ledger_journals j "
        "ON j.business_key = CONCAT('transfer:', f.mch_id, ':', f.other_no) " CAMPUS_IN_FLOW
        "AND b.day IS NULL AND p.id IS NULL AND r.id IS NULL AND j.id IS NULL "
        "GROUP BY f.other_no ORDER BY MIN(f.line_no)",
        true},
    look{
        difference_kind::flow_broken,
        "SELECT b.day AS place, '' AS order_no, '' AS refund_no, '' AS transaction_id, "
        "0 AS provider_fen, 0 AS our_fen FROM bill_files b "
        "WHERE b.day = ? AND b.mch_id = ? AND b.kind = 'flow' AND b.in_order = 0 ORDER BY b.day",
        true},
    // What stands in the ledger for the day's payments and refunds, and on which day.
    look{
        difference_kind::ledger_differs,
        "SELECT CONCAT('payment:', p.order_no) AS place, p.order_no, '' AS refund_no, "
        "p.transaction_id, p.amount_fen AS provider_fen, COALESCE(e.amount_fen, 0) AS our_fen "
        "FROM payments p "
        "LEFT JOIN ledger_journals j ON j.business_key = CONCAT('payment:', p.order_no) "
        "LEFT JOIN ledger_entries e ON e.journal_id = j.id "
        "AND e.account = CONCAT('provider:', p.mch_id) "
        "WHERE p.mch_id = ? AND p.paid_ms >= ? AND p.paid_ms < ? "
        "AND (e.amount_fen IS NULL OR e.amount_fen <> p.amount_fen "
        "OR (j.value_ms <> p.paid_ms AND NOT " CAMPUS_MOVED_ON ")) ORDER BY p.paid_ms, p.id",
        false},
    look{
        difference_kind::ledger_differs,
        "SELECT CONCAT('refund:', r.out_refund_no) AS place, r.order_no, "
        "r.out_refund_no AS refund_no, r.transaction_id, r.amount_fen AS provider_fen, "
        "COALESCE(-e.amount_fen, 0) AS our_fen FROM refunds r LEFT JOIN ledger_journals j "
        "ON j.business_key = CONCAT('refund_sent:', r.mch_id, ':', r.out_refund_no) "
        "LEFT JOIN ledger_entries e ON e.journal_id = j.id "
        "AND e.account = CONCAT('provider:', r.mch_id) "
        "WHERE r.mch_id = ? AND r.provider_created_ms >= ? AND r.provider_created_ms < ? "
        "AND (e.amount_fen IS NULL OR e.amount_fen <> -r.amount_fen "
        "OR (j.value_ms <> r.provider_created_ms AND NOT " CAMPUS_MOVED_ON ")) "
        "ORDER BY r.provider_created_ms, r.id",
        false},
    // ... and what stands there for nothing of ours. Keys: "payment:<order>" and
    // "refund_sent:<merchant>:<number>", beside the account "provider:<merchant>".
    look{
        difference_kind::ledger_differs,
        "SELECT CONCAT('journal:', j.seq) AS place, '' AS order_no, '' AS refund_no, "
        "'' AS transaction_id, 0 AS provider_fen, e.amount_fen AS our_fen "
        "FROM ledger_journals j JOIN ledger_entries e ON e.journal_id = j.id "
        "LEFT JOIN payments p ON j.business_key = CONCAT('payment:', p.order_no) "
        "AND p.order_no = SUBSTRING(j.business_key, 9) AND p.mch_id = SUBSTRING(e.account, 10) "
        "LEFT JOIN refunds r ON r.mch_id = SUBSTRING(e.account, 10) "
        "AND r.out_refund_no = SUBSTRING(j.business_key, CHAR_LENGTH(e.account) + 5) "
        "WHERE e.account = CONCAT('provider:', ?) AND j.value_ms >= ? AND j.value_ms < ? "
        "AND ((j.kind IN ('payment', 'payment_odd', 'payment_stray') AND p.id IS NULL) "
        "OR (j.kind = 'refund_sent' AND r.id IS NULL)) ORDER BY j.value_ms, j.id",
        false},
};

rows answers_of(connection& db, const look& one, const day_scope& of) {
    const auto text = std::string{one.sql} + " LIMIT ?";
    const auto most = differences_listed_max + 1;
    return one.by_bill ? db.select(text, of.day, of.mch_id, most)
                       : db.select(text, of.mch_id, of.from, of.until, most);
}

constexpr auto bill_side =
    "SELECT what, COUNT(*) AS n, SUM(amount_fen) AS fen FROM bill_rows "
    "WHERE day = ? AND mch_id = ? AND kind = 'trade' GROUP BY what";

constexpr auto our_payments =
    "SELECT COUNT(*) AS n, COALESCE(SUM(amount_fen), 0) AS fen FROM payments "
    "WHERE mch_id = ? AND paid_ms >= ? AND paid_ms < ?";

constexpr auto our_refunds =
    "SELECT COUNT(*) AS n, COALESCE(SUM(amount_fen), 0) AS fen FROM refunds "
    "WHERE mch_id = ? AND provider_created_ms >= ? AND provider_created_ms < ?";

constexpr auto ledger_side =
    "SELECT j.kind = 'refund_sent' AS back, COUNT(*) AS n, SUM(e.amount_fen) AS fen "
    "FROM ledger_journals j JOIN ledger_entries e ON e.journal_id = j.id "
    "WHERE j.value_ms >= ? AND j.value_ms < ? AND e.account = CONCAT('provider:', ?) "
    "AND j.kind IN ('payment', 'payment_odd', 'payment_stray', 'refund_sent') GROUP BY back";

constexpr auto cut_in =
    "SELECT COALESCE(SUM(t.fen), 0) AS fen FROM ("
    "SELECT SUM(b.amount_fen) AS fen FROM bill_rows b JOIN payments p "
    "ON p.mch_id = b.mch_id AND p.transaction_id = b.business_no " CAMPUS_OF_TRADE_DAY
    "AND b.what = 'payment' AND (p.paid_ms < ? OR p.paid_ms >= ?) "
    "UNION ALL SELECT -SUM(b.amount_fen) FROM bill_rows b JOIN refunds r "
    "ON r.mch_id = b.mch_id AND r.out_refund_no = b.our_no " CAMPUS_OF_TRADE_DAY
    "AND b.what = 'refund' AND (r.provider_created_ms < ? OR r.provider_created_ms >= ?)) t";

constexpr auto cut_out =
    "SELECT COALESCE(SUM(t.fen), 0) AS fen FROM ("
    "SELECT SUM(p.amount_fen) AS fen FROM payments p JOIN bill_rows b "
    "ON b.mch_id = p.mch_id AND b.business_no = p.transaction_id AND b.kind = 'trade' "
    "AND b.what = 'payment' "
    "WHERE p.mch_id = ? AND p.paid_ms >= ? AND p.paid_ms < ? AND b.day <> ? "
    "UNION ALL SELECT -SUM(r.amount_fen) FROM refunds r JOIN bill_rows b "
    "ON b.mch_id = r.mch_id AND b.business_no = r.refund_id AND b.kind = 'trade' "
    "AND b.what = 'refund' WHERE r.mch_id = ? AND r.provider_created_ms >= ? "
    "AND r.provider_created_ms < ? AND b.day <> ?) t";

constexpr auto trade_fees =
    "SELECT COALESCE(SUM(fee_fine), 0) AS fine, COALESCE(SUM(MOD(fee_fine, 1000) <> 0), 0) AS odd "
    "FROM bill_rows WHERE day = ? AND mch_id = ? AND kind = 'trade'";

// The fees of the account are what the trade bill says of all that moved on it that day, less what
// moved. Of a day with nothing odd each of these statements but the first finds no rows: anti-joins
// by index, where EXISTS would make the optimizer copy the day.
#define CAMPUS_SETTLED "IF(b.what = 'payment', b.settled_fen, -b.settled_fen)"

constexpr auto settled_by_bill =
    "SELECT COALESCE(SUM(" CAMPUS_SETTLED "), 0) AS fen " CAMPUS_TRADE_ROWS CAMPUS_OF_TRADE_DAY
    "AND b.what <> 'other'";

constexpr auto not_moved =
    "SELECT COALESCE(SUM(" CAMPUS_SETTLED "), 0) AS fen " CAMPUS_TRADE_ROWS
    "LEFT JOIN bill_rows f ON f.mch_id = b.mch_id AND f.business_no = b.business_no "
    "AND f.what = 'movement' AND f.day = b.day " CAMPUS_OF_TRADE_DAY
    "AND b.what <> 'other' AND f.day IS NULL";

// Beside a row before them.
constexpr auto settled_twice =
    "SELECT COALESCE(SUM(t.fen), 0) AS fen FROM (SELECT DISTINCT b.line_no, " CAMPUS_SETTLED
    " AS fen " CAMPUS_TRADE_ROWS
    "JOIN bill_rows x ON x.mch_id = b.mch_id AND x.business_no = b.business_no "
    "AND x.what = b.what AND (x.day < b.day OR (x.day = b.day AND x.line_no < "
    "b.line_no)) " CAMPUS_OF_TRADE_DAY "AND b.what <> 'other') t";

// The trade bill has them on a neighbour day.
constexpr auto moved_from_other_day =
    "SELECT COALESCE(SUM(t.fen), 0) AS fen FROM (SELECT DISTINCT b.line_no, " CAMPUS_SETTLED
    " AS fen " CAMPUS_TRADE_ROWS
    "JOIN bill_rows f ON f.mch_id = b.mch_id AND f.business_no = b.business_no "
    "AND f.what = 'movement' AND f.day = ? " CAMPUS_OF_TRADE_DAY "AND b.what <> 'other') t";

// Movements that are in no trade bill: what they are altogether, and what our payments among them
// were charged.
constexpr auto not_in_bill =
    "SELECT COALESCE(SUM(t.fen), 0) AS moved, "
    "COALESCE(SUM(IF(p.id IS NULL, 0, p.amount_fen - t.fen)), 0) AS charged FROM ("
    "SELECT f.mch_id, f.business_no, SUM(f.amount_fen) AS fen FROM bill_rows f "
    "LEFT JOIN bill_rows b ON b.mch_id = f.mch_id AND b.business_no = f.business_no "
    "AND b.what IN ('payment', 'refund') " CAMPUS_IN_FLOW
    "AND b.day IS NULL GROUP BY f.mch_id, f.business_no) t "
    "LEFT JOIN payments p ON p.mch_id = t.mch_id AND p.transaction_id = t.business_no";

constexpr auto moved_in_all =
    "SELECT COALESCE(SUM(f.amount_fen), 0) AS fen FROM bill_rows f " CAMPUS_IN_FLOW;

constexpr auto fees_booked =
    "SELECT COALESCE(SUM(e.amount_fen), 0) AS fen FROM ledger_journals j "
    "JOIN ledger_entries e ON e.journal_id = j.id AND e.account = ? "
    "WHERE j.business_key = ? OR j.business_key LIKE ?";

constexpr auto flow_side =
    "SELECT COALESCE(SUM(IF(amount_fen > 0, amount_fen, 0)), 0) AS income, "
    "COALESCE(SUM(IF(amount_fen < 0, -amount_fen, 0)), 0) AS expense FROM bill_rows "
    "WHERE day = ? AND mch_id = ? AND kind = 'flow'";

constexpr auto balance_at =
    "SELECT COALESCE(SUM(e.amount_fen), 0) AS fen FROM ledger_entries e "
    "JOIN ledger_journals j ON j.id = e.journal_id "
    "WHERE e.account = ? AND COALESCE(j.value_ms, j.booked_ms) < ?";

base::fen one_sum(rows found, std::string_view column = "fen") {
    base::ensure(found.next(), "a sum answers one row");
    return found.fen(column);
}

void sum_up_bill(connection& db, const day_scope& of, side_sums& into) {
    auto found = db.select(bill_side, of.day, of.mch_id);
    while (found.next()) {
        const auto what = found.text("what");
        if (what == "payment") {
            into.payments = found.i64("n");
            into.paid = found.fen("fen");
        } else if (what == "refund") {
            into.refunds = found.i64("n");
            into.refunded = found.fen("fen");
        }
    }
}

void sum_up_ours(connection& db, const day_scope& of, side_sums& into) {
    auto paid = db.select(our_payments, of.mch_id, of.from, of.until);
    base::ensure(paid.next(), "a sum answers one row");
    into.payments = paid.i64("n");
    into.paid = paid.fen("fen");
    auto back = db.select(our_refunds, of.mch_id, of.from, of.until);
    base::ensure(back.next(), "a sum answers one row");
    into.refunds = back.i64("n");
    into.refunded = back.fen("fen");
}

void sum_up_ledger(connection& db, const day_scope& of, side_sums& into) {
    auto found = db.select(ledger_side, of.from, of.until, of.mch_id);
    while (found.next()) {
        if (found.flag("back")) {
            into.refunds = found.i64("n");
            into.refunded = -found.fen("fen");
        } else {
            into.payments = found.i64("n");
            into.paid = found.fen("fen");
        }
    }
}

base::fen charged_by_flow(connection& db, const day_scope& of) {
    const auto sum = [&](std::string_view sql) {
        return one_sum(db.select(sql, of.day, of.mch_id));
    };
    auto settled = sum(settled_by_bill) - sum(not_moved) - sum(settled_twice);
    for (const int off : {-1, 1}) {
        const auto other = base::to_text(base::plus_days(base::business_day_of(of.from), off));
        settled += one_sum(db.select(moved_from_other_day, of.day, other, of.mch_id));
    }
    auto rest = db.select(not_in_bill, of.day, of.mch_id);
    base::ensure(rest.next(), "a sum answers one row");
    return settled - (sum(moved_in_all) - rest.fen("moved")) + rest.fen("charged");
}

void compare_fees(const day_fees& fees, const day_scope& of, day_compared& into) {
    const auto add = [&](difference_kind kind, base::fen provider, base::fen ours) {
        into.found.push_back({kind, of.day, {}, {}, {}, provider, ours});
    };
    const base::fen by_bill{fees.bill_fine / 1000};
    if (!fees.whole) add(difference_kind::fees_not_whole, by_bill, fees.flow);
    if (fees.bill_fine % 1000 != 0 || by_bill != fees.flow) {
        add(difference_kind::fees_differ, by_bill, fees.flow);
    } else if (fees.booked != base::fen{} && fees.booked != fees.flow) {
        add(difference_kind::fees_differ, fees.flow, fees.booked);
    }
}

}  // namespace

day_compared compare_day(connection& db, const day_scope& of) {
    day_compared out;
    for (const auto& one : looks) {
        auto found = answers_of(db, one, of);
        std::set<std::string> seen;
        while (found.next() && seen.size() < differences_listed_max) {
            if (!seen.insert(found.text("place")).second) continue;
            out.found.push_back(
                {one.kind,
                 found.text("place"),
                 found.text("order_no"),
                 found.text("refund_no"),
                 found.text("transaction_id"),
                 found.fen("provider_fen"),
                 found.fen("our_fen")}
            );
        }
        if (found.size() > differences_listed_max) {
            out.unlisted.push_back(one.kind);
        }
    }
    out.fees = fees_of_day(db, of);
    compare_fees(out.fees, of, out);
    return out;
}

bool day_has_money(connection& db, const day_scope& of) {
    side_sums sides;
    sum_up_bill(db, of, sides);
    if (sides.payments + sides.refunds > 0) return true;
    sum_up_ours(db, of, sides);
    return sides.payments + sides.refunds > 0;
}

day_fees fees_of_day(connection& db, const day_scope& of) {
    day_fees out;
    auto bill = db.select(trade_fees, of.day, of.mch_id);
    base::ensure(bill.next(), "a sum answers one row");
    out.bill_fine = bill.i64("fine");
    out.whole = bill.i64("odd") == 0;
    out.flow = charged_by_flow(db, of);
    out.booked = fees_booked_of(db, of);
    return out;
}

base::fen fees_booked_of(connection& db, const day_scope& of) {
    const auto key = fees_key(of);
    return one_sum(db.select(fees_booked, fees_account(of.mch_id), key, key + ":%"));
}

day_sums sum_up_day(connection& db, const day_scope& of, const day_fees& fees) {
    day_sums out;
    sum_up_bill(db, of, out.bill);
    sum_up_ours(db, of, out.ours);
    sum_up_ledger(db, of, out.ledger);
    const auto& [day, mch, from, until] = of;
    out.cut_in = one_sum(db.select(cut_in, day, mch, from, until, day, mch, from, until));
    out.cut_out = one_sum(db.select(cut_out, mch, from, until, day, mch, from, until, day));
    out.bill_fees_fine = fees.bill_fine;
    out.flow_fees = fees.flow;
    out.booked_fees = fees.booked;
    auto flow = db.select(flow_side, day, mch);
    base::ensure(flow.next(), "a sum answers one row");
    out.flow_income = flow.fen("income");
    out.flow_expense = flow.fen("expense");
    if (const auto file = find_bill(db, {of, bill_kind::flow})) {
        out.opening = file->opening;
        out.closing = file->closing;
    }
    out.ledger_balance = one_sum(db.select(balance_at, provider_account(mch), until));
    return out;
}

}  // namespace db
