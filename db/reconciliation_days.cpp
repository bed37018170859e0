#include "db/reconciliation_days.hpp"

#include "db/audit.hpp"
#include "db/ledger.hpp"
#include "server/base/beijing.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

#define CAMPUS_DAY_COLUMNS                                                                \
    "SELECT day, mch_id, state, trouble, bill_payments, bill_paid_fen, bill_refunds, "    \
    "bill_refunded_fen, our_payments, our_paid_fen, our_refunds, our_refunded_fen, "      \
    "ledger_payments, ledger_paid_fen, ledger_refunds, ledger_refunded_fen, cut_in_fen, " \
    "cut_out_fen, bill_fees_fine, flow_fees_fen, booked_fees_fen, flow_income_fen, "      \
    "flow_expense_fen, flow_opening_fen, flow_closing_fen, ledger_balance_fen, run_ms, "  \
    "closed_by, closed_ms, closed_seq, closed_hash FROM reconciliation_days "

constexpr auto find = CAMPUS_DAY_COLUMNS "WHERE day = ? AND mch_id = ?";

constexpr auto since = CAMPUS_DAY_COLUMNS "WHERE day >= ? ORDER BY day DESC, mch_id";

constexpr auto between = CAMPUS_DAY_COLUMNS "WHERE day >= ? AND day < ? ORDER BY day, mch_id";

constexpr auto unresolved_between =
    "SELECT day, COUNT(*) AS n FROM reconciliation_differences "
    "WHERE day >= ? AND day < ? AND state <> 'resolved' GROUP BY day";

constexpr auto first = "SELECT MIN(day) AS day FROM reconciliation_days";

constexpr auto make =
    "INSERT IGNORE INTO reconciliation_days (day, mch_id, state, ends_ms, run_ms) "
    "VALUES (?, ?, 'open', ?, ?)";

constexpr auto set_trouble =
    "UPDATE reconciliation_days SET trouble = ?, run_ms = ?, version = version + 1 "
    "WHERE day = ? AND mch_id = ? AND state = 'open' AND NOT (trouble <=> ?)";

constexpr auto count_unresolved =
    "SELECT COUNT(*) AS n FROM reconciliation_differences "
    "WHERE day = ? AND mch_id = ? AND state <> 'resolved'";

constexpr auto set_sums =
    "UPDATE reconciliation_days SET state = ?, trouble = NULL, bill_payments = ?, "
    "bill_paid_fen = ?, bill_refunds = ?, bill_refunded_fen = ?, our_payments = ?, "
    "our_paid_fen = ?, our_refunds = ?, our_refunded_fen = ?, ledger_payments = ?, "
    "ledger_paid_fen = ?, ledger_refunds = ?, ledger_refunded_fen = ?, cut_in_fen = ?, "
    "cut_out_fen = ?, bill_fees_fine = ?, flow_fees_fen = ?, booked_fees_fen = ?, "
    "flow_income_fen = ?, flow_expense_fen = ?, flow_opening_fen = ?, flow_closing_fen = ?, "
    "ledger_balance_fen = ?, run_ms = ?, version = version + 1 "
    "WHERE day = ? AND mch_id = ? AND state <> 'closed'";

// Whatever moved on an earlier day that nobody has closed, compared or not.
constexpr auto journal_before =
    "SELECT MIN(value_ms) AS at FROM ledger_journals WHERE value_ms >= ? AND value_ms < ?";

constexpr auto day_before =
    "SELECT MIN(day) AS day FROM reconciliation_days WHERE day < ? AND state <> 'closed' "
    "AND (state = 'differs' OR bill_payments + bill_refunds + our_payments + our_refunds + "
    "flow_income_fen + flow_expense_fen > 0)";

constexpr auto booked_since =
    "SELECT seq FROM ledger_journals WHERE seq > ? AND value_ms >= ? AND value_ms < ? LIMIT 1";

constexpr auto close =
    "UPDATE reconciliation_days SET state = 'closed', closed_by = ?, closed_ms = ?, "
    "closed_seq = ?, closed_hash = ?, version = version + 1 "
    "WHERE day = ? AND mch_id = ? AND state = 'balanced'";

day_state state_of(std::string_view text) {
    if (text == "balanced") return day_state::balanced;
    if (text == "differs") return day_state::differs;
    return text == "closed" ? day_state::closed : day_state::open;
}

side_sums side_of(const rows& row, const std::string& side) {
    side_sums out;
    out.payments = row.i64(side + "_payments");
    out.paid = row.fen(side + "_paid_fen");
    out.refunds = row.i64(side + "_refunds");
    out.refunded = row.fen(side + "_refunded_fen");
    return out;
}

reconciliation_day day_of(const rows& row) {
    reconciliation_day out;
    out.day = row.text("day");
    out.mch_id = row.text("mch_id");
    out.state = state_of(row.text("state"));
    out.trouble = row.maybe_text("trouble").value_or("");
    out.sums.bill = side_of(row, "bill");
    out.sums.ours = side_of(row, "our");
    out.sums.ledger = side_of(row, "ledger");
    out.sums.cut_in = row.fen("cut_in_fen");
    out.sums.cut_out = row.fen("cut_out_fen");
    out.sums.bill_fees_fine = row.i64("bill_fees_fine");
    out.sums.flow_fees = row.fen("flow_fees_fen");
    out.sums.booked_fees = row.fen("booked_fees_fen");
    out.sums.flow_income = row.fen("flow_income_fen");
    out.sums.flow_expense = row.fen("flow_expense_fen");
    out.sums.opening = row.maybe_fen("flow_opening_fen");
    out.sums.closing = row.maybe_fen("flow_closing_fen");
    out.sums.ledger_balance = row.fen("ledger_balance_fen");
    out.run_at = row.i64("run_ms");
    out.closed_by = row.maybe_text("closed_by").value_or("");
    out.closed_at = row.maybe_i64("closed_ms");
    out.closed_seq = row.maybe_i64("closed_seq");
    out.closed_hash = row.maybe_bytes("closed_hash").value_or("");
    return out;
}

void write_sums(
    connection& db, const day_scope& of, day_state state, const day_sums& s, base::epoch_ms now
) {
    db.change(
        set_sums,
        name_of(state),
        s.bill.payments,
        s.bill.paid,
        s.bill.refunds,
        s.bill.refunded,
        s.ours.payments,
        s.ours.paid,
        s.ours.refunds,
        s.ours.refunded,
        s.ledger.payments,
        s.ledger.paid,
        s.ledger.refunds,
        s.ledger.refunded,
        s.cut_in,
        s.cut_out,
        s.bill_fees_fine,
        s.flow_fees,
        s.booked_fees,
        s.flow_income,
        s.flow_expense,
        s.opening,
        s.closing,
        s.ledger_balance,
        now,
        of.day,
        of.mch_id
    );
}

std::optional<std::string> earlier_open_day(
    connection& db, const day_scope& of, base::epoch_ms closed_until
) {
    auto moved = db.select(journal_before, closed_until, of.from);
    if (moved.next() && !moved.is_null("at")) {
        return base::to_text(base::business_day_of(moved.i64("at")));
    }
    auto looked_at = db.select(day_before, of.day);
    if (looked_at.next()) return looked_at.maybe_text("day");
    return std::nullopt;
}

// Why a merchant's day cannot be closed; `closed`: it can.
close_day_kind obstacle(connection& db, const day_scope& of) {
    const auto known = find_day(db, of.day, of.mch_id);
    if (!known || known->state == day_state::open) return close_day_kind::not_compared;
    if (known->state == day_state::closed) return close_day_kind::closed_before;
    auto left = db.select(count_unresolved, of.day, of.mch_id);
    base::ensure(left.next(), "a count answers one row");
    const bool balanced = known->state == day_state::balanced && left.i64("n") == 0;
    return balanced ? close_day_kind::closed : close_day_kind::differs;
}

}  // namespace

std::string_view name_of(day_state state) {
    switch (state) {
        case day_state::open:
            return "open";
        case day_state::balanced:
            return "balanced";
        case day_state::differs:
            return "differs";
        case day_state::closed:
            return "closed";
    }
    return "open";
}

std::optional<reconciliation_day> find_day(
    connection& db, std::string_view day, std::string_view mch_id
) {
    auto found = db.select(find, day, mch_id);
    if (!found.next()) return std::nullopt;
    return day_of(found);
}

std::vector<reconciliation_day> days_since(connection& db, std::string_view day) {
    auto found = db.select(since, day);
    std::vector<reconciliation_day> out;
    while (found.next()) out.push_back(day_of(found));
    return out;
}

std::vector<reconciliation_day> days_between(
    connection& db, std::string_view from, std::string_view until
) {
    auto found = db.select(between, from, until);
    std::vector<reconciliation_day> out;
    while (found.next()) out.push_back(day_of(found));
    return out;
}

std::vector<days_difference_count> unresolved_between_days(
    connection& db, std::string_view from, std::string_view until
) {
    auto found = db.select(unresolved_between, from, until);
    std::vector<days_difference_count> out;
    while (found.next()) out.push_back({found.text("day"), found.i64("n")});
    return out;
}

std::optional<std::string> first_day(connection& db) {
    auto found = db.select(first);
    if (!found.next()) return std::nullopt;
    return found.maybe_text("day");
}

void keep_trouble(
    connection& db,
    const day_lease& mine,
    const day_scope& of,
    std::string_view trouble,
    base::epoch_ms now
) {
    hold_day(db, mine);
    db.change(make, of.day, of.mch_id, of.until, now);
    db.change(set_trouble, trouble, now, of.day, of.mch_id, trouble);
}

void finish_day(
    connection& db,
    const day_lease& mine,
    const day_scope& of,
    const day_sums& sums,
    base::epoch_ms now
) {
    hold_day(db, mine);
    db.change(make, of.day, of.mch_id, of.until, now);
    auto left = db.select(count_unresolved, of.day, of.mch_id);
    base::ensure(left.next(), "a count answers one row");
    const auto state = left.i64("n") == 0 ? day_state::balanced : day_state::differs;
    const auto before = find_day(db, of.day, of.mch_id);
    base::ensure(before.has_value(), "a day that was made is there");
    if (before->state == state && before->sums == sums) return;
    write_sums(db, of, state, sums, now);
}

close_day_outcome close_day(connection& db, const close_day_wish& wish) {
    hold_day(db, wish.mine);
    const auto head = lock_ledger_head(db);
    std::vector<day_scope> to_close;
    for (const auto& of : wish.merchants) {
        if (wish.now < of.until) return {close_day_kind::day_not_over, {}};
        const auto why = obstacle(db, of);
        if (why == close_day_kind::closed_before) continue;
        if (why != close_day_kind::closed) return {why, of.mch_id};
        if (auto which = earlier_open_day(db, of, head.closed_until)) {
            return {close_day_kind::earlier_day_open, *which};
        }
        // The head is locked: what is booked into the day now waits and is put later.
        if (db.select(booked_since, wish.seen_seq, of.from, of.until).next()) {
            return {close_day_kind::moved_meanwhile, {}};
        }
        to_close.push_back(of);
    }
    if (to_close.empty()) {
        db.found_done();
        return {close_day_kind::closed_before, {}};
    }
    // From here on it must succeed.
    for (const auto& of : to_close) {
        const auto closed =
            db.change(close, wish.by, wish.now, head.seq, blob{head.hash}, of.day, of.mch_id);
        base::ensure(closed == 1, "a balanced day closes once");
        base::crash_point("reconcile.between_merchants");
        const auto object = of.day + " " + of.mch_id;
        append_audit(db, {wish.by, "reconcile.close", object, "done", {}}, wish.now);
        close_ledger_until(db, of.until);
    }
    return {close_day_kind::closed, {}};
}

}  // namespace db
