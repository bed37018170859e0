#include "db/choices.hpp"

#include "db/choice_rows.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/rules/plain_text.hpp"

namespace db {
namespace {

#define CAMPUS_CHOICE_COLUMNS                                                                \
    "id, name, category, mch_id, settle_order, required, description, choice_period, "       \
    "price_fen, amount_min_fen, amount_max_fen, target_label, target_hint, target_pattern, " \
    "open_from_ms, open_until_ms, before_text, after_text, form, capacity, places_taken "

constexpr auto items_of_category =
    "SELECT " CAMPUS_CHOICE_COLUMNS "FROM fee_items WHERE category = ? ORDER BY settle_order, name";

constexpr auto one_item = "SELECT " CAMPUS_CHOICE_COLUMNS "FROM fee_items WHERE id = ?";

// One student's choices in a row: two tries of one intent, and two devices.
constexpr auto lock_person = "SELECT id FROM people WHERE id = ? FOR UPDATE";

constexpr auto live_top_up =
    "SELECT order_no FROM top_ups WHERE person_id = ? AND item_id = ? AND live = 1";

constexpr auto count_bills =
    "SELECT COUNT(*) AS number FROM bills WHERE person_id = ? AND item_id = ?";

constexpr auto lock_bill =
    "SELECT id, due_fen, paid_fen, chosen, live_order_no FROM bills "
    "WHERE person_id = ? AND item_id = ? AND period = ? FOR UPDATE";

constexpr auto insert_bill =
    "INSERT INTO bills (id, person_id, item_id, period, standard_fen, due_fen, live_order_no, "
    "chosen, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)";

constexpr auto revive_bill =
    "UPDATE bills SET due_fen = ?, live_order_no = ?, version = version + 1, changed_ms = ? "
    "WHERE id = ? AND chosen = 1 AND live_order_no IS NULL AND due_fen = 0 AND paid_fen = 0";

constexpr auto insert_adjustment =
    "INSERT INTO bill_adjustments (id, bill_id, amount_fen, reason, made_by, made_ms) "
    "VALUES (?, ?, ?, ?, 'rule:chosen', ?)";

constexpr auto insert_top_up =
    "INSERT INTO top_ups (order_no, person_id, item_id, bill_id, target, amount_fen, state, live, "
    "created_ms) VALUES (?, ?, ?, ?, ?, ?, 'open', 1, ?)";

// The guard of the capacity. Not the version: an import of items need not wait for a rush.
constexpr auto take_place =
    "UPDATE fee_items SET places_taken = places_taken + 1 "
    "WHERE id = ? AND (capacity IS NULL OR places_taken < capacity)";

rules::choice_item item_of(const rows& row) {
    rules::choice_item out;
    out.id = row.i64("id");
    out.name = row.text("name");
    const auto category = rules::fee_category_of(row.text("category"));
    base::ensure(category.has_value(), "a fee item has a known category");
    out.category = *category;
    out.mch_id = row.text("mch_id");
    out.settle_order = static_cast<int>(row.i64("settle_order"));
    out.required = row.flag("required");
    out.description = row.text("description");
    out.period = row.text("choice_period");
    out.price = row.maybe_fen("price_fen");
    out.least = row.maybe_fen("amount_min_fen");
    out.most = row.maybe_fen("amount_max_fen");
    out.target_label = row.text("target_label");
    out.target_hint = row.text("target_hint");
    out.target_pattern = row.text("target_pattern");
    out.open_from = row.maybe_i64("open_from_ms");
    out.open_until = row.maybe_i64("open_until_ms");
    out.before_text = row.text("before_text");
    out.after_text = row.text("after_text");
    out.form_text = row.text("form");
    const auto capacity = row.maybe_i64("capacity");
    if (capacity) out.capacity = static_cast<int>(*capacity);
    out.places_taken = static_cast<int>(row.i64("places_taken"));
    return out;
}

// What this request id has done before.
std::optional<choose_outcome> done_before(connection& db, const choice_draft& draft) {
    choose_outcome out;
    std::string hash;
    if (auto before = find_by_request(db, draft.order.person_id, draft.order.request_id)) {
        out.kind = choose_kind::same;
        hash = before->request_hash;
        out.opened = std::move(*before);
    } else if (auto told = find_request(db, draft.order.person_id, draft.order.request_id)) {
        out.kind = choose_kind::same_sign_up;
        hash = told->request_hash;
        out.signed_up = std::move(told->found);
    } else {
        return std::nullopt;
    }
    db.found_done();
    if (hash != draft.order.request_hash) out.kind = choose_kind::request_id_reused;
    return out;
}

// Whatever stands in the way: an unfinished order, or the same choice made before.
std::optional<choose_outcome> in_the_way(
    connection& db, const choice_draft& draft, const rules::choice_item& item
) {
    choose_outcome out;
    const auto person = draft.order.person_id;
    if (item.category == rules::fee_category::living) {
        auto found = db.select(live_top_up, person, item.id);
        if (!found.next()) return std::nullopt;
        out.kind = choose_kind::in_live_order;
        out.holding_order_no = found.text("order_no");
        return out;
    }
    const auto live = find_live_sign_up(db, person, item.id, item.period);
    if (!live) return std::nullopt;
    out.kind =
        live->state == sign_up_state::held ? choose_kind::in_live_order : choose_kind::taken_before;
    out.holding_order_no = live->order_no;
    return out;
}

rules::bill bill_over(
    const choice_draft& draft, const rules::choice_item& item, std::string period
) {
    rules::bill out;
    out.id = base::next_id();
    out.item_id = item.id;
    out.item_name = item.name;
    out.category = item.category;
    out.period = std::move(period);
    out.mch_id = item.mch_id;
    out.settle_order = item.settle_order;
    out.due = draft.wish.amount;
    out.live_order_no = draft.order.order_no;
    out.chosen = true;
    return out;
}

// Each top-up is a bill of its own.
std::string period_of(connection& db, const choice_draft& draft, const rules::choice_item& item) {
    if (item.category != rules::fee_category::living) return item.period;
    auto counted = db.select(count_bills, draft.order.person_id, item.id);
    counted.next();
    return "第" + std::to_string(counted.i64("number") + 1) + "次";
}

// Makes the bill that the order holds from its first moment, or lets one of a closed order live
// again. nullopt: the school charges the item by a bill of its own.
std::optional<rules::bill> hold_chosen_bill(
    connection& db, const choice_draft& draft, const rules::choice_item& item
) {
    const auto now = draft.order.now;
    auto out = bill_over(draft, item, period_of(db, draft, item));
    auto before = db.select(lock_bill, draft.order.person_id, item.id, out.period);
    if (!before.next()) {
        db.change(
            insert_bill,
            out.id,
            draft.order.person_id,
            item.id,
            out.period,
            out.due,
            out.due,
            draft.order.order_no,
            now,
            now
        );
        return out;
    }
    if (!before.flag("chosen")) return std::nullopt;
    out.id = before.i64("id");
    base::ensure(
        db.change(revive_bill, out.due, draft.order.order_no, now, out.id) == 1,
        "a chosen bill without an order owes nothing"
    );
    db.change(insert_adjustment, base::next_id(), out.id, out.due, "再次选择", now);
    return out;
}

// The last statement of the unit, since all students of a rush wait for this row.
void take_a_place(connection& db, const rules::choice_item& item) {
    if (item.category == rules::fee_category::living) return;
    if (db.change(take_place, item.id) == 1) return;
    throw base::error{base::errc::choice_full};
}

sign_up sign_up_from(const choice_draft& draft, const rules::choice_item& item) {
    sign_up out;
    out.id = draft.sign_up_id;
    out.item_id = item.id;
    out.item_name = item.name;
    out.category = item.category;
    out.period = item.period;
    out.amount = draft.wish.amount;
    out.answers_sealed = draft.answers_sealed;
    out.created_at = draft.order.now;
    out.open_until = item.open_until;
    return out;
}

choose_outcome sign_up_free(
    connection& db, const choice_draft& draft, const rules::choice_item& item
) {
    choose_outcome out;
    out.kind = choose_kind::signed_up;
    out.signed_up = sign_up_from(draft, item);
    insert_sign_up(db, *out.signed_up, draft.order);
    base::crash_point("choose.after_sign_up");
    take_a_place(db, item);
    base::crash_point("choose.after_place");
    return out;
}

choose_outcome open_chosen(
    connection& db, const choice_draft& draft, const rules::choice_item& item
) {
    choose_outcome out;
    const auto bill = hold_chosen_bill(db, draft, item);
    if (!bill) {
        out.kind = choose_kind::charged;
        return out;
    }
    base::crash_point("choose.after_bill");
    rules::selection whole;
    whole.amounts = {bill->due};
    whole.total = bill->due;
    out.opened = order_over(draft.order, {*bill}, whole);
    store_order(db, out.opened, draft.order);
    base::crash_point("choose.after_order");
    if (item.category == rules::fee_category::living) {
        db.change(
            insert_top_up,
            draft.order.order_no,
            draft.order.person_id,
            item.id,
            bill->id,
            rules::trimmed(draft.wish.target),
            bill->due,
            draft.order.now
        );
    } else {
        auto held = sign_up_from(draft, item);
        held.state = sign_up_state::held;
        held.order_no = draft.order.order_no;
        insert_sign_up(db, held, draft.order);
    }
    base::crash_point("choose.after_sign_up");
    take_a_place(db, item);
    base::crash_point("choose.after_place");
    return out;
}

}  // namespace

std::vector<rules::choice_item> choice_items(connection& db, rules::fee_category category) {
    std::vector<rules::choice_item> out;
    auto found = db.select(items_of_category, rules::name_of(category));
    while (found.next()) {
        auto one = item_of(found);
        if (rules::is_offered(one)) out.push_back(std::move(one));
    }
    return out;
}

choose_outcome choose(connection& db, const choice_draft& draft) {
    db.select(lock_person, draft.order.person_id);
    if (auto before = done_before(db, draft)) return std::move(*before);
    choose_outcome out;
    auto found = db.select(one_item, draft.item_id);
    std::optional<rules::choice_item> item;
    if (found.next()) item = item_of(found);
    if (!item || !rules::is_offered(*item)) {
        out.kind = choose_kind::item_missing;
        return out;
    }
    if (auto other = in_the_way(db, draft, *item)) return std::move(*other);
    out.why = rules::judge_choice(*item, draft.wish, draft.order.now);
    if (out.why.verdict != rules::choice_verdict::ok) {
        out.kind = choose_kind::not_choosable;
        return out;
    }
    if (item->category == rules::fee_category::living && !draft.top_ups_leave) {
        out.kind = choose_kind::not_connected;
        return out;
    }
    // From here on it must succeed, or end with no trace.
    if (draft.wish.amount == base::fen{}) return sign_up_free(db, draft, *item);
    return open_chosen(db, draft, *item);
}

}  // namespace db
