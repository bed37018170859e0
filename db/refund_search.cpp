#include "db/refund_search.hpp"

#include <utility>

#include "db/listed_rows.hpp"
#include "db/wanted_rows.hpp"

namespace db {
namespace {

const std::string listed =
    "SELECT r.id, r.mch_id, r.out_refund_no, wa.display_name AS asked_name, "
    "wd.display_name AS decided_name, " CAMPUS_LISTED_STUDENT
    " FROM refunds r LEFT JOIN people p ON p.id = r.person_id "
    "LEFT JOIN operators wa ON r.asked_by = CONCAT('operator:', wa.id) "
    "LEFT JOIN operators wd ON r.decided_by = CONCAT('operator:', wd.id)";

constexpr auto lines_of =
    "SELECT l.line_no, l.amount_fen, o.item_name, o.period FROM refund_lines l "
    "JOIN refunds r ON r.id = l.refund_id LEFT JOIN orders d ON d.order_no = r.order_no "
    "LEFT JOIN order_lines o ON o.order_id = d.id AND o.line_no = l.line_no "
    "WHERE l.refund_id = ? ORDER BY l.line_no";

constexpr auto actor_named =
    "SELECT CONCAT('operator:', id) AS actor FROM operators WHERE name = ?";

// Nobody has this actor.
constexpr auto nobody = "operator:0";

wanted_rows all_wishes(connection& db, const refund_filter& wanted) {
    wanted_rows out;
    out.add_text("r.out_refund_no", wanted.out_refund_no);
    out.add_text("r.order_no", wanted.order_no);
    out.add_text("p.student_no", wanted.student_no);
    out.add_beginning("p.name", wanted.name);
    std::vector<std::string> states;
    states.reserve(wanted.states.size());
    for (const auto state : wanted.states) states.emplace_back(rules::name_of(state));
    out.add_in("r.state", states);
    if (!wanted.operator_name.empty()) {
        auto found = db.select(actor_named, wanted.operator_name);
        const auto actor = found.next() ? found.text("actor") : std::string{nobody};
        out.add("(r.asked_by = ? OR r.decided_by = ?)", actor, actor);
    }
    out.add_text("r.asked_by", wanted.asked_by);
    out.add_text("r.decided_by", wanted.decided_by);
    if (!wanted.not_asked_by.empty()) out.add("r.asked_by <> ?", wanted.not_asked_by);
    if (wanted.batch_id) out.add("r.batch_id = ?", *wanted.batch_id);
    if (wanted.asked_from) out.add("r.asked_ms >= ?", *wanted.asked_from);
    if (wanted.asked_before) out.add("r.asked_ms < ?", *wanted.asked_before);
    out.add_in("p.college", wanted.colleges);
    return out;
}

std::vector<listed_refund_line> lines_in(connection& db, std::int64_t refund_id) {
    std::vector<listed_refund_line> out;
    auto found = db.select(lines_of, refund_id);
    out.reserve(found.size());
    while (found.next()) {
        out.push_back(
            {static_cast<int>(found.i64("line_no")),
             found.maybe_text("item_name").value_or(""),
             found.maybe_text("period").value_or(""),
             found.fen("amount_fen")}
        );
    }
    return out;
}

}  // namespace

std::vector<listed_refund> search_refunds(
    connection& db, const refund_filter& wanted, std::optional<page_end> below, int count
) {
    auto wishes = all_wishes(db, wanted);
    if (below) {
        wishes.add("r.asked_ms <= ?", below->at);
        wishes.add("(r.asked_ms < ? OR r.id < ?)", below->at, below->id);
    }
    auto found = db.select_with(
        listed + wishes.text() + " ORDER BY r.asked_ms DESC, r.id DESC LIMIT " +
            std::to_string(count),
        wishes.values()
    );
    std::vector<listed_refund> out;
    out.reserve(found.size());
    while (found.next()) {
        auto one = find_refund(db, found.text("mch_id"), found.text("out_refund_no"));
        if (!one) continue;  // its payment is not known any more
        listed_refund row;
        row.lines = lines_in(db, one->id);
        row.one = std::move(*one);
        row.student = listed_student_of(found);
        row.asked_by_name = found.maybe_text("asked_name").value_or("");
        row.decided_by_name = found.maybe_text("decided_name").value_or("");
        out.push_back(std::move(row));
    }
    return out;
}

std::optional<listed_refund> find_listed_refund(
    connection& db, std::string_view out_refund_no, const std::vector<std::string>& colleges
) {
    refund_filter wanted;
    wanted.out_refund_no = out_refund_no;
    wanted.colleges = colleges;
    auto found = search_refunds(db, wanted, {}, 1);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

}  // namespace db
