#include "db/import_writers.hpp"

namespace db {
namespace {

constexpr auto select_items =
    "SELECT id, name, category, mch_id, required, partial_allowed, settle_order, open_from_ms, "
    "open_until_ms, description, choice_period, price_fen, amount_min_fen, amount_max_fen, "
    "target_label, target_hint, target_pattern, before_text, after_text, form, capacity, "
    "places_taken, version FROM fee_items ORDER BY id";

constexpr auto insert_item =
    "INSERT INTO fee_items (id, name, category, mch_id, required, partial_allowed, settle_order, "
    "open_from_ms, open_until_ms, description, choice_period, price_fen, amount_min_fen, "
    "amount_max_fen, target_label, target_hint, target_pattern, before_text, after_text, form, "
    "capacity, created_ms, changed_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr auto update_item =
    "UPDATE fee_items SET category = ?, mch_id = ?, required = ?, partial_allowed = ?, "
    "settle_order = ?, open_from_ms = ?, open_until_ms = ?, description = ?, choice_period = ?, "
    "price_fen = ?, amount_min_fen = ?, amount_max_fen = ?, target_label = ?, target_hint = ?, "
    "target_pattern = ?, before_text = ?, after_text = ?, form = ?, capacity = ?, "
    "version = version + 1, changed_ms = ? "
    "WHERE id = ? AND version = ? AND places_taken <= COALESCE(?, places_taken)";

stored_choice choice_of(const rows& row) {
    stored_choice out;
    out.description = row.text("description");
    out.period = row.text("choice_period");
    out.price = row.maybe_fen("price_fen");
    out.least = row.maybe_fen("amount_min_fen");
    out.most = row.maybe_fen("amount_max_fen");
    out.target_label = row.text("target_label");
    out.target_hint = row.text("target_hint");
    out.target_pattern = row.text("target_pattern");
    out.before_text = row.text("before_text");
    out.after_text = row.text("after_text");
    out.form = row.text("form");
    const auto capacity = row.maybe_i64("capacity");
    if (capacity) out.capacity = static_cast<int>(*capacity);
    out.places_taken = static_cast<int>(row.i64("places_taken"));
    return out;
}

}  // namespace

std::vector<stored_item> all_items(connection& db) {
    std::vector<stored_item> out;
    auto found = db.select(select_items);
    while (found.next()) {
        stored_item one;
        one.id = found.i64("id");
        one.name = found.text("name");
        one.category = found.text("category");
        one.mch_id = found.text("mch_id");
        one.required = found.flag("required");
        one.partial_allowed = found.flag("partial_allowed");
        one.settle_order = static_cast<int>(found.i64("settle_order"));
        one.open_from = found.maybe_i64("open_from_ms");
        one.open_until = found.maybe_i64("open_until_ms");
        one.choice = choice_of(found);
        one.version = found.i64("version");
        out.push_back(std::move(one));
    }
    return out;
}

void insert_items(connection& db, const std::vector<stored_item>& items, base::epoch_ms now) {
    for (const auto& one : items) {
        db.change(
            insert_item,
            one.id,
            one.name,
            one.category,
            one.mch_id,
            one.required,
            one.partial_allowed,
            one.settle_order,
            one.open_from,
            one.open_until,
            one.choice.description,
            one.choice.period,
            one.choice.price,
            one.choice.least,
            one.choice.most,
            one.choice.target_label,
            one.choice.target_hint,
            one.choice.target_pattern,
            one.choice.before_text,
            one.choice.after_text,
            one.choice.form,
            one.choice.capacity,
            now,
            now
        );
    }
}

void update_items(connection& db, const std::vector<stored_item>& items, base::epoch_ms now) {
    for (const auto& one : items) {
        const auto changed = db.change(
            update_item,
            one.category,
            one.mch_id,
            one.required,
            one.partial_allowed,
            one.settle_order,
            one.open_from,
            one.open_until,
            one.choice.description,
            one.choice.period,
            one.choice.price,
            one.choice.least,
            one.choice.most,
            one.choice.target_label,
            one.choice.target_hint,
            one.choice.target_pattern,
            one.choice.before_text,
            one.choice.after_text,
            one.choice.form,
            one.choice.capacity,
            now,
            one.id,
            one.version,
            one.choice.capacity
        );
        if (changed != 1) throw import_raced{};
    }
}

}  // namespace db
