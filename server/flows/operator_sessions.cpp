// The part of flows/operators.hpp that ends sessions.
#include <algorithm>
#include <utility>

#include "db/audit.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/flows/operators.hpp"

namespace flows {
namespace {

constexpr int sessions_shown = 100;

std::string object_of(std::int64_t session_id) {
    return "console-session:" + std::to_string(session_id);
}

session_facts facts_of(const parts& with, const console_visitor& who, db::listed_session row) {
    session_facts out;
    const auto idle_end = row.session.seen_at + console_idle_ms(with);
    const auto natural = std::min(idle_end, row.session.expires_at);
    out.ended_at = row.ended_at;
    out.ended_by = row.ended_by;
    // Nobody notes the end of a session that was left alone.
    if (!row.ended_at && base::now_ms() >= natural) {
        out.ended_at = natural;
        out.ended_by = idle_end < row.session.expires_at ? "idle" : "age";
    }
    out.own = who.session && who.session->id == row.session.id;
    out.row = std::move(row);
    return out;
}

}  // namespace

base::task<std::vector<session_facts>> list_sessions(
    parts& with, const console_visitor& who, session_wish wanted
) {
    db::session_filter filter;
    filter.operator_id = wanted.operator_id;
    filter.before = wanted.before;
    filter.live_only = wanted.live_only;
    filter.now = base::now_ms();
    filter.idle_since = filter.now - console_idle_ms(with);
    const auto unit = [&](db::connection& db) {
        return db::list_operator_sessions(db, filter, sessions_shown);
    };
    auto rows = co_await with.pool.read(unit);
    std::vector<session_facts> out;
    out.reserve(rows.size());
    for (auto& row : rows) out.push_back(facts_of(with, who, std::move(row)));
    co_return out;
}

base::task<session_facts> end_session(parts& with, const console_visitor& who, std::int64_t id) {
    const auto now = base::now_ms();
    const auto object = object_of(id);
    db::session_filter filter;
    filter.session_id = id;
    const auto unit = [&](db::connection& db) {
        const bool ended =
            db::end_operator_session(db, id, std::nullopt, db::session_end::admin, now);
        auto found = db::list_operator_sessions(db, filter, 1);
        if (found.empty()) throw base::error{base::errc::console_session_not_found};
        const auto whose = operator_actor(found.front().session.operator_id);
        if (ended) {
            db::append_audit(db, deed_of(who, "console.end_session", object, "ok", whose), now);
        }
        return std::move(found.front());
    };
    auto row = co_await with.pool.transact(unit);
    co_return facts_of(with, who, std::move(row));
}

base::task<void> end_sessions_of(
    parts& with, const console_visitor& who, std::int64_t operator_id
) {
    const auto now = base::now_ms();
    const auto object = operator_actor(operator_id);
    const auto unit = [&](db::connection& db) {
        if (!db::find_operator(db, operator_id)) {
            throw base::error{base::errc::operator_not_found};
        }
        const auto count =
            db::end_operator_sessions(db, operator_id, 0, db::session_end::admin, now);
        if (count == 0) return;
        const auto detail = "sessions " + std::to_string(count);
        db::append_audit(db, deed_of(who, "operator.sign_out", object, "ok", detail), now);
    };
    co_await with.pool.transact(unit);
}

base::task<void> end_own_session(parts& with, const console_visitor& who, std::int64_t id) {
    const auto now = base::now_ms();
    const auto object = object_of(id);
    db::session_filter filter;
    filter.session_id = id;
    filter.operator_id = who.who.id;
    const auto unit = [&](db::connection& db) {
        if (db::end_operator_session(db, id, who.who.id, db::session_end::oneself, now)) {
            db::append_audit(db, deed_of(who, "console.end_session", object, "ok"), now);
        } else if (db::list_operator_sessions(db, filter, 1).empty()) {
            throw base::error{base::errc::console_session_not_found};
        }
    };
    co_await with.pool.transact(unit);
}

base::task<void> end_own_other_sessions(parts& with, const console_visitor& who) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        const auto count = db::end_operator_sessions(
            db, who.who.id, who.session->id, db::session_end::oneself, now
        );
        if (count == 0) return;
        const auto detail = "sessions " + std::to_string(count);
        db::append_audit(db, deed_of(who, "console.end_session", "others", "ok", detail), now);
    };
    co_await with.pool.transact(unit);
}

}  // namespace flows
