#include "server/flows/console_sign_in.hpp"

#include <utility>

#include "db/sessions.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/flows/one_time_code.hpp"
#include "server/flows/passwords.hpp"
#include "server/flows/throttle.hpp"
#include "server/flows/visitors.hpp"
#include "server/rules/operator_form.hpp"

namespace flows {
namespace {

constexpr std::string_view sign_in_door = "console";
constexpr std::string_view proof_door = "console-proof";
constexpr std::string_view failed = "登录名、密码或动态口令不正确，请核对后重试";

tries_allowed allowed_by(const parts& with) {
    tries_allowed out;
    out.by_account = static_cast<int>(with.conf.console.sign_in_tries_per_hour);
    out.by_address = static_cast<int>(with.conf.console.sign_in_tries_per_address);
    return out;
}

// Nothing: no authenticator, or not a code of it.
std::optional<std::int64_t> step_for(
    const parts& with, const db::operator_row& who, std::string_view code
) {
    if (who.totp_sealed.empty()) return std::nullopt;
    const auto secret = with.vault.open_code_secret(who.id, who.totp_sealed);
    if (!secret) {
        base::log::alarm("console.secret_does_not_open");
        return std::nullopt;
    }
    return step_of_code(*secret, code, base::now_ms());
}

base::task<void> refuse(parts& with, console_visitor who, throttle_keys keys, std::string actor) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        db::count_try(db, keys.address, now);
        // What was typed is not kept: it may be a password in the wrong field.
        auto deed = deed_of(who, "console.sign_in", "session", "refused");
        deed.actor = actor;
        db::append_audit(db, deed, now);
    };
    co_await with.pool.transact(unit);
    throw base::error{base::errc::sign_in_failed, "", std::string{failed}};
}

// Takes the code and begins the session, in one unit. False: the code was taken meanwhile, or the
// account is another one by now.
base::task<bool> begin(
    parts& with,
    const console_visitor& before,
    const console_visitor& made,
    std::optional<std::int64_t> step,
    const throttle_keys& keys
) {
    const auto new_hash = session_hash(made.token);
    const auto now = made.session->created_at;
    const auto& who = made.who;
    const auto unit = [&](db::connection& db) {
        if (db::find_operator_session(db, new_hash)) {
            db.found_done();
            return true;
        }
        const bool open =
            step
                ? db::sign_operator_in(db, {who.id, who.password_hash, who.totp_sealed, *step}, now)
                : db::sign_operator_in_for_setup(db, who.id, who.password_hash, now);
        if (!open) return false;
        if (before.session) {
            const auto old = before.session->id;
            db::end_operator_session(db, old, std::nullopt, db::session_end::oneself, now);
        }
        db::insert_operator_session(db, new_hash, *made.session);
        db::forget_tries(db, keys.account);
        const auto stage = rules::name_of(made.session->stage);
        db::append_audit(db, deed_of(made, "console.sign_in", stage, "ok"), now);
        return true;
    };
    const bool begun = co_await with.pool.transact(unit);
    co_return begun;
}

}  // namespace

db::operator_proof proven_operator::proof() const {
    return {now.id, now.password_hash, now.totp_sealed, step};
}

void forget_console_tries(const parts& with, db::connection& db, const std::string& name) {
    db::forget_tries(db, throttle_keys_of(with, sign_in_door, name, "").account);
}

base::task<console_visitor> sign_in_to_console(
    parts& with, console_visitor who, console_entry entry
) {
    const auto name = rules::normal_operator_name(entry.name);
    const auto keys = throttle_keys_of(with, sign_in_door, name, who.from.address);
    co_await count_or_refuse(with, keys, allowed_by(with));

    const auto find = [&](db::connection& db) { return db::find_operator_named(db, name); };
    auto found = co_await with.pool.read(find);
    std::string hash;
    std::string actor;
    if (found) {
        hash = found->password_hash;
        actor = operator_actor(found->id);
    }
    // Costs the same whether there is somebody or not.
    const bool matches = co_await with.secrets->matches(hash, std::move(entry.password));
    std::optional<std::int64_t> step;
    if (found) step = step_for(with, *found, entry.code);
    const bool initial = found && found->password_must_change;
    const bool open = matches && !found->disabled && (initial || step);
    if (!open) co_await refuse(with, who, keys, actor);
    if (initial) step.reset();
    const auto stage = initial ? rules::console_stage::setup : rules::console_stage::ready;
    auto out = new_console_visitor(with, who, std::move(*found), stage);
    const bool begun = co_await begin(with, who, out, step, keys);
    if (!begun) co_await refuse(with, who, keys, actor);
    co_return out;
}

base::task<proven_operator> prove_operator(
    parts& with, const console_visitor& who, std::string password, std::string code
) {
    const auto id = who.who.id;
    const auto keys = throttle_keys_of(with, proof_door, std::to_string(id), who.from.address);
    co_await count_or_refuse(with, keys, allowed_by(with));
    const auto find = [id](db::connection& db) { return db::find_operator(db, id); };
    auto found = co_await with.pool.read(find);
    if (!found || found->disabled) throw base::error{base::errc::not_signed_in};
    const bool matches = co_await with.secrets->matches(found->password_hash, std::move(password));
    const auto step = step_for(with, *found, code);
    const auto now = base::now_ms();
    const bool right = matches && step;
    const auto note = [&](db::connection& db) {
        if (right) {
            db::forget_tries(db, keys.account);
        } else {
            db::count_try(db, keys.address, now);
            db::append_audit(db, deed_of(who, "console.prove", "account", "refused"), now);
        }
    };
    co_await with.pool.transact(note);
    if (!matches) throw base::error{base::errc::password_wrong};
    if (!step) throw base::error{base::errc::code_wrong};
    proven_operator out;
    out.now = std::move(*found);
    out.step = *step;
    co_return out;
}

}  // namespace flows
