#include "server/flows/console_visitors.hpp"

#include <utility>

#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/flows/visitors.hpp"

namespace flows {
namespace {

constexpr base::epoch_ms minute_ms = 60'000;
constexpr base::epoch_ms hour_ms = 60 * minute_ms;
constexpr base::epoch_ms kept_ms = 30 * 24 * hour_ms;

// Of another purpose than students', so that neither is the other's.
std::string console_csrf_token(const parts& with, std::string_view session_token) {
    return base::to_base64url(with.vault.keyed_hash("csrf-console", session_token));
}

}  // namespace

std::string operator_actor(std::int64_t operator_id) {
    return "operator:" + std::to_string(operator_id);
}

base::epoch_ms console_idle_ms(const parts& with) {
    return with.conf.console.session_idle_minutes * minute_ms;
}

console_visitor console_stranger(const parts& with, console_origin from) {
    console_visitor out;
    out.token = new_session_token();
    out.csrf_token = console_csrf_token(with, out.token);
    out.from = std::move(from);
    return out;
}

console_visitor new_console_visitor(
    const parts& with,
    const console_visitor& before,
    db::operator_row who,
    rules::console_stage stage
) {
    auto out = console_stranger(with, before.from);
    db::operator_session session;
    session.id = base::next_id();
    session.operator_id = who.id;
    session.stage = stage;
    session.created_at = base::now_ms();
    session.seen_at = session.created_at;
    session.expires_at = session.created_at + with.conf.console.session_hours * hour_ms;
    session.address = out.from.address;
    session.browser = out.from.browser;
    out.session = std::move(session);
    out.actor = operator_actor(who.id);
    out.who = std::move(who);
    return out;
}

base::task<console_visitor> recognise_operator(
    parts& with, std::string cookie, console_origin from
) {
    auto out = console_stranger(with, std::move(from));
    if (!looks_like_session_token(cookie)) co_return out;
    out.token = std::move(cookie);
    out.brought = true;
    out.csrf_token = console_csrf_token(with, out.token);
    const auto hash = session_hash(out.token);
    const auto find = [&hash](db::connection& db) { return db::find_operator_session(db, hash); };
    auto found = co_await with.pool.read(find);
    const auto now = base::now_ms();
    const bool alive = found && now < found->session.expires_at &&
                       now - found->session.seen_at < console_idle_ms(with);
    if (!alive) co_return out;
    const auto id = found->session.id;
    if (now - found->session.seen_at >= minute_ms) {
        const auto touch = [&](db::connection& db) { db::touch_operator_session(db, id, now); };
        co_await with.pool.transact(touch);
    }
    out.session = std::move(found->session);
    out.who = std::move(found->who);
    out.actor = operator_actor(out.who.id);
    co_return out;
}

void require_whole_school(const console_visitor& who) {
    if (!who.scope().is_all()) throw base::error{base::errc::outside_your_colleges};
}

db::audit_entry deed_of(
    const console_visitor& who,
    std::string_view action,
    std::string_view object,
    std::string_view result,
    std::string_view detail
) {
    return {who.actor, action, object, result, who.from.request_id, detail, who.from.address};
}

base::task<console_visitor> sign_out_of_console(parts& with, console_visitor who) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        const auto id = who.session->id;
        if (!db::end_operator_session(db, id, std::nullopt, db::session_end::oneself, now)) return;
        db::append_audit(db, deed_of(who, "console.sign_out", "session", "ok"), now);
    };
    if (who.session) co_await with.pool.transact(unit);
    co_return console_stranger(with, std::move(who.from));
}

base::task<void> sweep_console(parts& with) {
    constexpr int piece = 500;
    const auto before = base::now_ms() - kept_ms;
    const auto unit = [&](db::connection& db) {
        return db::delete_old_operator_sessions(db, before, piece);
    };
    for (int round = 0; round < 20; ++round) {
        const auto deleted = co_await with.pool.transact(unit);
        if (deleted == 0) co_return;
    }
}

}  // namespace flows
