#include "db/leavers.hpp"

#include "db/listed_rows.hpp"
#include "db/wanted_rows.hpp"
#include "server/base/error.hpp"
#include "server/rules/refund_rules.hpp"

namespace db {
namespace {

const std::string student = "SELECT p.id_number_sealed, " CAMPUS_LISTED_STUDENT " FROM people p";

// A refund as a leaver lowers what is due: the rule looks at what was due before.
constexpr auto paid_bills =
    "SELECT b.id, i.name, i.category, b.period, b.paid_fen, b.due_fen + (SELECT "
    "COALESCE(SUM(f.amount_fen), 0) FROM refund_lines f JOIN refunds r ON r.id = f.refund_id "
    "WHERE f.bill_id = b.id AND r.state = 'success' AND r.reason_code = 'leaver') AS due_before, "
    "(SELECT COALESCE(SUM(l.refund_held_fen - l.refunded_fen), 0) FROM order_lines l "
    "WHERE l.bill_id = b.id) AS on_its_way FROM bills b JOIN fee_items i ON i.id = b.item_id "
    "WHERE b.person_id = ? AND b.paid_fen > 0 ORDER BY b.period DESC, i.settle_order, b.id";

constexpr auto sources_of =
    "SELECT o.order_no, l.line_no, l.credited_fen - l.refund_held_fen AS left_fen, y.paid_ms, "
    "y.state, y.refund_parts FROM order_lines l JOIN orders o ON o.id = l.order_id "
    "JOIN payments y ON y.order_no = o.order_no "
    "WHERE l.bill_id = ? AND l.credited_fen > l.refund_held_fen";

std::vector<rules::leaver_source> sources(connection& db, std::int64_t bill_id) {
    std::vector<rules::leaver_source> out;
    auto found = db.select(sources_of, bill_id);
    out.reserve(found.size());
    while (found.next()) {
        const bool full = found.i64("refund_parts") >= rules::refund_parts_max;
        out.push_back(
            {found.text("order_no"),
             static_cast<int>(found.i64("line_no")),
             found.fen("left_fen"),
             found.i64("paid_ms"),
             found.text("state") != "parked" && !full}
        );
    }
    return out;
}

}  // namespace

std::optional<leaver> find_leaver(
    connection& db, std::string_view student_no, const std::vector<std::string>& colleges
) {
    wanted_rows wanted;
    wanted.add("p.student_no = ?", student_no);
    wanted.add_in("p.college", colleges);
    auto found = db.select_with(student + wanted.text(), wanted.values());
    if (!found.next()) return std::nullopt;
    return leaver{listed_student_of(found), found.bytes("id_number_sealed")};
}

std::vector<leaver_paid_bill> paid_bills_of_leaver(connection& db, std::int64_t person_id) {
    std::vector<leaver_paid_bill> out;
    auto found = db.select(paid_bills, person_id);
    out.reserve(found.size());
    while (found.next()) {
        auto& one = out.emplace_back();
        one.id = found.i64("id");
        one.item_name = found.text("name");
        const auto category = rules::fee_category_of(found.text("category"));
        base::ensure(category.has_value(), "an item has a known category");
        one.facts = {
            *category,
            found.text("period"),
            found.fen("due_before"),
            found.fen("paid_fen"),
            found.fen("on_its_way")};
        one.sources = sources(db, one.id);
    }
    return out;
}

}  // namespace db
