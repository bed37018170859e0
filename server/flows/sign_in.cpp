#include "server/flows/sign_in.hpp"

#include <algorithm>

#include "db/audit.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/flows/passwords.hpp"
#include "server/flows/throttle.hpp"
#include "server/flows/user_names.hpp"
#include "server/rules/id_number.hpp"

namespace flows {
namespace {

base::task<void> refuse(parts& with, const throttle_keys& keys, std::string_view sentence) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        db::count_try(db, keys.address, now);
        db::append_audit(db, {"", "sign_in", "session", "refused", ""}, now);
    };
    co_await with.pool.transact(unit);
    throw base::error{base::errc::sign_in_failed, "", std::string{sentence}};
}

// Who has proven who he is, how and where.
struct proof {
    std::int64_t person_id = 0;
    db::sign_in_level level = db::sign_in_level::identity;
    db::sign_in_way way = db::sign_in_way::identity;
    db::sign_in_place place = db::sign_in_place::h5;
};

// A new session for him.
base::task<visitor> begin(parts& with, visitor who, proof proven, const throttle_keys* keys) {
    visitor out;
    out.token = new_session_token();
    out.stored = true;
    out.csrf_token = csrf_token_of(with, out.token);
    out.openid = who.openid;
    out.person_id = proven.person_id;
    out.level = proven.level;
    out.way = proven.way;
    out.place = proven.place;
    auto begun = new_session(with, out.openid);
    begun.person_id = proven.person_id;
    begun.level = proven.level;
    begun.way = proven.way;
    begun.place = proven.place;
    const auto old_hash = session_hash(who.token);
    const auto new_hash = session_hash(out.token);
    const auto actor = "student:" + std::to_string(proven.person_id);
    const auto way = db::name_of(proven.way);
    const auto unit = [&](db::connection& db) {
        if (who.stored) db::delete_session(db, old_hash);
        db::insert_session(db, new_hash, begun);
        if (keys) db::forget_tries(db, keys->account);
        db::append_audit(db, {actor, "sign_in", way, "ok", ""}, begun.created_at);
    };
    co_await with.pool.transact(unit);
    co_return out;
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : static_cast<char>(c);
    });
    return text;
}

constexpr std::string_view wrong_password = "用户名或密码不正确，请核对后重试";
constexpr std::string_view wrong_identity = "证件号与姓名不一致，请核对后重试";

}  // namespace

base::task<visitor> sign_in_by_password(
    parts& with, visitor who, password_entry entry, std::string address, db::sign_in_place place
) {
    const auto typed = trimmed(entry.username);
    const auto as_id_number = rules::normal_id_number(typed);
    const auto keys = throttle_keys_of(with, "", as_id_number, address);
    co_await count_or_refuse(with, keys);

    const auto id_hash = with.vault.id_number_hash(as_id_number);
    const auto find = [&](db::connection& db) { return person_named(db, typed, id_hash); };
    const auto person = co_await with.pool.read(find);

    std::string hash;
    if (person) hash = person->password_hash;
    // Costs the same whether there is somebody, and whether the password is the initial one.
    const bool matches = co_await with.secrets->matches(hash, entry.password);
    bool initial = false;
    if (person && hash.empty()) {
        const auto id_number = with.vault.open_id_number(person->id, person->id_number_sealed);
        initial = id_number && id_number->size() >= 6 &&
                  base::equal_in_constant_time(
                      rules::last_six(*id_number), upper(trimmed(entry.password))
                  );
    }
    if (!matches && !initial) co_await refuse(with, keys, wrong_password);
    const auto level = initial ? db::sign_in_level::initial : db::sign_in_level::own;
    const proof proven{person->id, level, db::sign_in_way::password, place};
    auto out = co_await begin(with, who, proven, &keys);
    co_return out;
}

base::task<visitor> sign_in_by_identity(
    parts& with, visitor who, identity_entry entry, std::string address
) {
    const auto id_number = rules::normal_id_number(entry.id_number);
    const auto name = trimmed(entry.name);
    const auto keys = throttle_keys_of(with, "", id_number, address);
    co_await count_or_refuse(with, keys);

    const auto id_hash = with.vault.id_number_hash(id_number);
    const auto find = [&](db::connection& db) {
        return db::find_person_by_id_number_hash(db, id_hash);
    };
    const auto person = co_await with.pool.read(find);
    const bool same = person && base::equal_in_constant_time(person->name, name);
    if (!same) co_await refuse(with, keys, wrong_identity);
    const proof proven{person->id, db::sign_in_level::identity, db::sign_in_way::identity};
    auto out = co_await begin(with, who, proven, &keys);
    co_return out;
}

base::task<visitor> sign_in_by_wechat(parts& with, visitor who) {
    if (who.openid.empty()) throw base::error{base::errc::wechat_identity_needed};
    const auto find = [&](db::connection& db) {
        auto bound = db::find_binding(db, who.openid);
        if (bound && !db::find_person(db, bound->person_id)) bound.reset();
        return bound;
    };
    const auto bound = co_await with.pool.read(find);
    if (!bound) {
        throw base::error{
            base::errc::sign_in_failed, "", "本微信尚未绑定，请使用用户名或证件号登录"};
    }
    const proof proven{bound->person_id, bound->level, db::sign_in_way::wechat};
    auto out = co_await begin(with, who, proven, nullptr);
    co_return out;
}

base::task<void> bind_wechat(parts& with, visitor who) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    if (who.openid.empty()) throw base::error{base::errc::wechat_identity_needed};
    if (who.level == db::sign_in_level::identity) {
        throw base::error{base::errc::binding_not_possible};
    }
    const auto actor = "student:" + std::to_string(*who.person_id);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        const auto before = db::find_binding(db, who.openid);
        if (before && before->person_id == *who.person_id && before->level == who.level) return;
        db::bind(db, who.openid, {*who.person_id, who.level}, now);
        db::append_audit(db, {actor, "bind_wechat", "binding", "ok", ""}, now);
    };
    co_await with.pool.transact(unit);
}

base::task<void> unbind_wechat(parts& with, visitor who) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    if (who.openid.empty()) throw base::error{base::errc::wechat_identity_needed};
    const auto actor = "student:" + std::to_string(*who.person_id);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        if (!db::unbind(db, who.openid, *who.person_id)) return;
        db::append_audit(db, {actor, "unbind_wechat", "binding", "ok", ""}, now);
    };
    co_await with.pool.transact(unit);
}

}  // namespace flows
