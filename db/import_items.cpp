#include "db/import_writers.hpp"

namespace db {
namespace {

constexpr auto select_items =
    "SELECT id, name, category, mch_id, required, partial_allowed, settle_order, open_from_ms, "
    "open_until_ms, version FROM fee_items ORDER BY id";

constexpr auto insert_item =
    "INSERT INTO fee_items (id, name, category, mch_id, required, partial_allowed, settle_order, "
    "open_from_ms, open_until_ms, created_ms, changed_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr auto update_item =
    "UPDATE fee_items SET category = ?, mch_id = ?, required = ?, partial_allowed = ?, "
    "settle_order = ?, open_from_ms = ?, open_until_ms = ?, version = version + 1, changed_ms = ? "
    "WHERE id = ? AND version = ?";

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
            now,
            one.id,
            one.version
        );
        if (changed != 1) throw import_raced{};
    }
}

}  // namespace db
