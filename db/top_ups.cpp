#include "db/choice_rows.hpp"
#include "db/outbox.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

#define CAMPUS_TOP_UP_COLUMNS                                                              \
    "t.order_no, t.item_id, i.name AS item_name, i.target_label, t.target, t.amount_fen, " \
    "t.state, t.created_ms, o.paid_ms, m.state AS message, m.ended_ms, "                   \
    "COALESCE(l.refund_held_fen, 0) AS refund_held_fen, "                                  \
    "COALESCE(l.refunded_fen, 0) AS refunded_fen FROM top_ups t "                          \
    "JOIN fee_items i ON i.id = t.item_id JOIN orders o ON o.order_no = t.order_no "       \
    "LEFT JOIN order_lines l ON l.order_id = o.id AND l.bill_id = t.bill_id "              \
    "LEFT JOIN outbox m ON m.business_key = CONCAT('top_up:', t.order_no) "

constexpr auto of_person =
    "SELECT " CAMPUS_TOP_UP_COLUMNS
    "WHERE t.person_id = ? ORDER BY t.created_ms DESC, t.order_no DESC LIMIT ?";

constexpr auto open_ones =
    "SELECT " CAMPUS_TOP_UP_COLUMNS "WHERE t.person_id = ? AND t.live = 1 ORDER BY t.created_ms";

constexpr auto by_number = "SELECT " CAMPUS_TOP_UP_COLUMNS "WHERE t.order_no = ?";

constexpr auto paid =
    "UPDATE top_ups SET state = 'paid', live = NULL, ended_ms = ?, version = version + 1 "
    "WHERE order_no = ? AND state = 'open'";

top_up_state state_of(std::string_view name) {
    if (name == "open") return top_up_state::open;
    return name == "paid" ? top_up_state::paid : top_up_state::closed;
}

top_up_delivery delivery_of(const std::optional<std::string>& message) {
    if (!message) return top_up_delivery::none;
    if (*message == "sent") return top_up_delivery::delivered;
    if (*message == "queued") return top_up_delivery::on_its_way;
    return *message == "skipped" ? top_up_delivery::returned : top_up_delivery::held_up;
}

top_up top_up_of(const rows& row) {
    top_up out;
    out.order_no = row.text("order_no");
    out.item_id = row.i64("item_id");
    out.item_name = row.text("item_name");
    out.target_label = row.text("target_label");
    out.target = row.text("target");
    out.amount = row.fen("amount_fen");
    out.state = state_of(row.text("state"));
    out.created_at = row.i64("created_ms");
    out.paid_at = row.maybe_i64("paid_ms");
    out.delivery = delivery_of(row.maybe_text("message"));
    // Whatever a person of the school still has to find out: the payer has the money again.
    const bool all_back = row.fen("refunded_fen") == out.amount;
    if (all_back && out.delivery == top_up_delivery::held_up) {
        out.delivery = top_up_delivery::returned;
    }
    if (out.delivery == top_up_delivery::delivered) out.delivered_at = row.maybe_i64("ended_ms");
    return out;
}

std::vector<top_up> all_of(rows found) {
    std::vector<top_up> out;
    while (found.next()) out.push_back(top_up_of(found));
    return out;
}

}  // namespace

std::string_view name_of(top_up_state state) {
    switch (state) {
        case top_up_state::open:
            return "open";
        case top_up_state::paid:
            return "paid";
        case top_up_state::closed:
            return "closed";
    }
    return "closed";
}

std::string_view name_of(top_up_delivery delivery) {
    switch (delivery) {
        case top_up_delivery::none:
            return "none";
        case top_up_delivery::on_its_way:
            return "on_its_way";
        case top_up_delivery::delivered:
            return "delivered";
        case top_up_delivery::held_up:
            return "held_up";
        case top_up_delivery::returned:
            return "returned";
    }
    return "none";
}

std::vector<top_up> top_ups_of(connection& db, std::int64_t person_id, int count) {
    return all_of(db.select(of_person, person_id, count));
}

std::vector<top_up> open_top_ups_of(connection& db, std::int64_t person_id) {
    return all_of(db.select(open_ones, person_id));
}

std::optional<top_up_notice> find_top_up_notice(connection& db, std::string_view order_no) {
    auto found = db.select(by_number, order_no);
    if (!found.next()) return std::nullopt;
    top_up_notice out;
    out.what = top_up_of(found);
    out.refund_held = found.fen("refund_held_fen");
    out.refunded = found.fen("refunded_fen");
    return out;
}

void complete_choice(
    connection& db, std::string_view order_no, std::int64_t person_id, base::epoch_ms now
) {
    if (db.change(paid, now, order_no) == 1) {
        queue_message(db, "top_up", "top_up:" + std::string{order_no}, person_id, now);
        base::crash_point("payment.after_top_up");
        return;
    }
    base::ensure(sign_up_paid(db, order_no), "what was chosen is a top-up or a sign-up");
    base::crash_point("payment.after_sign_up");
}

}  // namespace db
