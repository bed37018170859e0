#include "db/refunds.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "db/audit.hpp"
#include "db/orders.hpp"
#include "db/refund_rows.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"

namespace db {
namespace {

constexpr auto lock_payment_of_order =
    "SELECT mch_id, transaction_id, amount_fen, paid_ms, state, surplus_fen, surplus_held_fen, "
    "refund_held_fen, refund_parts FROM payments WHERE order_no = ? "
    "FOR UPDATE";

// The guard of "never more than was paid": decided by the row itself.
constexpr auto hold_of_payment =
    "UPDATE payments SET refund_held_fen = refund_held_fen + ?, "
    "surplus_held_fen = surplus_held_fen + ?, refund_parts = refund_parts + 1, "
    "version = version + 1 WHERE order_no = ? AND refund_parts = ? "
    "AND refund_held_fen + ? <= amount_fen "
    "AND surplus_held_fen + ? <= surplus_fen";

constexpr auto hold_of_line =
    "UPDATE order_lines SET refund_held_fen = refund_held_fen + ? "
    "WHERE order_id = ? AND line_no = ? AND refund_held_fen + ? <= credited_fen";

constexpr auto lines_left =
    "SELECT line_no, bill_id, item_id, credited_fen - refund_held_fen AS left_fen "
    "FROM order_lines WHERE order_id = ? ORDER BY line_no";

constexpr auto to_send_back =
    "SELECT p.order_no FROM payments p WHERE p.state = 'refund_due' "
    "AND p.surplus_held_fen < p.surplus_fen AND NOT EXISTS (SELECT 1 FROM refunds r "
    "WHERE r.order_no = p.order_no AND r.origin = 'late_money') ORDER BY p.id LIMIT ?";

struct locked_payment {
    std::string mch_id;
    std::string transaction_id;
    base::fen amount;
    rules::refundable standing;
    std::vector<refund_line> lines;  // with the bills behind the line numbers
    std::optional<std::int64_t> order_id;
    std::optional<std::int64_t> person_id;
};

std::optional<locked_payment> lock_payment(connection& db, std::string_view order_no) {
    const auto of = lock_order(db, order_no);
    auto found = db.select(lock_payment_of_order, order_no);
    if (!found.next()) return std::nullopt;
    locked_payment out;
    out.mch_id = found.text("mch_id");
    out.transaction_id = found.text("transaction_id");
    out.amount = found.fen("amount_fen");
    out.standing.left = out.amount - found.fen("refund_held_fen");
    out.standing.surplus_left = found.fen("surplus_fen") - found.fen("surplus_held_fen");
    out.standing.still_settling = found.text("state") == "parked";
    out.standing.parts = static_cast<int>(found.i64("refund_parts"));
    out.standing.paid_at = found.i64("paid_ms");
    if (!of) return out;
    out.order_id = of->id;
    out.person_id = of->person_id;
    auto lines = db.select(lines_left, of->id);
    while (lines.next()) {
        const auto line_no = static_cast<int>(lines.i64("line_no"));
        out.standing.lines.push_back({line_no, lines.fen("left_fen")});
        out.lines.push_back({line_no, lines.i64("bill_id"), lines.i64("item_id"), {}});
    }
    return out;
}

std::vector<refund_line> lines_for(
    const locked_payment& payment, const std::vector<rules::refund_part>& parts
) {
    std::vector<refund_line> out;
    for (const auto& part : parts) {
        refund_line made{part.line_no, {}, {}, part.amount};
        for (const auto& line : payment.lines) {
            if (line.line_no != part.line_no) continue;
            made.bill_id = line.bill_id;
            made.item_id = line.item_id;
        }
        out.push_back(made);
    }
    return out;
}

base::fen suspense_part(const std::vector<refund_line>& lines) {
    base::fen out;
    for (const auto& line : lines) {
        if (line.line_no == 0) out += line.amount;
    }
    return out;
}

void reserve(connection& db, const locked_payment& payment, const refund& one) {
    const auto surplus = suspense_part(one.lines);
    base::ensure(
        db.change(
            hold_of_payment,
            one.amount,
            surplus,
            one.order_no,
            payment.standing.parts,
            one.amount,
            surplus
        ) == 1,
        "a locked payment holds what is left of it"
    );
    for (const auto& line : one.lines) {
        if (line.line_no == 0) continue;
        base::ensure(
            db.change(hold_of_line, line.amount, *payment.order_id, line.line_no, line.amount) == 1,
            "a locked line holds what is left of it"
        );
    }
}

refund refund_from(
    const refund_wish& wish, const locked_payment& payment, const rules::refund_judgement& judged
) {
    refund out;
    out.id = base::next_id();
    // Readable beside its order in WeChat's own console; fixed from here on.
    out.out_refund_no = fmt::format("{}R{:02}", wish.order_no, payment.standing.parts + 1);
    out.order_no = wish.order_no;
    out.mch_id = payment.mch_id;
    out.transaction_id = payment.transaction_id;
    out.person_id = payment.person_id;
    out.origin = wish.origin;
    const bool by_rule = wish.origin == refund_origin::late_money;
    out.state = by_rule ? rules::refund_state::accepted : rules::refund_state::asked;
    out.amount = judged.total;
    out.payment_amount = payment.amount;
    out.afterwards = rules::bills_after(wish.reason);
    out.reason_code = rules::name_of(wish.reason);
    out.reason = wish.reason_text;
    out.note = wish.note;
    out.batch_id = wish.batch_id;
    out.asked_by = wish.by;
    out.asked_at = wish.now;
    if (by_rule) out.decided_by = "rule:late_money";
    if (by_rule) out.decided_at = wish.now;
    out.lines = lines_for(payment, judged.parts);
    out.provider_body = wish.provider_body(out);
    return out;
}

}  // namespace

std::string_view name_of(refund_origin origin) {
    switch (origin) {
        case refund_origin::asked:
            return "asked";
        case refund_origin::late_money:
            return "late_money";
        case refund_origin::platform:
            return "platform";
    }
    return "asked";
}

ask_outcome ask_refund(connection& db, const refund_wish& wish) {
    ask_outcome out;
    const auto payment = lock_payment(db, wish.order_no);
    if (!payment) {
        out.kind = ask_kind::no_payment;
        return out;
    }
    if (auto before = refund_by_request(db, wish.order_no, wish.request_id)) {
        db.found_done();
        const bool same = before->request_hash == wish.request_hash;
        out.kind = same ? ask_kind::same : ask_kind::request_id_reused;
        out.made = std::move(before->found);
        return out;
    }
    const bool late = wish.origin == refund_origin::late_money;
    const std::vector<rules::refund_part> surplus{{0, payment->standing.surplus_left}};
    out.why = wish.sum
                  ? rules::judge_sum(payment->standing, *wish.sum, wish.now)
                  : rules::judge_refund(payment->standing, late ? surplus : wish.parts, wish.now);
    if (out.why.verdict != rules::refund_verdict::ok) {
        out.kind = ask_kind::not_refundable;
        return out;
    }
    out.made = refund_from(wish, *payment, out.why);

    // From here on it must succeed.
    reserve(db, *payment, out.made);
    const bool released = out.made.state == rules::refund_state::accepted;
    insert_refund(db, out.made, wish.request_id, wish.request_hash, released);
    append_audit(
        db, {wish.by, "refund.ask", out.made.out_refund_no, "done", {}, {}, wish.address}, wish.now
    );
    return out;
}

std::vector<std::string> payments_to_send_back(connection& db, int count) {
    auto found = db.select(to_send_back, count);
    std::vector<std::string> out;
    while (found.next()) out.push_back(found.text("order_no"));
    return out;
}

platform_outcome book_platform_refund(
    connection& db, const platform_refund& what, base::epoch_ms now
) {
    const auto order_no = order_of_transaction(db, what.mch_id, what.transaction_id);
    if (order_no.empty()) return platform_outcome::no_payment;
    const auto payment = lock_payment(db, order_no);
    base::ensure(payment.has_value(), "a payment that was found can be locked");
    if (find_refund(db, what.mch_id, what.out_refund_no)) {
        db.found_done();
        return platform_outcome::booked_before;
    }
    refund made;
    made.id = base::next_id();
    made.out_refund_no = what.out_refund_no;
    made.order_no = order_no;
    made.mch_id = what.mch_id;
    made.transaction_id = what.transaction_id;
    made.person_id = payment->person_id;
    made.origin = refund_origin::platform;
    made.state = rules::refund_state::accepted;
    made.amount = what.amount;
    made.afterwards = rules::bills_after(rules::refund_reason::platform);
    made.reason = rules::chinese_name_of(rules::refund_reason::platform);
    made.asked_by = what.by;
    made.asked_at = now;
    made.decided_by = what.by;
    made.decided_at = now;
    made.lines = lines_for(*payment, rules::spread_refund(payment->standing, what.amount));
    base::fen placed;
    for (const auto& line : made.lines) placed += line.amount;
    if (placed != what.amount || what.amount > payment->standing.left) {
        return platform_outcome::exceeds_what_is_left;
    }
    reserve(db, *payment, made);
    insert_refund(db, made, what.out_refund_no, base::sha256(what.out_refund_no), false);
    append_audit(db, {what.by, "refund.platform", made.out_refund_no, "done", {}}, now);
    refund_fact fact;
    fact.mch_id = what.mch_id;
    fact.out_refund_no = what.out_refund_no;
    fact.refund_id = what.refund_id;
    fact.event = rules::refund_event::succeeded;
    fact.created_at = what.created_at;
    fact.succeeded_at = what.created_at;
    fact.amount = what.amount;
    base::ensure(
        apply_refund_fact(db, fact, now) == fact_outcome::applied, "a refund of its own applies"
    );
    return platform_outcome::booked;
}

}  // namespace db
