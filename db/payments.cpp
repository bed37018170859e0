#include "db/payments.hpp"

#include <algorithm>

#include "db/bills.hpp"
#include "db/choices.hpp"
#include "db/ledger.hpp"
#include "db/orders.hpp"
#include "db/outbox.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/rules/order_state.hpp"
#include "server/rules/settlement.hpp"

namespace db {
namespace {

constexpr auto payment_of_order = "SELECT transaction_id FROM payments WHERE order_no = ?";

constexpr auto payment_of_transaction =
    "SELECT order_no FROM payments WHERE mch_id = ? AND transaction_id = ?";

constexpr auto insert_payment =
    "INSERT INTO payments (id, mch_id, transaction_id, order_no, amount_fen, paid_ms, learnt_by, "
    "state, surplus_fen, booked_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr auto pay_order =
    "UPDATE orders SET state = ?, paid_ms = ?, transaction_id = ?, closing = 0, "
    "next_ask_ms = NULL, lease_until_ms = 0, version = version + 1 WHERE id = ? AND state = ?";

constexpr auto stop_asking =
    "UPDATE orders SET next_ask_ms = NULL, attention = ?, version = version + 1 WHERE id = ?";

constexpr auto credit_line =
    "UPDATE order_lines SET credited_fen = amount_fen "
    "WHERE order_id = ? AND line_no = ? AND credited_fen = 0";

constexpr auto parked = "SELECT order_no FROM payments WHERE state = 'parked' ORDER BY id LIMIT ?";

constexpr auto lock_payment =
    "SELECT id, state, surplus_fen, version FROM payments WHERE order_no = ? FOR UPDATE";

constexpr auto move_payment =
    "UPDATE payments SET state = ?, surplus_fen = ?, version = version + 1 "
    "WHERE id = ? AND state = 'parked' AND version = ?";

constexpr auto paid_lines =
    "SELECT o.order_no, l.period, l.item_name, l.credited_fen, l.refunded_fen, o.paid_ms, "
    "o.transaction_id "
    "FROM orders o JOIN order_lines l ON l.order_id = o.id "
    "WHERE o.person_id = ? AND o.state IN ('paid', 'paid_late') AND l.credited_fen > 0 "
    "ORDER BY o.paid_ms DESC, o.id DESC, l.line_no LIMIT ?";

std::string_view name_of(learnt_by how) {
    switch (how) {
        case learnt_by::notice:
            return "notice";
        case learnt_by::query:
            return "query";
        case learnt_by::bill:
            return "bill";
    }
    return "query";
}

void keep_payment(
    connection& db,
    const payment_fact& fact,
    std::string_view state,
    base::fen surplus,
    base::epoch_ms now
) {
    db.change(
        insert_payment,
        base::next_id(),
        fact.mch_id,
        fact.transaction_id,
        fact.order_no,
        fact.amount,
        fact.paid_at,
        name_of(fact.how),
        state,
        surplus,
        now
    );
}

// Money that cannot be placed by rule: on the books at once, moved by a person.
void keep_odd(connection& db, const order& found, const payment_fact& fact, base::epoch_ms now) {
    db.change(stop_asking, "amount_differs", found.id);
    keep_payment(db, fact, "odd", fact.amount, now);
    base::crash_point("payment.after_odd_row");
    const auto key = "payment:" + fact.order_no;
    ledger_journal journal{"payment_odd", key, {}, fact.paid_at};
    journal.entries = {
        {provider_account(fact.mch_id), {}, {}, fact.amount},
        {suspense_account, found.person_id, {}, -fact.amount},
    };
    book(db, journal, now);
}

struct settled_lines {
    std::vector<ledger_entry> credits;  // of fee accounts
    base::fen credited;
    base::fen waiting;
    base::fen surplus;
    std::vector<std::string> blocking_orders;
    bool chosen = false;  // a bill that the payer had chosen has its money
};

// What a chosen bill takes from an order. It lives with one order: what belongs to an older one
// goes back instead of waiting for the newer one and ending it.
rules::settlement_line line_of_chosen(
    const rules::bill& bill, const order_line& line, std::string_view order_no
) {
    const bool held = bill.live_order_no == order_no;
    return {
        0, bill.id, line.amount, held ? rules::owed_of(bill) : base::fen{}, std::string{order_no}};
}

// Credits what can be credited of the lines that are still without money.
settled_lines credit_lines(connection& db, const order& one, base::epoch_ms now) {
    std::vector<std::int64_t> ids;
    for (const auto& line : one.lines) ids.push_back(line.bill_id);
    std::sort(ids.begin(), ids.end());
    const auto bills = lock_bills(db, one.person_id, ids);
    std::vector<rules::settlement_line> open_lines;
    bool chosen = false;
    for (std::size_t i = 0; i < one.lines.size(); ++i) {
        const auto& line = one.lines[i];
        if (line.credited > base::fen{}) continue;
        const auto bill = std::find_if(bills.begin(), bills.end(), [&](const rules::bill& b) {
            return b.id == line.bill_id;
        });
        base::ensure(bill != bills.end(), "the bill of an order line exists");
        rules::settlement_line open{
            0, line.bill_id, line.amount, rules::owed_of(*bill), bill->live_order_no};
        if (bill->chosen) open = line_of_chosen(*bill, line, one.order_no);
        open.line_no = static_cast<int>(i) + 1;
        open_lines.push_back(std::move(open));
        chosen = chosen || bill->chosen;
    }

    settled_lines out;
    for (const auto& decided : rules::settle(open_lines, one.order_no)) {
        const auto& line = one.lines[static_cast<std::size_t>(decided.line_no) - 1];
        switch (decided.what) {
            case rules::credit_kind::credit:
                base::ensure(
                    credit_bill(db, line.bill_id, one.order_no, line.amount, now),
                    "a locked bill takes what it owes"
                );
                base::ensure(
                    db.change(credit_line, one.id, decided.line_no) == 1, "a line is credited once"
                );
                out.credited += line.amount;
                out.credits.push_back(
                    {fee_account(line.item_id), one.person_id, line.bill_id, -line.amount}
                );
                break;
            case rules::credit_kind::wait:
                out.waiting += line.amount;
                for (const auto& open : open_lines) {
                    if (open.line_no == decided.line_no) {
                        out.blocking_orders.push_back(open.live_order_no);
                    }
                }
                break;
            case rules::credit_kind::surplus:
                out.surplus += line.amount;
                break;
        }
    }
    out.chosen = chosen && out.credited > base::fen{};
    return out;
}

std::string_view payment_state_after(const settled_lines& lines) {
    if (lines.waiting > base::fen{}) return "parked";
    return lines.surplus > base::fen{} ? "refund_due" : "settled";
}

void move_order(
    connection& db, const order& found, rules::order_state to, const payment_fact& fact
) {
    const auto moved = db.change(
        pay_order,
        rules::name_of(to),
        fact.paid_at,
        fact.transaction_id,
        found.id,
        rules::name_of(found.state)
    );
    base::ensure(moved == 1, "a locked order moves once");
}

}  // namespace

std::string_view name_of(payment_outcome outcome) {
    switch (outcome) {
        case payment_outcome::applied:
            return "applied";
        case payment_outcome::late:
            return "late";
        case payment_outcome::repeated:
            return "repeated";
        case payment_outcome::amount_differs:
            return "amount_differs";
        case payment_outcome::paid_twice:
            return "paid_twice";
        case payment_outcome::unknown_order:
            return "unknown_order";
    }
    return "unknown_order";
}

payment_outcome apply_payment(connection& db, const payment_fact& fact, base::epoch_ms now) {
    const auto found = lock_order(db, fact.order_no);
    if (!found) return payment_outcome::unknown_order;

    auto before = db.select(payment_of_order, fact.order_no);
    if (before.next()) {
        db.found_done();
        if (before.text("transaction_id") == fact.transaction_id) return payment_outcome::repeated;
        set_attention(db, fact.order_no, "paid_twice");
        return payment_outcome::paid_twice;
    }
    if (found->mch_id != fact.mch_id || found->amount != fact.amount) {
        // A notice is told to us; only what WeChat answers to our own question is booked as odd.
        if (fact.how == learnt_by::notice) {
            hasten_order(db, fact.order_no, 0);
        } else {
            keep_odd(db, *found, fact, now);
        }
        return payment_outcome::amount_differs;
    }
    const auto to = rules::next(found->state, rules::order_event::confirmed);
    base::ensure(to.has_value(), "an order without a payment can be paid");

    // From here on it must succeed.
    move_order(db, *found, *to, fact);
    base::crash_point("payment.after_order");
    auto lines = credit_lines(db, *found, now);
    base::crash_point("payment.after_bills");
    const auto kept_back = lines.waiting + lines.surplus;
    // A bill that took no money is free all the same.
    if (kept_back > base::fen{}) free_bills(db, fact.order_no, now);
    for (const auto& blocking : lines.blocking_orders) mark_closing(db, blocking);
    keep_payment(db, fact, payment_state_after(lines), kept_back, now);
    base::crash_point("payment.after_row");
    const auto key = "payment:" + fact.order_no;
    ledger_journal journal{"payment", key, std::move(lines.credits), fact.paid_at};
    journal.entries.push_back({provider_account(fact.mch_id), {}, {}, fact.amount});
    if (kept_back > base::fen{}) {
        journal.entries.push_back({suspense_account, found->person_id, {}, -kept_back});
        set_attention(db, fact.order_no, "late_money");
    }
    if (lines.chosen) complete_choice(db, fact.order_no, found->person_id, now);
    queue_message(db, "paid", "paid:" + fact.order_no, found->person_id, now);
    base::crash_point("payment.after_message");
    book(db, journal, now);
    base::crash_point("payment.after_journal");
    return *to == rules::order_state::paid ? payment_outcome::applied : payment_outcome::late;
}

bool book_stray_payment(connection& db, const payment_fact& fact, base::epoch_ms now) {
    if (db.select(payment_of_transaction, fact.mch_id, fact.transaction_id).next()) {
        db.found_done();
        return false;
    }
    keep_payment(db, fact, "odd", fact.amount, now);
    base::crash_point("payment.after_stray_row");
    const auto key = "payment:" + fact.order_no;
    ledger_journal journal{"payment_stray", key, {}, fact.paid_at};
    journal.entries = {
        {provider_account(fact.mch_id), {}, {}, fact.amount},
        {suspense_account, {}, {}, -fact.amount},
    };
    book(db, journal, now);
    return true;
}

std::vector<std::string> parked_payments(connection& db, int count) {
    auto found = db.select(parked, count);
    std::vector<std::string> out;
    while (found.next()) out.push_back(found.text("order_no"));
    return out;
}

bool settle_parked(connection& db, std::string_view order_no, base::epoch_ms now) {
    const auto found = lock_order(db, order_no);
    auto payment = db.select(lock_payment, order_no);
    if (!found || !payment.next() || payment.text("state") != "parked") return false;
    auto lines = credit_lines(db, *found, now);
    for (const auto& blocking : lines.blocking_orders) mark_closing(db, blocking);
    if (lines.waiting > base::fen{} && lines.credited == base::fen{}) return false;
    base::crash_point("settle.after_lines");

    const auto version = payment.i64("version");
    const auto moved = db.change(
        move_payment,
        payment_state_after(lines),
        lines.waiting + lines.surplus,
        payment.i64("id"),
        version
    );
    base::ensure(moved == 1, "a locked payment moves once");
    base::crash_point("settle.after_row");
    if (lines.credited > base::fen{}) {
        const auto key = "settle:" + found->order_no + ":" + std::to_string(version);
        ledger_journal journal{"settle_late", key, std::move(lines.credits), now};
        journal.entries.push_back({suspense_account, found->person_id, {}, lines.credited});
        book(db, journal, now);
        base::crash_point("settle.after_journal");
    }
    return true;
}

std::vector<paid_item> paid_items(connection& db, std::int64_t person_id, int count) {
    auto found = db.select(paid_lines, person_id, count);
    std::vector<paid_item> out;
    while (found.next()) {
        out.push_back(
            {found.text("order_no"),
             found.text("period"),
             found.text("item_name"),
             found.fen("credited_fen"),
             found.fen("refunded_fen"),
             found.i64("paid_ms"),
             found.text("transaction_id")}
        );
    }
    return out;
}

}  // namespace db
