#include <algorithm>
#include <string>

#include "db/choices.hpp"
#include "db/ledger.hpp"
#include "db/orders.hpp"
#include "db/outbox.hpp"
#include "db/refund_rows.hpp"
#include "db/refunds.hpp"
#include "db/server_clock.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"

// What WeChat says about a refund becomes true here.
namespace db {
namespace {

using rules::refund_event;
using rules::refund_state;

constexpr auto lock_payment = "SELECT id FROM payments WHERE order_no = ? FOR UPDATE";

constexpr auto move =
    "UPDATE refunds SET state = ?, refund_id = COALESCE(refund_id, ?), "
    "provider_created_ms = COALESCE(provider_created_ms, ?), success_ms = ?, "
    "received_account = COALESCE(?, received_account), attention = ?, asked_count = 0, "
    "next_ms = " CAMPUS_DB_NOW_MS
    " + ?, lease_owner = NULL, lease_until_ms = 0, version = version + 1 "
    "WHERE id = ? AND state = ?";

constexpr auto flag =
    "UPDATE refunds SET attention = ?, next_ms = NULL, version = version + 1 WHERE id = ?";

constexpr auto line_went_back =
    "UPDATE order_lines l JOIN orders o ON o.id = l.order_id "
    "SET l.refunded_fen = l.refunded_fen + ? "
    "WHERE o.order_no = ? AND l.line_no = ? AND l.refunded_fen + ? <= l.refund_held_fen";

// The state comes first: it looks at the surplus as it was.
constexpr auto payment_went_back =
    "UPDATE payments SET "
    "state = IF(state IN ('refund_due', 'odd') AND surplus_fen = ?, 'settled', state), "
    "refund_done_fen = refund_done_fen + ?, surplus_fen = surplus_fen - ?, "
    "surplus_held_fen = surplus_held_fen - ?, version = version + 1 "
    "WHERE order_no = ? AND refund_done_fen + ? <= refund_held_fen AND surplus_held_fen >= ?";

constexpr auto lock_bill = "SELECT chosen FROM bills WHERE id = ? FOR UPDATE";

constexpr auto bill_due_again =
    "UPDATE bills SET paid_fen = paid_fen - ?, version = version + 1, changed_ms = ? "
    "WHERE id = ? AND paid_fen >= ?";

constexpr auto bill_lowered =
    "UPDATE bills SET paid_fen = paid_fen - ?, due_fen = due_fen - ?, version = version + 1, "
    "changed_ms = ? WHERE id = ? AND paid_fen >= ? AND due_fen >= ?";

constexpr auto insert_adjustment =
    "INSERT INTO bill_adjustments (id, bill_id, amount_fen, reason, made_by, made_ms) "
    "VALUES (?, ?, ?, ?, ?, ?)";

std::string key_of(std::string_view event, const refund& one) {
    return std::string{event} + ":" + one.mch_id + ":" + one.out_refund_no;
}

std::optional<std::string_view> some(const std::string& text) {
    return text.empty() ? std::optional<std::string_view>{} : std::optional<std::string_view>{text};
}

void change_bill(connection& db, const refund& one, const refund_line& line, base::epoch_ms now) {
    const auto bill = *line.bill_id;
    auto locked = db.select(lock_bill, bill);
    base::ensure(locked.next(), "the bill of a refund exists");
    const bool chosen = locked.flag("chosen");
    // Nobody owes what he had merely chosen.
    if (one.afterwards == rules::bills_afterwards::due_again && !chosen) {
        base::ensure(
            db.change(bill_due_again, line.amount, now, bill, line.amount) == 1,
            "a bill has taken what goes back"
        );
        return;
    }
    const auto lowered =
        db.change(bill_lowered, line.amount, line.amount, now, bill, line.amount, line.amount);
    base::ensure(lowered == 1, "a bill has taken what goes back");
    db.change(
        insert_adjustment, base::next_id(), bill, -line.amount, one.reason, one.asked_by, now
    );
    if (chosen) give_back_choice(db, one.order_no, now);
}

// The money has reached the payer: lines, bills, payment, and where it stood in the books.
std::vector<ledger_entry> settle_lines(connection& db, const refund& one, base::epoch_ms now) {
    // In ascending id, as orders lock them.
    auto lines = one.lines;
    std::sort(lines.begin(), lines.end(), [](const refund_line& a, const refund_line& b) {
        return a.bill_id.value_or(0) < b.bill_id.value_or(0);
    });
    std::vector<ledger_entry> out;
    base::fen surplus;
    for (const auto& line : lines) {
        if (line.line_no == 0) {
            surplus += line.amount;
            out.push_back({suspense_account, one.person_id, {}, line.amount});
            continue;
        }
        const auto went =
            db.change(line_went_back, line.amount, one.order_no, line.line_no, line.amount);
        base::ensure(went == 1, "a line gives back what its refund reserved");
        change_bill(db, one, line, now);
        out.push_back({fee_account(*line.item_id), one.person_id, line.bill_id, line.amount});
    }
    const auto went = db.change(
        payment_went_back, surplus, one.amount, surplus, surplus, one.order_no, one.amount, surplus
    );
    base::ensure(went == 1, "a payment gives back what its refund reserved");
    out.push_back({refunding_account, {}, {}, -one.amount});
    return out;
}

void book_sent(connection& db, const refund& one, base::epoch_ms at, base::epoch_ms now) {
    const auto key = key_of("refund_sent", one);
    if (is_booked(db, key)) return;
    ledger_journal journal{"refund_sent", key, {}, at};
    journal.entries = {
        {refunding_account, {}, {}, one.amount},
        {provider_account(one.mch_id), {}, {}, -one.amount},
    };
    book(db, journal, now);
}

void book_end(
    connection& db,
    const refund& one,
    refund_state to,
    const std::vector<ledger_entry>& settled,
    base::epoch_ms at,
    base::epoch_ms now
) {
    if (to == refund_state::success) {
        const auto key = key_of("refund", one);
        book(db, {"refund", key, settled, at}, now);
    } else if (to == refund_state::closed) {
        const auto key = key_of("refund_closed", one);
        ledger_journal journal{"refund_closed", key, {}, at};
        journal.entries = {
            {provider_account(one.mch_id), {}, {}, one.amount},
            {refunding_account, {}, {}, -one.amount},
        };
        book(db, journal, now);
    }
}

std::optional<base::epoch_ms> wait_for_next_look(refund_state to) {
    if (!rules::is_under_way(to)) return std::nullopt;
    return rules::refund_question_wait_ms(0);
}

bool says_what_is_known(refund_state state, refund_event event) {
    switch (event) {
        case refund_event::acknowledged:
            return state == refund_state::processing;
        case refund_event::succeeded:
            return state == refund_state::success;
        case refund_event::closed:
            return state == refund_state::closed;
        case refund_event::went_wrong:
            return state == refund_state::abnormal;
        case refund_event::released:
        case refund_event::rejected:
        case refund_event::refused:
        case refund_event::sent_again:
        case refund_event::given_up:
            break;
    }
    return false;
}

// An older word of WeChat's that arrives after a newer one is no contradiction.
bool is_overtaken(const refund& one, refund_event event) {
    const bool preliminary =
        event == refund_event::acknowledged || event == refund_event::went_wrong;
    return preliminary && one.created_at.has_value();
}

}  // namespace

std::string_view name_of(fact_outcome outcome) {
    switch (outcome) {
        case fact_outcome::applied:
            return "applied";
        case fact_outcome::repeated:
            return "repeated";
        case fact_outcome::unknown_refund:
            return "unknown_refund";
        case fact_outcome::amount_differs:
            return "amount_differs";
        case fact_outcome::impossible:
            return "impossible";
    }
    return "impossible";
}

fact_outcome apply_refund_fact(connection& db, const refund_fact& fact, base::epoch_ms now) {
    const auto known = find_refund(db, fact.mch_id, fact.out_refund_no);
    if (!known) return fact_outcome::unknown_refund;
    lock_order(db, known->order_no);
    db.select(lock_payment, known->order_no);
    const auto one = lock_refund(db, known->id);
    base::ensure(one.has_value(), "a refund that was found can be locked");

    if (fact.amount && *fact.amount != one->amount) {
        db.change(flag, "amount_differs", one->id);
        return fact_outcome::amount_differs;
    }
    if (says_what_is_known(one->state, fact.event)) {
        db.found_done();
        return fact_outcome::repeated;
    }
    const auto to = rules::next(one->state, fact.event);
    if (!to) {
        if (is_overtaken(*one, fact.event)) return fact_outcome::repeated;
        db.change(flag, "contradiction", one->id);
        return fact_outcome::impossible;
    }
    const auto created =
        one->created_at.value_or(fact.created_at.value_or(one->sent_at.value_or(now)));

    // From here on it must succeed.
    std::vector<ledger_entry> settled;
    if (*to == refund_state::success) settled = settle_lines(db, *one, now);
    if (*to == refund_state::closed) free_reservation(db, *one);
    const auto attention =
        *to == refund_state::abnormal ? std::optional<std::string_view>{"ABNORMAL"} : std::nullopt;
    const auto moved = db.change(
        move,
        rules::name_of(*to),
        some(fact.refund_id),
        created,
        *to == refund_state::success ? std::optional{fact.succeeded_at.value_or(now)}
                                     : std::nullopt,
        some(fact.received_account),
        attention,
        wait_for_next_look(*to),
        one->id,
        rules::name_of(one->state)
    );
    base::ensure(moved == 1, "a locked refund moves once");
    if (*to == refund_state::success && one->person_id) {
        queue_message(db, "refunded", "refunded:" + one->out_refund_no, *one->person_id, now);
    }
    book_sent(db, *one, created, now);
    book_end(db, *one, *to, settled, fact.succeeded_at.value_or(now), now);
    return fact_outcome::applied;
}

}  // namespace db
