#include "db/refund_rows.hpp"

#include <utility>

#include "db/server_clock.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

#define CAMPUS_REFUND_COLUMNS                                                                \
    "r.id, r.out_refund_no, r.order_no, r.mch_id, r.transaction_id, r.person_id, r.origin, " \
    "r.state, r.amount_fen, p.amount_fen AS payment_fen, r.afterwards, r.reason, "           \
    "r.reason_code, r.note, r.reject_reason, r.batch_id, "                                   \
    "r.request_hash, r.asked_by, r.asked_ms, r.decided_by, r.decided_ms, r.provider_body, "  \
    "r.refund_id, r.sent_ms, r.provider_created_ms, r.success_ms, r.received_account, "      \
    "r.sent_count, "                                                                         \
    "r.asked_count, r.attention FROM refunds r JOIN payments p ON p.mch_id = r.mch_id AND "  \
    "p.transaction_id = r.transaction_id "

constexpr auto by_request =
    "SELECT " CAMPUS_REFUND_COLUMNS "WHERE r.order_no = ? AND r.request_id = ?";

// For a person who knows the number alone: no key leads there.
constexpr auto by_number = "SELECT " CAMPUS_REFUND_COLUMNS "WHERE r.out_refund_no = ?";

constexpr auto by_merchant_and_number =
    "SELECT " CAMPUS_REFUND_COLUMNS "WHERE r.mch_id = ? AND r.out_refund_no = ?";

constexpr auto by_id = "SELECT " CAMPUS_REFUND_COLUMNS "WHERE r.id = ?";

// By the primary key, or it would wait for every other refund that is locked just now. Locked by
// itself: whoever has to hold the payment too has taken it before.
constexpr auto lock_by_id = "SELECT id FROM refunds WHERE id = ? FOR UPDATE";

constexpr auto by_order = "SELECT " CAMPUS_REFUND_COLUMNS "WHERE r.order_no = ? ORDER BY r.id";

constexpr auto by_state = "SELECT " CAMPUS_REFUND_COLUMNS "WHERE r.state = ? ORDER BY r.id LIMIT ?";

constexpr auto unfinished =
    "SELECT " CAMPUS_REFUND_COLUMNS
    "WHERE r.state NOT IN ('success', 'closed', 'rejected') ORDER BY r.id LIMIT ?";

constexpr auto by_owner =
    "SELECT " CAMPUS_REFUND_COLUMNS
    "WHERE r.lease_owner = ? AND r.lease_until_ms > " CAMPUS_DB_NOW_MS " ORDER BY r.next_ms";

constexpr auto lines_of =
    "SELECT line_no, bill_id, item_id, amount_fen FROM refund_lines WHERE refund_id = ? "
    "ORDER BY line_no";

constexpr auto insert_row =
    "INSERT INTO refunds (id, out_refund_no, order_no, mch_id, transaction_id, person_id, origin, "
    "state, amount_fen, afterwards, reason, request_id, request_hash, asked_by, asked_ms, "
    "decided_by, decided_ms, provider_body, reason_code, note, batch_id, next_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, IF(?, " CAMPUS_DB_NOW_MS
    ", NULL))";

constexpr auto insert_lines =
    "INSERT INTO refund_lines (refund_id, line_no, bill_id, item_id, source, amount_fen) VALUES";

constexpr auto number_of_order =
    "SELECT order_no FROM payments WHERE mch_id = ? AND transaction_id = ?";

constexpr auto free_payment =
    "UPDATE payments SET refund_held_fen = refund_held_fen - ?, "
    "surplus_held_fen = surplus_held_fen - ?, version = version + 1 "
    "WHERE order_no = ? AND refund_held_fen >= ? AND surplus_held_fen >= ?";

constexpr auto free_line =
    "UPDATE order_lines l JOIN orders o ON o.id = l.order_id "
    "SET l.refund_held_fen = l.refund_held_fen - ? "
    "WHERE o.order_no = ? AND l.line_no = ? AND l.refund_held_fen >= ?";

refund_origin origin_of(std::string_view text) {
    if (text == "late_money") return refund_origin::late_money;
    return text == "platform" ? refund_origin::platform : refund_origin::asked;
}

refund refund_of(const rows& row) {
    refund out;
    out.id = row.i64("id");
    out.out_refund_no = row.text("out_refund_no");
    out.order_no = row.text("order_no");
    out.mch_id = row.text("mch_id");
    out.transaction_id = row.text("transaction_id");
    out.person_id = row.maybe_i64("person_id");
    out.origin = origin_of(row.text("origin"));
    out.state = rules::refund_state_of(row.text("state"));
    out.amount = row.fen("amount_fen");
    out.payment_amount = row.fen("payment_fen");
    out.afterwards = row.text("afterwards") == "settled" ? rules::bills_afterwards::settled
                                                         : rules::bills_afterwards::due_again;
    out.reason_code = row.maybe_text("reason_code").value_or("");
    out.reason = row.text("reason");
    out.note = row.text("note");
    out.reject_reason = row.text("reject_reason");
    out.batch_id = row.maybe_i64("batch_id");
    out.asked_by = row.text("asked_by");
    out.asked_at = row.i64("asked_ms");
    out.decided_by = row.maybe_text("decided_by").value_or("");
    out.decided_at = row.maybe_i64("decided_ms");
    out.provider_body = row.bytes("provider_body");
    out.refund_id = row.maybe_text("refund_id").value_or("");
    out.sent_at = row.maybe_i64("sent_ms");
    out.created_at = row.maybe_i64("provider_created_ms");
    out.succeeded_at = row.maybe_i64("success_ms");
    out.received_account = row.maybe_text("received_account").value_or("");
    out.sent_count = static_cast<int>(row.i64("sent_count"));
    out.asked_count = static_cast<int>(row.i64("asked_count"));
    out.attention = row.maybe_text("attention").value_or("");
    return out;
}

void read_lines(connection& db, refund& into) {
    auto found = db.select(lines_of, into.id);
    while (found.next()) {
        into.lines.push_back(
            {static_cast<int>(found.i64("line_no")),
             found.maybe_i64("bill_id"),
             found.maybe_i64("item_id"),
             found.fen("amount_fen")}
        );
    }
}

std::vector<refund> all_of(connection& db, rows found) {
    std::vector<refund> out;
    while (found.next()) {
        out.push_back(refund_of(found));
        read_lines(db, out.back());
    }
    return out;
}

std::optional<refund> first_of(connection& db, rows found) {
    auto all = all_of(db, std::move(found));
    if (all.empty()) return std::nullopt;
    return std::move(all.front());
}

}  // namespace

std::optional<refund_of_request> refund_by_request(
    connection& db, std::string_view order_no, std::string_view request_id
) {
    auto found = db.select(by_request, order_no, request_id);
    if (!found.next()) return std::nullopt;
    refund_of_request out{refund_of(found), found.bytes("request_hash")};
    read_lines(db, out.found);
    return out;
}

void insert_refund(
    connection& db,
    const refund& made,
    std::string_view request_id,
    std::string_view request_hash,
    bool to_watch
) {
    const auto decided_by =
        made.decided_by.empty() ? std::optional<std::string>{} : std::optional{made.decided_by};
    db.change(
        insert_row,
        made.id,
        made.out_refund_no,
        made.order_no,
        made.mch_id,
        made.transaction_id,
        made.person_id,
        name_of(made.origin),
        rules::name_of(made.state),
        made.amount,
        rules::name_of(made.afterwards),
        made.reason,
        request_id,
        blob{request_hash},
        made.asked_by,
        made.asked_at,
        decided_by,
        made.decided_at,
        blob{made.provider_body},
        made.reason_code.empty() ? std::optional<std::string>{} : std::optional{made.reason_code},
        made.note,
        made.batch_id,
        to_watch
    );
    std::vector<std::vector<value>> list;
    for (const auto& line : made.lines) {
        const auto* source = line.line_no == 0 ? "suspense" : "fee";
        list.push_back({made.id, line.line_no, line.bill_id, line.item_id, source, line.amount});
    }
    db.change_many(insert_lines, "(?, ?, ?, ?, ?, ?)", list);
}

std::optional<refund> find_refund(connection& db, std::string_view out_refund_no) {
    return first_of(db, db.select(by_number, out_refund_no));
}

std::optional<refund> find_refund(
    connection& db, std::string_view mch_id, std::string_view out_refund_no
) {
    return first_of(db, db.select(by_merchant_and_number, mch_id, out_refund_no));
}

std::optional<refund> lock_refund(connection& db, std::int64_t id) {
    if (!db.select(lock_by_id, id).next()) return std::nullopt;
    return first_of(db, db.select(by_id, id));
}

std::vector<refund> claimed_refunds(connection& db, std::string_view owner) {
    return all_of(db, db.select(by_owner, owner));
}

std::vector<refund> refunds_of_order(connection& db, std::string_view order_no) {
    return all_of(db, db.select(by_order, order_no));
}

std::vector<refund> list_refunds(connection& db, std::string_view state, int count) {
    if (state.empty()) return all_of(db, db.select(unfinished, count));
    return all_of(db, db.select(by_state, state, count));
}

std::string order_of_transaction(
    connection& db, std::string_view mch_id, std::string_view transaction_id
) {
    auto found = db.select(number_of_order, mch_id, transaction_id);
    return found.next() ? found.text("order_no") : std::string{};
}

void free_reservation(connection& db, const refund& one) {
    base::fen surplus;
    for (const auto& line : one.lines) {
        if (line.line_no == 0) {
            surplus += line.amount;
            continue;
        }
        const auto freed =
            db.change(free_line, line.amount, one.order_no, line.line_no, line.amount);
        base::ensure(freed == 1, "a line holds what its refund reserved");
    }
    const auto freed =
        db.change(free_payment, one.amount, surplus, one.order_no, one.amount, surplus);
    base::ensure(freed == 1, "a payment holds what its refund reserved");
}

}  // namespace db
