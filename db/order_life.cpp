#include "db/order_life.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "db/many_rows.hpp"

namespace db {
namespace {

constexpr auto more_of_order =
    "SELECT o.prepared_ms, p.id_number_sealed FROM orders o JOIN people p ON p.id = o.person_id "
    "WHERE o.id = ?";

constexpr auto lines_of =
    "SELECT line_no, bill_id, item_name, period, amount_fen, credited_fen, refund_held_fen, "
    "refunded_fen FROM order_lines WHERE order_id = ? ORDER BY line_no";

constexpr auto payment_of =
    "SELECT mch_id, transaction_id, amount_fen, paid_ms, learnt_by, state, surplus_fen, "
    "surplus_held_fen, refund_held_fen, refund_done_fen, refund_parts, booked_ms FROM payments "
    "WHERE order_no = ?";

constexpr auto lines_left =
    "SELECT l.line_no, l.credited_fen - l.refund_held_fen AS left_fen FROM order_lines l "
    "JOIN orders o ON o.id = l.order_id WHERE o.order_no = ? ORDER BY l.line_no";

constexpr auto notices_of =
    "SELECT notice_id, event_type, outcome, received_count, received_ms, last_received_ms, "
    "LENGTH(raw_body) AS bytes, SHA2(raw_body, 256) AS sha256 FROM notices WHERE order_no = ? "
    "ORDER BY received_ms, id LIMIT 200";

constexpr auto refunds_of =
    "SELECT out_refund_no, mch_id FROM refunds WHERE order_no = ? ORDER BY id";

constexpr auto messages_with =
    "SELECT kind, state, reason, tries, created_ms, ended_ms, delivery FROM outbox "
    "WHERE business_key IN (";

constexpr auto deeds_with =
    "SELECT a.id, a.at_ms, a.actor, w.display_name, a.action, a.object, a.result FROM audit a "
    "LEFT JOIN operators w ON a.actor = CONCAT('operator:', w.id) WHERE a.object IN (";

#define CAMPUS_LIFE_JOURNAL                                                                     \
    "SELECT id, seq, kind, business_key, COALESCE(value_ms, booked_ms) AS value_at, booked_ms " \
    "FROM ledger_journals WHERE business_key "

constexpr auto journals_with = CAMPUS_LIFE_JOURNAL "IN (";

// Late money may be placed in several steps, each with a version behind the number.
constexpr auto journals_between = CAMPUS_LIFE_JOURNAL ">= ? AND business_key < ?";

constexpr auto entries_of =
    "SELECT e.account, i.name AS item_name, e.amount_fen FROM ledger_entries e "
    "LEFT JOIN fee_items i ON e.account = CONCAT('fee:', i.id) WHERE e.journal_id = ? "
    "ORDER BY e.line_no";

constexpr std::size_t deeds_max = 500;

struct known_refund {
    std::string number;
    std::string mch_id;
};

template <class Each>
void select_texts(
    connection& db, std::string_view text, const std::vector<std::string>& keys, Each each
) {
    if (keys.empty()) return;
    std::vector<std::string_view> views{keys.begin(), keys.end()};
    select_in_pieces(db, text, std::span<const std::string_view>{views}, each);
}

void read_lines(connection& db, order_life& into) {
    auto found = db.select(lines_of, into.id);
    while (found.next()) {
        into.lines.push_back(
            {static_cast<int>(found.i64("line_no")),
             found.i64("bill_id"),
             found.text("item_name"),
             found.text("period"),
             found.fen("amount_fen"),
             found.fen("credited_fen"),
             found.fen("refund_held_fen"),
             found.fen("refunded_fen")}
        );
    }
}

void read_payment(connection& db, order_life& into, std::string_view order_no) {
    auto found = db.select(payment_of, order_no);
    if (!found.next()) return;
    life_payment out;
    out.mch_id = found.text("mch_id");
    out.transaction_id = found.text("transaction_id");
    out.amount = found.fen("amount_fen");
    out.paid_at = found.i64("paid_ms");
    out.learnt_by = found.text("learnt_by");
    out.state = found.text("state");
    out.surplus = found.fen("surplus_fen");
    out.held = found.fen("refund_held_fen");
    out.refunded = found.fen("refund_done_fen");
    out.booked_at = found.i64("booked_ms");
    into.payment = std::move(out);
    into.standing = refundable_of(db, order_no);
}

void read_notices(connection& db, order_life& into, std::string_view order_no) {
    auto found = db.select(notices_of, order_no);
    while (found.next()) {
        into.notices.push_back(
            {found.text("notice_id"),
             found.text("event_type"),
             found.text("outcome"),
             static_cast<int>(found.i64("received_count")),
             found.i64("received_ms"),
             found.i64("last_received_ms"),
             found.i64("bytes"),
             found.text("sha256")}
        );
    }
}

void read_messages(
    connection& db,
    order_life& into,
    std::string_view order_no,
    const std::vector<known_refund>& refunds
) {
    std::vector<std::string> keys{
        "paid:" + std::string{order_no}, "top_up:" + std::string{order_no}};
    for (const auto& one : refunds) keys.push_back("refunded:" + one.number);
    select_texts(db, messages_with, keys, [&](const rows& row) {
        into.messages.push_back(
            {row.text("kind"),
             row.text("state"),
             row.maybe_text("reason").value_or(""),
             static_cast<int>(row.i64("tries")),
             row.i64("created_ms"),
             row.maybe_i64("ended_ms"),
             row.maybe_text("delivery").value_or("")}
        );
    });
    std::ranges::sort(into.messages, {}, &life_message::queued_at);
}

std::vector<life_entry> entries_in(connection& db, std::int64_t journal) {
    std::vector<life_entry> out;
    auto found = db.select(entries_of, journal);
    out.reserve(found.size());
    while (found.next()) {
        out.push_back(
            {found.text("account"),
             found.maybe_text("item_name").value_or(""),
             found.fen("amount_fen")}
        );
    }
    return out;
}

// The keys that db/payments and db/refund_facts book under.
std::vector<std::string> journal_keys(
    std::string_view order_no, const std::vector<known_refund>& refunds
) {
    std::vector<std::string> out{"payment:" + std::string{order_no}};
    for (const auto& one : refunds) {
        for (const auto* kind : {"refund_sent:", "refund:", "refund_closed:"}) {
            out.push_back(kind + one.mch_id + ":" + one.number);
        }
    }
    return out;
}

void read_journals(
    connection& db,
    order_life& into,
    std::string_view order_no,
    const std::vector<known_refund>& refunds
) {
    const auto keep = [&](const rows& row) {
        life_journal one;
        one.seq = row.maybe_i64("seq");
        one.kind = row.text("kind");
        one.business_key = row.text("business_key");
        one.value_at = row.i64("value_at");
        one.booked_at = row.i64("booked_ms");
        one.entries = entries_in(db, row.i64("id"));
        into.journals.push_back(std::move(one));
    };
    select_texts(db, journals_with, journal_keys(order_no, refunds), keep);
    const auto settled = "settle:" + std::string{order_no};
    auto late = db.select(journals_between, settled + ":", settled + ";");
    while (late.next()) keep(late);
    std::ranges::sort(into.journals, {}, [](const life_journal& one) {
        return std::pair{one.booked_at, one.seq.value_or(0)};
    });
}

}  // namespace

std::vector<deed> deeds_about(connection& db, const std::vector<std::string>& objects) {
    std::vector<std::pair<std::int64_t, deed>> found;
    select_texts(db, deeds_with, objects, [&](const rows& row) {
        deed one;
        one.at = row.i64("at_ms");
        one.actor = row.text("actor");
        one.actor_name = row.maybe_text("display_name").value_or("");
        one.action = row.text("action");
        one.object = row.text("object");
        one.result = row.text("result");
        found.emplace_back(row.i64("id"), std::move(one));
    });
    std::ranges::sort(found, [](const auto& a, const auto& b) {
        return std::pair{a.second.at, a.first} < std::pair{b.second.at, b.first};
    });
    std::vector<deed> out;
    out.reserve(std::min(found.size(), deeds_max));
    for (auto& [id, one] : found) {
        if (out.size() == deeds_max) break;
        out.push_back(std::move(one));
    }
    return out;
}

std::optional<rules::refundable> refundable_of(connection& db, std::string_view order_no) {
    auto payment = db.select(payment_of, order_no);
    if (!payment.next()) return std::nullopt;
    rules::refundable out;
    out.left = payment.fen("amount_fen") - payment.fen("refund_held_fen");
    out.surplus_left = payment.fen("surplus_fen") - payment.fen("surplus_held_fen");
    out.still_settling = payment.text("state") == "parked";
    out.parts = static_cast<int>(payment.i64("refund_parts"));
    out.paid_at = payment.i64("paid_ms");
    auto lines = db.select(lines_left, order_no);
    while (lines.next()) {
        out.lines.push_back({static_cast<int>(lines.i64("line_no")), lines.fen("left_fen")});
    }
    return out;
}

order_life life_of_order(connection& db, const found_order& of) {
    order_life out;
    out.id = of.id;
    auto more = db.select(more_of_order, of.id);
    if (more.next()) {
        out.prepared_at = more.maybe_i64("prepared_ms");
        out.id_number_sealed = more.bytes("id_number_sealed");
    }
    read_lines(db, out);
    read_payment(db, out, of.order_no);
    read_notices(db, out, of.order_no);
    out.questions = questions_of_order(db, of.order_no);
    std::vector<known_refund> refunds;
    auto found = db.select(refunds_of, of.order_no);
    while (found.next()) refunds.push_back({found.text("out_refund_no"), found.text("mch_id")});
    std::vector<std::string> objects{of.order_no};
    for (const auto& one : refunds) {
        out.refund_numbers.push_back(one.number);
        objects.push_back(one.number);
    }
    read_messages(db, out, of.order_no, refunds);
    read_journals(db, out, of.order_no, refunds);
    out.deeds = deeds_about(db, objects);
    return out;
}

}  // namespace db
