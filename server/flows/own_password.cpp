#include "server/flows/own_password.hpp"

#include "db/accounts.hpp"
#include "db/audit.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/flows/passwords.hpp"
#include "server/flows/throttle.hpp"
#include "server/rules/new_password.hpp"

namespace flows {
namespace {

std::string actor_of(std::int64_t person_id) {
    return "student:" + std::to_string(person_id);
}

base::task<db::person> own_person(parts& with, std::int64_t person_id) {
    const auto find = [person_id](db::connection& db) { return db::find_person(db, person_id); };
    auto found = co_await with.pool.read(find);
    if (!found) throw base::error{base::errc::not_signed_in};
    co_return std::move(*found);
}

void require_fit_answers(const std::vector<rules::question_answer>& answers) {
    const auto verdict = rules::judge_answers(answers);
    if (verdict == rules::answers_verdict::ok) return;
    throw base::error{
        base::errc::security_answers_unfit, "", std::string{rules::sentence_for(verdict)}};
}

base::task<db::security> security_of(parts& with, std::vector<rules::question_answer> answers) {
    db::security out;
    out.questions = rules::joined_questions(answers);
    out.answers_hash = co_await with.secrets->hash(rules::joined_answers(std::move(answers)));
    co_return out;
}

}  // namespace

void require_good_password(
    const parts& with, const db::person& whose, const std::string& password
) {
    const auto id_number = with.vault.open_id_number(whose.id, whose.id_number_sealed);
    const auto verdict = rules::judge_password(password, whose.student_no, id_number.value_or(""));
    if (verdict == rules::password_verdict::ok) return;
    throw base::error{base::errc::password_too_weak, "", std::string{rules::sentence_for(verdict)}};
}

base::task<visitor> set_first_password(
    parts& with, visitor who, std::string password, std::vector<rules::question_answer> answers
) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    if (!who.must_change_password()) throw base::error{base::errc::not_allowed_at_this_level};
    const auto person = co_await own_person(with, *who.person_id);
    require_good_password(with, person, password);
    require_fit_answers(answers);
    const auto hash = co_await with.secrets->hash(std::move(password));
    const auto security = co_await security_of(with, std::move(answers));
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        if (!db::set_first_password(db, person.id, hash, now)) return false;
        db::keep_security(db, person.id, security, now);
        db::end_sessions_of(db, person.id, "");
        db::append_audit(db, {actor_of(person.id), "set_first_password", "account", "ok", ""}, now);
        return true;
    };
    const bool set = co_await with.pool.transact(unit);
    // In another window it has been changed meanwhile: what was proven here is not worth anything
    // any more.
    auto out = co_await sign_out(with, std::move(who));
    if (!set) throw base::error{base::errc::not_signed_in};
    co_return out;
}

base::task<std::string> require_password(
    parts& with, visitor who, std::string present, std::string address
) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    if (who.level != db::sign_in_level::own) {
        throw base::error{base::errc::not_allowed_at_this_level};
    }
    const auto person = co_await own_person(with, *who.person_id);
    const auto keys = throttle_keys_of(with, "present", std::to_string(person.id), address);
    co_await count_or_refuse(with, keys);
    const bool right = co_await with.secrets->matches(person.password_hash, std::move(present));
    const auto now = base::now_ms();
    const auto note = [&](db::connection& db) {
        if (right) {
            db::forget_tries(db, keys.account);
        } else {
            db::count_try(db, keys.address, now);
        }
    };
    co_await with.pool.transact(note);
    if (!right) throw base::error{base::errc::password_wrong};
    co_return person.password_hash;
}

base::task<void> change_password(
    parts& with, visitor who, std::string present, std::string wanted, std::string address
) {
    const auto checked = co_await require_password(with, who, std::move(present), address);
    const auto person = co_await own_person(with, *who.person_id);
    require_good_password(with, person, wanted);
    const auto hash = co_await with.secrets->hash(std::move(wanted));
    const auto kept = session_hash(who.token);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        if (!db::change_password(db, person.id, checked, hash, now)) return false;
        db::end_sessions_of(db, person.id, kept);
        db::append_audit(db, {actor_of(person.id), "change_password", "account", "ok", ""}, now);
        return true;
    };
    const bool changed = co_await with.pool.transact(unit);
    if (!changed) throw base::error{base::errc::password_wrong};
}

base::task<void> change_security(
    parts& with,
    visitor who,
    std::string present,
    std::vector<rules::question_answer> answers,
    std::string address
) {
    require_fit_answers(answers);
    co_await require_password(with, who, std::move(present), address);
    const auto security = co_await security_of(with, std::move(answers));
    const auto person_id = *who.person_id;
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        db::keep_security(db, person_id, security, now);
        db::append_audit(db, {actor_of(person_id), "change_security", "account", "ok", ""}, now);
    };
    co_await with.pool.transact(unit);
}

base::task<std::vector<std::string>> chosen_questions(parts& with, visitor who) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    const auto person_id = *who.person_id;
    const auto find = [person_id](db::connection& db) { return db::find_security(db, person_id); };
    const auto found = co_await with.pool.read(find);
    std::vector<std::string> out;
    if (found) out = rules::split_questions(found->questions);
    co_return out;
}

}  // namespace flows
