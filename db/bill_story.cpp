#include "db/bill_story.hpp"

#include "db/bills.hpp"

namespace db {
namespace {

constexpr auto select_standard = "SELECT standard_fen FROM bills WHERE id = ?";

constexpr auto select_payments =
    "SELECT o.order_no, l.credited_fen, l.refunded_fen, o.paid_ms "
    "FROM order_lines l JOIN orders o ON o.id = l.order_id "
    "WHERE l.bill_id = ? AND l.credited_fen > 0 ORDER BY o.paid_ms, o.id";

}  // namespace

std::optional<bill_story> find_bill_story(
    connection& db, std::int64_t person_id, std::int64_t bill_id
) {
    auto found = find_bill(db, person_id, bill_id);
    if (!found) return std::nullopt;
    bill_story out;
    out.bill = std::move(*found);
    auto standard = db.select(select_standard, bill_id);
    if (standard.next()) out.standard = standard.fen("standard_fen");
    out.adjustments = adjustments_of(db, {bill_id});
    out.terms = terms_of(db, {bill_id});
    auto paid = db.select(select_payments, bill_id);
    while (paid.next()) {
        out.payments.push_back(
            {paid.text("order_no"),
             paid.fen("credited_fen"),
             paid.fen("refunded_fen"),
             paid.i64("paid_ms")}
        );
    }
    return out;
}

}  // namespace db
