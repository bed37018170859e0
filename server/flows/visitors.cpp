#include "server/flows/visitors.hpp"

#include "db/accounts.hpp"
#include "db/audit.hpp"
#include "db/captchas.hpp"
#include "db/outbox.hpp"
#include "db/wechat_side.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace flows {
namespace {

constexpr base::epoch_ms minute_ms = 60'000;
constexpr std::size_t token_length = 43;  // 32 bytes in base64url

base::epoch_ms idle_ms(const parts& with) {
    return with.conf.security.session_idle_minutes * minute_ms;
}

visitor stranger(const parts& with, std::string token, bool brought) {
    visitor out;
    out.token = std::move(token);
    out.brought = brought;
    out.csrf_token = csrf_token_of(with, out.token);
    return out;
}

}  // namespace

bool looks_like_session_token(std::string_view text) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return text.size() == token_length && text.find_first_not_of(letters) == std::string_view::npos;
}

std::string new_session_token() {
    return base::to_base64url(base::random_bytes(32));
}

std::string session_hash(std::string_view token) {
    return base::sha256(token);
}

std::string csrf_token_of(const parts& with, std::string_view session_token) {
    return base::to_base64url(with.vault.keyed_hash("csrf", session_token));
}

db::session new_session(const parts& with, std::string openid) {
    db::session out;
    out.openid = std::move(openid);
    out.created_at = base::now_ms();
    out.seen_at = out.created_at;
    out.expires_at = out.created_at + with.conf.security.session_hours * 60 * minute_ms;
    return out;
}

base::task<visitor> recognise(parts& with, std::string cookie) {
    if (!looks_like_session_token(cookie)) {
        auto out = stranger(with, new_session_token(), false);
        co_return out;
    }
    auto out = stranger(with, std::move(cookie), true);
    const auto hash = session_hash(out.token);
    const auto find = [&hash](db::connection& db) { return db::find_session(db, hash); };
    const auto found = co_await with.pool.read(find);
    const auto now = base::now_ms();
    const bool alive = found && now < found->expires_at && now - found->seen_at < idle_ms(with);
    if (!alive) co_return out;
    out.stored = true;
    out.openid = found->openid;
    out.person_id = found->person_id;
    out.level = found->level;
    out.way = found->way;
    out.place = found->place;
    if (now - found->seen_at >= minute_ms) {
        const auto touch = [&](db::connection& db) { db::touch_session(db, hash, now); };
        co_await with.pool.transact(touch);
    }
    co_return out;
}

base::task<standing> standing_of(parts& with, visitor who) {
    standing out;
    out.who = std::move(who);
    std::optional<db::person> person;
    std::optional<db::binding> bound;
    const auto look = [&](db::connection& db) {
        person.reset();
        bound.reset();
        if (out.who.person_id) person = db::find_person(db, *out.who.person_id);
        if (!out.who.openid.empty()) bound = db::find_binding(db, out.who.openid);
        return true;
    };
    if (out.who.person_id || !out.who.openid.empty()) co_await with.pool.read(look);
    // A student who has left is signed out by that.
    if (!person) out.who.person_id.reset();
    if (person) {
        out.student.emplace();
        out.student->id_number =
            with.vault.open_id_number(person->id, person->id_number_sealed).value_or("");
        out.student->who = std::move(*person);
        out.bound = bound && bound->person_id == out.student->who.id;
        out.can_bind =
            !out.who.openid.empty() && !out.bound && out.who.level != db::sign_in_level::identity;
    }
    out.can_sign_in = bound.has_value();
    co_return out;
}

base::task<visitor> sign_out(parts& with, visitor who) {
    auto out = stranger(with, new_session_token(), false);
    out.openid = who.openid;
    out.stored = !out.openid.empty();
    const auto old_hash = session_hash(who.token);
    const auto new_hash = session_hash(out.token);
    const auto begun = new_session(with, out.openid);
    const std::string actor = who.person_id ? "student:" + std::to_string(*who.person_id) : "";
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        db::delete_session(db, old_hash);
        if (out.stored) db::insert_session(db, new_hash, begun);
        if (!actor.empty()) db::append_audit(db, {actor, "sign_out", "session", "ok", ""}, now);
    };
    co_await with.pool.transact(unit);
    co_return out;
}

base::task<void> sweep_ended(parts& with) {
    constexpr int piece = 500;
    constexpr base::epoch_ms day_ms = 24 * 60 * minute_ms;
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        return db::delete_ended_sessions(db, now, now - idle_ms(with), piece) +
               db::delete_old_tries(db, now, piece) +
               db::delete_old_oauth_states(db, now - 15 * minute_ms, piece) +
               db::delete_old_messages(db, now - day_ms, piece) +
               db::delete_old_deliveries(db, now - day_ms, piece) +
               db::delete_old_captchas(db, piece) + db::delete_old_recoveries(db, day_ms, piece);
    };
    for (int round = 0; round < 20; ++round) {
        const auto deleted = co_await with.pool.transact(unit);
        if (deleted == 0) co_return;
    }
}

}  // namespace flows
