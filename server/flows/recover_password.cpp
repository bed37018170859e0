#include "server/flows/recover_password.hpp"

#include <algorithm>

#include "db/audit.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/flows/captcha.hpp"
#include "server/flows/own_password.hpp"
#include "server/flows/passwords.hpp"
#include "server/flows/throttle.hpp"
#include "server/flows/user_names.hpp"
#include "server/rules/id_number.hpp"

namespace flows {
namespace {

using db::recovery_state;

constexpr base::epoch_ms life_ms = 20 * 60'000;
constexpr int tries_max = 5;

[[noreturn]] void refuse() {
    throw base::error{base::errc::recovery_not_possible};
}

std::string actor_of(const db::recovery& one) {
    return one.person_id ? "student:" + std::to_string(*one.person_id) : std::string{};
}

// Whoever has no password of his own has the initial one: there is nothing to recover, and no
// answers.
std::optional<db::security> security_of(
    db::connection& db, const std::optional<db::person>& person
) {
    if (!person || person->password_hash.empty()) return std::nullopt;
    return db::find_security(db, person->id);
}

// The word of a phone is asked for where one is bound.
base::task<recovery_state> state_after_answers(parts& with, std::int64_t person_id) {
    const auto look = [person_id](db::connection& db) {
        return db::bound_openids(db, person_id, 1);
    };
    const auto phones = co_await with.pool.read(look);
    co_return phones.empty() ? recovery_state::approved : recovery_state::waiting_for_wechat;
}

base::task<bool> is_bound(parts& with, const visitor& who) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    if (who.openid.empty()) co_return false;
    const auto look = [&](db::connection& db) { return db::find_binding(db, who.openid); };
    const auto bound = co_await with.pool.read(look);
    co_return bound.has_value() && bound->person_id == *who.person_id;
}

}  // namespace

base::task<db::recovery> begin_recovery(
    parts& with,
    visitor who,
    std::string username,
    std::int64_t captcha,
    std::string captcha_answer,
    std::string address
) {
    if (with.conf.security.password_recovery == "off") refuse();
    co_await require_captcha(with, who, captcha, std::move(captcha_answer));
    const auto typed = trimmed(username);
    const auto as_id_number = rules::normal_id_number(typed);
    const auto keys = throttle_keys_of(with, "recovery", as_id_number, address);
    co_await count_or_refuse(with, keys);

    const auto id_hash = with.vault.id_number_hash(as_id_number);
    db::recovery begun;
    begun.id = base::next_id();
    const auto browser = session_hash(who.token);
    const auto nobodys = with.vault.keyed_hash("recovery-questions", as_id_number);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        const auto person = person_named(db, typed, id_hash);
        const auto security = security_of(db, person);
        begun.person_id.reset();
        if (security) begun.person_id = person->id;
        begun.questions = security ? security->questions : rules::questions_for_nobody(nobodys);
        db::count_try(db, keys.address, now);
        db::begin_recovery(db, begun, browser, life_ms);
        const auto known = begun.person_id ? "ok" : "nobody";
        db::append_audit(db, {actor_of(begun), "begin_recovery", "account", known, ""}, now);
    };
    co_await with.pool.transact(unit);
    auto out = co_await recovery_of(with, std::move(who), begun.id);
    co_return out;
}

base::task<db::recovery> recovery_of(parts& with, visitor who, std::int64_t id) {
    const auto browser = session_hash(who.token);
    const auto find = [&](db::connection& db) { return db::find_recovery(db, id, browser); };
    auto found = co_await with.pool.read(find);
    if (!found) refuse();
    co_return std::move(*found);
}

base::task<db::recovery> answer_recovery(
    parts& with, visitor who, std::int64_t id, std::vector<rules::question_answer> answers
) {
    const auto begun = co_await recovery_of(with, who, id);
    if (begun.state != recovery_state::asked) refuse();
    const auto count = [id](db::connection& db) {
        return db::count_recovery_try(db, id, tries_max);
    };
    const bool may = co_await with.pool.transact(count);
    if (!may) refuse();

    std::optional<db::security> security;
    const auto find = [&](db::connection& db) {
        if (begun.person_id) security = db::find_security(db, *begun.person_id);
        return true;
    };
    co_await with.pool.read(find);
    const bool same_questions = security && security->questions == begun.questions &&
                                rules::joined_questions(answers) == begun.questions;
    const std::string hash = same_questions ? security->answers_hash : std::string{};
    // Costs the same for a name that nobody has.
    const bool right = co_await with.secrets->matches(hash, rules::joined_answers(answers));
    if (!right) throw base::error{base::errc::recovery_failed};

    const auto next = co_await state_after_answers(with, *begun.person_id);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        if (!db::move_recovery(db, id, recovery_state::asked, next)) return;
        db::append_audit(db, {actor_of(begun), "answer_recovery", "account", "ok", ""}, now);
    };
    co_await with.pool.transact(unit);
    auto out = co_await recovery_of(with, std::move(who), id);
    co_return out;
}

base::task<db::recovery> finish_recovery(
    parts& with, visitor who, std::int64_t id, std::string password
) {
    const auto begun = co_await recovery_of(with, who, id);
    if (begun.state != recovery_state::approved || !begun.person_id) refuse();
    const auto person_id = *begun.person_id;
    const auto find = [person_id](db::connection& db) { return db::find_person(db, person_id); };
    const auto person = co_await with.pool.read(find);
    if (!person) refuse();
    require_good_password(with, *person, password);
    const auto hash = co_await with.secrets->hash(std::move(password));
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        if (!db::move_recovery(db, id, recovery_state::approved, recovery_state::done))
            return false;
        db::replace_password(db, person_id, hash, now);
        db::end_sessions_of(db, person_id, "");
        db::append_audit(db, {actor_of(begun), "finish_recovery", "account", "ok", ""}, now);
        return true;
    };
    const bool done = co_await with.pool.transact(unit);
    if (!done) refuse();
    auto out = co_await recovery_of(with, std::move(who), id);
    co_return out;
}

base::task<std::vector<db::recovery>> recoveries_to_confirm(parts& with, visitor who) {
    std::vector<db::recovery> out;
    const bool bound = co_await is_bound(with, who);
    if (!bound) co_return out;
    const auto person_id = *who.person_id;
    const auto find = [person_id](db::connection& db) {
        return db::waiting_recoveries(db, person_id);
    };
    out = co_await with.pool.read(find);
    co_return out;
}

base::task<void> confirm_recovery(parts& with, visitor who, std::int64_t id, bool approve) {
    const auto waiting = co_await recoveries_to_confirm(with, who);
    const auto found = std::ranges::find(waiting, id, &db::recovery::id);
    if (found == waiting.end()) refuse();
    const auto next = approve ? recovery_state::approved : recovery_state::denied;
    const auto now = base::now_ms();
    const auto actor = actor_of(*found);
    const auto unit = [&](db::connection& db) {
        if (!db::move_recovery(db, id, recovery_state::waiting_for_wechat, next)) return;
        const auto result = approve ? "approved" : "denied";
        db::append_audit(db, {actor, "confirm_recovery", "account", result, ""}, now);
    };
    co_await with.pool.transact(unit);
}

}  // namespace flows
