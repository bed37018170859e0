#include "db/operators.hpp"

#include "server/base/error.hpp"

namespace db {
namespace {

#define CAMPUS_OPERATOR_COLUMNS                                                               \
    "SELECT id, name, display_name, role, password_hash, password_must_change, totp_sealed, " \
    "disabled, signed_in_ms, created_ms, version FROM operators "

constexpr auto by_id = CAMPUS_OPERATOR_COLUMNS "WHERE id = ?";
constexpr auto by_id_locked = CAMPUS_OPERATOR_COLUMNS "WHERE id = ? FOR UPDATE";
constexpr auto by_name = CAMPUS_OPERATOR_COLUMNS "WHERE name = ?";
constexpr auto all_by_name = CAMPUS_OPERATOR_COLUMNS "ORDER BY name";
constexpr auto display_name_by_id = "SELECT display_name FROM operators WHERE id = ?";

constexpr auto colleges_of =
    "SELECT college FROM operator_colleges WHERE operator_id = ? ORDER BY college";
constexpr auto all_colleges =
    "SELECT operator_id, college FROM operator_colleges ORDER BY operator_id, college";

constexpr auto insert_one =
    "INSERT INTO operators (id, name, display_name, role, password_hash, created_ms, changed_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr auto insert_colleges = "INSERT INTO operator_colleges (operator_id, college) VALUES";
constexpr auto delete_colleges = "DELETE FROM operator_colleges WHERE operator_id = ?";

constexpr auto change_one =
    "UPDATE operators SET display_name = ?, role = ?, changed_ms = ?, version = version + 1 "
    "WHERE id = ? AND version = ?";
constexpr auto disable_one =
    "UPDATE operators SET disabled = ?, changed_ms = ?, version = version + 1 "
    "WHERE id = ? AND version = ?";
constexpr auto reset_one =
    "UPDATE operators SET password_hash = ?, password_must_change = 1, totp_sealed = NULL, "
    "enrolled_ms = NULL, changed_ms = ?, version = version + 1 WHERE id = ? AND version = ?";

constexpr auto one_more_admin =
    "UPDATE operator_guard SET able_admins = able_admins + 1, version = version + 1 WHERE id = 1";
// The condition is the guard: two admins who disable each other at once leave one of them.
constexpr auto one_admin_less =
    "UPDATE operator_guard SET able_admins = able_admins - 1, version = version + 1 "
    "WHERE id = 1 AND able_admins > ?";

// Without the scope.
operator_row row_of(const rows& from) {
    operator_row out;
    out.id = from.i64("id");
    out.name = from.text("name");
    out.display_name = from.text("display_name");
    const auto role = rules::role_named(from.text("role"));
    base::ensure(role.has_value(), "an operator has a role");
    out.role = *role;
    out.password_hash = from.text("password_hash");
    out.password_must_change = from.flag("password_must_change");
    out.totp_sealed = from.maybe_bytes("totp_sealed").value_or("");
    out.disabled = from.flag("disabled");
    out.signed_in_at = from.maybe_i64("signed_in_ms");
    out.created_at = from.i64("created_ms");
    out.version = from.i64("version");
    return out;
}

std::optional<operator_row> one_of(connection& db, rows found) {
    if (!found.next()) return std::nullopt;
    auto out = row_of(found);
    auto colleges = db.select(colleges_of, out.id);
    while (colleges.next()) out.scope.colleges.push_back(colleges.text("college"));
    return out;
}

operator_row locked(connection& db, std::int64_t id) {
    auto found = one_of(db, db.select(by_id_locked, id));
    if (!found) throw base::error{base::errc::operator_not_found};
    return std::move(*found);
}

void keep_colleges(connection& db, std::int64_t id, const college_scope& scope) {
    std::vector<std::vector<value>> list;
    list.reserve(scope.colleges.size());
    for (const auto& one : scope.colleges) list.push_back({id, one});
    db.change_many(insert_colleges, "(?, ?)", list);
}

void must_have_changed(std::int64_t count) {
    if (count != 1) throw base::error{base::errc::operator_changed};
}

}  // namespace

std::optional<operator_row> find_operator(connection& db, std::int64_t id) {
    return one_of(db, db.select(by_id, id));
}

std::optional<operator_row> find_operator_named(connection& db, std::string_view name) {
    return one_of(db, db.select(by_name, name));
}

std::vector<operator_row> list_operators(connection& db) {
    auto found = db.select(all_by_name);
    std::vector<operator_row> out;
    out.reserve(found.size());
    while (found.next()) out.push_back(row_of(found));
    auto colleges = db.select(all_colleges);
    while (colleges.next()) {
        const auto owner = colleges.i64("operator_id");
        for (auto& one : out) {
            if (one.id == owner) one.scope.colleges.push_back(colleges.text("college"));
        }
    }
    return out;
}

std::string display_name_of_operator(connection& db, std::int64_t id) {
    auto found = db.select(display_name_by_id, id);
    return found.next() ? found.text("display_name") : std::string{};
}

bool insert_operator(connection& db, const operator_row& made, base::epoch_ms now) {
    const auto before = find_operator_named(db, made.name);
    if (before) {
        // Of an earlier run of this very unit, perhaps.
        const bool own = before->id == made.id;
        if (own) db.found_done();
        return own;
    }
    db.change(
        insert_one,
        made.id,
        made.name,
        made.display_name,
        rules::name_of(made.role),
        made.password_hash,
        now,
        now
    );
    keep_colleges(db, made.id, made.scope);
    return true;
}

void count_able_admin(connection& db, bool was, bool is, bool even_the_last) {
    if (was == is) return;
    if (is) {
        base::ensure(db.change(one_more_admin) == 1, "the guard of operators is there");
        return;
    }
    const int left_at_least = even_the_last ? 0 : 1;
    if (db.change(one_admin_less, left_at_least) != 1) {
        throw base::error{base::errc::last_admin};
    }
}

operator_row change_operator(
    connection& db, std::int64_t id, const operator_change& wanted, base::epoch_ms now
) {
    auto before = locked(db, id);
    must_have_changed(db.change(
        change_one, wanted.display_name, rules::name_of(wanted.role), now, id, wanted.version
    ));
    db.change(delete_colleges, id);
    keep_colleges(db, id, wanted.scope);
    auto after = before;
    after.role = wanted.role;
    count_able_admin(db, before.is_able_admin(), after.is_able_admin());
    return before;
}

operator_row set_operator_disabled(
    connection& db, std::int64_t id, bool disabled, base::epoch_ms now
) {
    auto before = locked(db, id);
    if (before.disabled == disabled) return before;
    must_have_changed(db.change(disable_one, disabled, now, id, before.version));
    auto after = before;
    after.disabled = disabled;
    count_able_admin(db, before.is_able_admin(), after.is_able_admin());
    return before;
}

operator_row reset_operator(
    connection& db,
    std::int64_t id,
    std::string_view initial_hash,
    bool even_the_last,
    base::epoch_ms now
) {
    auto before = locked(db, id);
    must_have_changed(db.change(reset_one, initial_hash, now, id, before.version));
    count_able_admin(db, before.is_able_admin(), false, even_the_last);
    return before;
}

}  // namespace db
