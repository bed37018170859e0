#include "db/saved_searches.hpp"

#include "server/base/ids.hpp"

namespace db {
namespace {

constexpr auto of_operator =
    "SELECT id, name, filter, changed_ms FROM order_searches WHERE operator_id = ? ORDER BY name";

constexpr auto named =
    "SELECT id, filter FROM order_searches WHERE operator_id = ? AND name = ? FOR UPDATE";

constexpr auto insert_one =
    "INSERT INTO order_searches (id, operator_id, name, filter, changed_ms) VALUES (?, ?, ?, ?, ?)";

constexpr auto change_one =
    "UPDATE order_searches SET name = ?, filter = ?, changed_ms = ?, version = version + 1 "
    "WHERE id = ? AND operator_id = ?";

constexpr auto delete_one = "DELETE FROM order_searches WHERE id = ? AND operator_id = ?";

}  // namespace

std::vector<saved_search> list_saved_searches(connection& db, std::int64_t operator_id) {
    std::vector<saved_search> out;
    auto found = db.select(of_operator, operator_id);
    out.reserve(found.size());
    while (found.next()) {
        out.push_back(
            {found.i64("id"), found.text("name"), found.text("filter"), found.i64("changed_ms")}
        );
    }
    return out;
}

keep_outcome insert_saved_search(
    connection& db, std::int64_t operator_id, const saved_search& made, base::epoch_ms now
) {
    auto same = db.select(named, operator_id, made.name);
    if (same.next()) {
        // A repeat of what is there already is no fault.
        return same.text("filter") == made.filter ? keep_outcome::kept : keep_outcome::name_taken;
    }
    if (db.select(of_operator, operator_id).size() >= saved_searches_max) {
        return keep_outcome::too_many;
    }
    // The key decides between two at once: the loser runs again and finds the name.
    db.change(insert_one, base::next_id(), operator_id, made.name, made.filter, now);
    return keep_outcome::kept;
}

keep_outcome change_saved_search(
    connection& db, std::int64_t operator_id, const saved_search& wanted, base::epoch_ms now
) {
    auto same = db.select(named, operator_id, wanted.name);
    if (same.next() && same.i64("id") != wanted.id) return keep_outcome::name_taken;
    const auto changed =
        db.change(change_one, wanted.name, wanted.filter, now, wanted.id, operator_id);
    return changed == 1 ? keep_outcome::kept : keep_outcome::unknown_search;
}

void delete_saved_search(connection& db, std::int64_t operator_id, std::int64_t id) {
    db.change(delete_one, id, operator_id);
}

}  // namespace db
