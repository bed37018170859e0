#include "db/choice_rows.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"

namespace db {
namespace {

#define CAMPUS_SIGN_UP_COLUMNS                                                              \
    "s.id, s.item_id, i.name AS item_name, i.category, s.period, s.order_no, s.state, "     \
    "COALESCE(o.amount_fen, 0) AS amount_fen, s.answers_sealed, s.created_ms, s.ended_ms, " \
    "i.open_until_ms, s.request_hash FROM sign_ups s JOIN fee_items i ON i.id = s.item_id " \
    "LEFT JOIN orders o ON o.order_no = s.order_no "

constexpr auto of_person = "SELECT " CAMPUS_SIGN_UP_COLUMNS
                           "WHERE s.person_id = ? ORDER BY s.created_ms DESC, s.id DESC LIMIT ?";

constexpr auto live_ones =
    "SELECT " CAMPUS_SIGN_UP_COLUMNS "WHERE s.person_id = ? AND s.live = 1 ORDER BY s.id";

constexpr auto by_id = "SELECT " CAMPUS_SIGN_UP_COLUMNS "WHERE s.id = ? AND s.person_id = ?";

constexpr auto by_request =
    "SELECT " CAMPUS_SIGN_UP_COLUMNS "WHERE s.person_id = ? AND s.request_id = ?";

constexpr auto live_one = "SELECT " CAMPUS_SIGN_UP_COLUMNS
                          "WHERE s.person_id = ? AND s.item_id = ? AND s.period = ? AND s.live = 1";

constexpr auto insert_row =
    "INSERT INTO sign_ups (id, person_id, item_id, period, order_no, state, live, request_id, "
    "request_hash, answers_sealed, created_ms) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)";

constexpr auto end_of_order =
    "UPDATE sign_ups SET state = ?, live = NULL, ended_ms = ?, version = version + 1 "
    "WHERE order_no = ? AND state = ?";

constexpr auto done =
    "UPDATE sign_ups SET state = 'done', version = version + 1 "
    "WHERE order_no = ? AND state = 'held'";

constexpr auto cancel_free =
    "UPDATE sign_ups SET state = 'cancelled', live = NULL, ended_ms = ?, version = version + 1 "
    "WHERE id = ? AND person_id = ? AND state = 'done' AND order_no IS NULL";

constexpr auto item_of_order = "SELECT item_id FROM sign_ups WHERE order_no = ?";
constexpr auto item_of_sign_up = "SELECT item_id FROM sign_ups WHERE id = ?";

constexpr auto free_place =
    "UPDATE fee_items SET places_taken = places_taken - 1 WHERE id = ? AND places_taken > 0";

// A bill is locked before its item, as where it was made.
constexpr auto chosen_of_order =
    "SELECT id, due_fen, paid_fen FROM bills WHERE live_order_no = ? AND chosen = 1 FOR UPDATE";

constexpr auto owe_nothing =
    "UPDATE bills SET due_fen = paid_fen, version = version + 1, changed_ms = ? "
    "WHERE id = ? AND live_order_no = ? AND chosen = 1 AND due_fen = ?";

constexpr auto insert_adjustment =
    "INSERT INTO bill_adjustments (id, bill_id, amount_fen, reason, made_by, made_ms) "
    "VALUES (?, ?, ?, '订单已关闭，未缴费', 'rule:chosen', ?)";

constexpr auto close_top_up =
    "UPDATE top_ups SET state = 'closed', live = NULL, ended_ms = ?, version = version + 1 "
    "WHERE order_no = ? AND state = 'open'";

constexpr auto paid_of_order =
    "SELECT b.paid_fen FROM orders o JOIN order_lines l ON l.order_id = o.id "
    "JOIN bills b ON b.id = l.bill_id WHERE o.order_no = ? AND b.chosen = 1";

sign_up_state state_of(std::string_view name) {
    for (const auto state :
         {sign_up_state::held,
          sign_up_state::done,
          sign_up_state::closed,
          sign_up_state::cancelled,
          sign_up_state::refunded}) {
        if (name_of(state) == name) return state;
    }
    throw base::error{base::errc::internal, "a sign-up has a known state"};
}

sign_up sign_up_of(const rows& row) {
    sign_up out;
    out.id = row.i64("id");
    out.item_id = row.i64("item_id");
    out.item_name = row.text("item_name");
    const auto category = rules::fee_category_of(row.text("category"));
    base::ensure(category.has_value(), "a fee item has a known category");
    out.category = *category;
    out.period = row.text("period");
    out.order_no = row.maybe_text("order_no").value_or("");
    out.state = state_of(row.text("state"));
    out.amount = row.fen("amount_fen");
    out.answers_sealed = row.maybe_bytes("answers_sealed").value_or("");
    out.created_at = row.i64("created_ms");
    out.ended_at = row.maybe_i64("ended_ms");
    out.open_until = row.maybe_i64("open_until_ms");
    return out;
}

std::optional<sign_up> first_of(rows found) {
    if (!found.next()) return std::nullopt;
    return sign_up_of(found);
}

std::vector<sign_up> all_of(rows found) {
    std::vector<sign_up> out;
    while (found.next()) out.push_back(sign_up_of(found));
    return out;
}

void free_place_of(connection& db, rows item) {
    base::ensure(item.next(), "a sign-up that has ended stays");
    base::ensure(db.change(free_place, item.i64("item_id")) == 1, "a place was taken");
    base::crash_point("choice.after_place");
}

bool end_sign_up(
    connection& db,
    std::string_view order_no,
    sign_up_state from,
    sign_up_state to,
    base::epoch_ms now
) {
    if (db.change(end_of_order, name_of(to), now, order_no, name_of(from)) != 1) return false;
    free_place_of(db, db.select(item_of_order, order_no));
    return true;
}

}  // namespace

std::string_view name_of(sign_up_state state) {
    switch (state) {
        case sign_up_state::held:
            return "held";
        case sign_up_state::done:
            return "done";
        case sign_up_state::closed:
            return "closed";
        case sign_up_state::cancelled:
            return "cancelled";
        case sign_up_state::refunded:
            return "refunded";
    }
    return "closed";
}

std::vector<sign_up> sign_ups_of(connection& db, std::int64_t person_id, int count) {
    return all_of(db.select(of_person, person_id, count));
}

std::vector<sign_up> live_sign_ups_of(connection& db, std::int64_t person_id) {
    return all_of(db.select(live_ones, person_id));
}

std::optional<sign_up> find_sign_up(connection& db, std::int64_t id, std::int64_t person_id) {
    return first_of(db.select(by_id, id, person_id));
}

std::optional<sign_up> find_live_sign_up(
    connection& db, std::int64_t person_id, std::int64_t item_id, std::string_view period
) {
    return first_of(db.select(live_one, person_id, item_id, period));
}

std::optional<asked_sign_up> find_request(
    connection& db, std::int64_t person_id, std::string_view request_id
) {
    auto found = db.select(by_request, person_id, request_id);
    if (!found.next()) return std::nullopt;
    return asked_sign_up{sign_up_of(found), found.bytes("request_hash")};
}

void insert_sign_up(connection& db, const sign_up& made, const order_draft& draft) {
    const auto order_no =
        made.order_no.empty() ? std::optional<std::string>{} : std::optional{made.order_no};
    const auto answers = made.answers_sealed.empty() ? std::optional<blob>{}
                                                     : std::optional{blob{made.answers_sealed}};
    db.change(
        insert_row,
        made.id,
        draft.person_id,
        made.item_id,
        made.period,
        order_no,
        name_of(made.state),
        draft.request_id,
        blob{draft.request_hash},
        answers,
        made.created_at
    );
}

void close_choice(connection& db, std::string_view order_no, base::epoch_ms now) {
    auto bills = db.select(chosen_of_order, order_no);
    while (bills.next()) {
        const auto id = bills.i64("id");
        const auto due = bills.fen("due_fen");
        base::ensure(
            db.change(owe_nothing, now, id, order_no, due) == 1, "a locked bill is let go once"
        );
        const auto dropped = bills.fen("paid_fen") - due;
        db.change(insert_adjustment, base::next_id(), id, dropped, now);
        base::crash_point("choice.after_bill");
        db.change(close_top_up, now, order_no);
        end_sign_up(db, order_no, sign_up_state::held, sign_up_state::closed, now);
    }
}

void give_back_choice(connection& db, std::string_view order_no, base::epoch_ms now) {
    auto left = db.select(paid_of_order, order_no);
    base::ensure(left.next(), "a chosen bill stands in its order");
    if (left.fen("paid_fen") > base::fen{}) return;
    end_sign_up(db, order_no, sign_up_state::done, sign_up_state::refunded, now);
}

bool cancel_sign_up(connection& db, std::int64_t id, std::int64_t person_id, base::epoch_ms now) {
    if (db.change(cancel_free, now, id, person_id) != 1) return false;
    free_place_of(db, db.select(item_of_sign_up, id));
    return true;
}

bool sign_up_paid(connection& db, std::string_view order_no) {
    return db.change(done, order_no) == 1;
}

}  // namespace db
