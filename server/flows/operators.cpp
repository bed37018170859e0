#include "server/flows/operators.hpp"

#include <utility>

#include "db/audit.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/flows/console_sign_in.hpp"
#include "server/flows/passwords.hpp"

namespace flows {
namespace {

// Read out and typed once: without look-alikes, 60 bits.
std::string new_initial_password() {
    constexpr std::string_view letters = "23456789abcdefghjkmnpqrstuvwxyz";
    constexpr int groups = 3;
    constexpr int in_a_group = 4;
    std::string out;
    for (int group = 0; group < groups; ++group) {
        if (group > 0) out += '-';
        for (int i = 0; i < in_a_group; ++i) {
            out += letters[base::random_below(static_cast<std::uint32_t>(letters.size()))];
        }
    }
    return out;
}

std::string object_of(std::int64_t id) {
    return "operator:" + std::to_string(id);
}

std::string shown(const db::college_scope& scope) {
    std::string out;
    for (const auto& one : scope.colleges) out += (out.empty() ? "" : ",") + one;
    return out.empty() ? "all" : out;
}

std::string detail_of(const db::operator_row& made) {
    return "name " + made.name + "; role " + std::string{rules::name_of(made.role)} +
           "; colleges " + shown(made.scope);
}

// What has changed, so that the audit tells who gave whom which right.
std::string difference(const db::operator_row& before, const rules::operator_form& after) {
    std::string out;
    const auto add = [&out](const std::string& what) { out += (out.empty() ? "" : "; ") + what; };
    if (before.role != after.role) {
        add("role " + std::string{rules::name_of(before.role)} + " > " +
            std::string{rules::name_of(after.role)});
    }
    if (before.scope.colleges != after.colleges) {
        add("colleges " + shown(before.scope) + " > " + shown({after.colleges}));
    }
    if (before.display_name != after.display_name) add("display name");
    return out;
}

void require_fit(const rules::operator_form& form) {
    const auto flaw = rules::flaw_of(form);
    if (!flaw.empty()) throw base::error{base::errc::operator_unfit, "", std::string{flaw}};
}

base::task<operator_facts> facts_of(parts& with, std::int64_t id) {
    const auto now = base::now_ms();
    const auto idle_since = now - console_idle_ms(with);
    const auto unit = [&](db::connection& db) {
        operator_facts out;
        auto found = db::find_operator(db, id);
        if (!found) throw base::error{base::errc::operator_not_found};
        out.row = std::move(*found);
        for (const auto& one : db::count_live_sessions(db, now, idle_since)) {
            if (one.operator_id == id) out.live_sessions = one.live;
        }
        return out;
    };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

}  // namespace

base::task<std::vector<operator_facts>> list_operators(parts& with) {
    const auto now = base::now_ms();
    const auto idle_since = now - console_idle_ms(with);
    const auto unit = [&](db::connection& db) {
        auto rows = db::list_operators(db);
        const auto counts = db::count_live_sessions(db, now, idle_since);
        std::vector<operator_facts> out;
        out.reserve(rows.size());
        for (auto& row : rows) {
            auto& one = out.emplace_back();
            for (const auto& count : counts) {
                if (count.operator_id == row.id) one.live_sessions = count.live;
            }
            if (row.disabled) one.live_sessions = 0;
            one.row = std::move(row);
        }
        return out;
    };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

base::task<std::optional<db::operator_row>> find_operator_named(parts& with, std::string name) {
    const auto wanted = rules::normal_operator_name(name);
    const auto unit = [&](db::connection& db) { return db::find_operator_named(db, wanted); };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

base::task<operator_with_password> add_operator(
    parts& with, const console_visitor& who, std::string name, rules::operator_form form
) {
    const auto flaw = rules::flaw_of_operator_name(name);
    if (!flaw.empty()) throw base::error{base::errc::operator_unfit, "", std::string{flaw}};
    require_fit(form);
    operator_with_password out;
    out.initial_password = new_initial_password();
    auto& made = out.facts.row;
    made.id = base::next_id();
    made.name = std::move(name);
    made.display_name = std::move(form.display_name);
    made.role = form.role;
    made.scope.colleges = std::move(form.colleges);
    made.password_hash = co_await with.secrets->hash(out.initial_password);
    made.created_at = base::now_ms();
    made.version = 1;
    const auto object = object_of(made.id);
    const auto detail = detail_of(made);
    const auto unit = [&](db::connection& db) {
        if (db::find_operator(db, made.id)) {
            db.found_done();
            return true;
        }
        if (!db::insert_operator(db, made, made.created_at)) return false;
        const auto deed = deed_of(who, "operator.add", object, "ok", detail);
        db::append_audit(db, deed, made.created_at);
        return true;
    };
    const bool added = co_await with.pool.transact(unit);
    if (!added) throw base::error{base::errc::operator_name_taken};
    co_return out;
}

base::task<operator_facts> change_operator(
    parts& with,
    const console_visitor& who,
    std::int64_t id,
    rules::operator_form form,
    std::int64_t version
) {
    require_fit(form);
    const auto now = base::now_ms();
    const auto object = object_of(id);
    const db::operator_change wanted{form.display_name, form.role, {form.colleges}, version};
    const auto unit = [&](db::connection& db) {
        const auto before = db::change_operator(db, id, wanted, now);
        if (before.role != wanted.role) {
            db::end_operator_sessions(db, id, 0, db::session_end::admin, now);
        }
        const auto detail = difference(before, form);
        db::append_audit(db, deed_of(who, "operator.change", object, "ok", detail), now);
    };
    co_await with.pool.transact(unit);
    auto out = co_await facts_of(with, id);
    co_return out;
}

base::task<operator_with_password> reset_operator(
    parts& with, const console_visitor& who, std::int64_t id, bool even_the_last
) {
    operator_with_password out;
    out.initial_password = new_initial_password();
    const auto hash = co_await with.secrets->hash(out.initial_password);
    const auto now = base::now_ms();
    const auto object = object_of(id);
    const auto unit = [&](db::connection& db) {
        const auto before = db::reset_operator(db, id, hash, even_the_last, now);
        db::end_operator_sessions(db, id, 0, db::session_end::new_secrets, now);
        forget_console_tries(with, db, before.name);
        db::append_audit(db, deed_of(who, "operator.reset", object, "ok"), now);
    };
    co_await with.pool.transact(unit);
    out.facts = co_await facts_of(with, id);
    co_return out;
}

base::task<operator_facts> set_operator_disabled(
    parts& with, const console_visitor& who, std::int64_t id, bool disabled
) {
    const auto now = base::now_ms();
    const auto object = object_of(id);
    const auto* action = disabled ? "operator.disable" : "operator.enable";
    const auto unit = [&](db::connection& db) {
        const auto before = db::set_operator_disabled(db, id, disabled, now);
        if (before.disabled == disabled) return;
        if (disabled) {
            db::end_operator_sessions(db, id, 0, db::session_end::disabled, now);
        } else {
            forget_console_tries(with, db, before.name);
        }
        db::append_audit(db, deed_of(who, action, object, "ok"), now);
    };
    co_await with.pool.transact(unit);
    auto out = co_await facts_of(with, id);
    co_return out;
}

base::task<std::vector<std::string>> list_colleges(parts& with, const console_visitor& who) {
    const auto unit = [&](db::connection& db) { return db::list_colleges(db, who.scope()); };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

}  // namespace flows
