#include "server/flows/console_password.hpp"

#include <optional>
#include <utility>

#include "db/audit.hpp"
#include "db/operator_proofs.hpp"
#include "db/operator_sessions.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/flows/console_sign_in.hpp"
#include "server/flows/one_time_code.hpp"
#include "server/flows/passwords.hpp"
#include "server/flows/visitors.hpp"
#include "server/rules/operator_form.hpp"

namespace flows {
namespace {

void require_good_password(const console_visitor& who, const std::string& password) {
    const auto flaw = rules::flaw_of_operator_password(password, who.who.name);
    if (flaw.empty()) return;
    throw base::error{base::errc::password_too_weak, "", std::string{flaw}};
}

// What an app shows: which school's console, and whose.
code_secret shown(const parts& with, const console_visitor& who, std::string_view secret) {
    const auto issuer = with.conf.school.name + "缴费后台";
    return {written_secret(secret), otpauth_uri(secret, issuer, who.who.name)};
}

base::task<std::string> waiting_secret_of(parts& with, const console_visitor& who) {
    const auto id = who.session->id;
    const auto find = [id](db::connection& db) { return db::waiting_secret(db, id); };
    const auto sealed = co_await with.pool.read(find);
    if (!sealed) co_return std::string{};
    co_return with.vault.open_waiting_secret(id, *sealed).value_or("");
}

// The step of a code of the secret that waits in this session, together with that secret.
struct confirmed {
    std::string secret;
    std::int64_t step = 0;
};

base::task<confirmed> confirm(parts& with, const console_visitor& who, std::string code) {
    confirmed out;
    out.secret = co_await waiting_secret_of(with, who);
    std::optional<std::int64_t> step;
    if (!out.secret.empty()) step = step_of_code(out.secret, code, base::now_ms());
    if (!step) throw base::error{base::errc::code_wrong};
    out.step = *step;
    co_return out;
}

}  // namespace

base::task<code_secret> begin_setup(parts& with, const console_visitor& who) {
    const auto id = who.session->id;
    const auto fresh = new_code_secret();
    const auto sealed = with.vault.seal_waiting_secret(id, fresh);
    const auto unit = [&](db::connection& db) { db::keep_waiting_secret(db, id, sealed); };
    co_await with.pool.transact(unit);
    // Another window may have been first: both show the same.
    const auto kept = co_await waiting_secret_of(with, who);
    if (kept.empty()) throw base::error{base::errc::not_signed_in};
    co_return shown(with, who, kept);
}

base::task<console_visitor> finish_setup(
    parts& with, const console_visitor& who, std::string new_password, std::string code
) {
    require_good_password(who, new_password);
    const bool initial = co_await with.secrets->matches(who.who.password_hash, new_password);
    if (initial) {
        throw base::error{base::errc::password_too_weak, "", "新密码不能与初始密码相同"};
    }
    const auto right = co_await confirm(with, who, std::move(code));
    const auto hash = co_await with.secrets->hash(std::move(new_password));
    const auto sealed = with.vault.seal_code_secret(who.who.id, right.secret);
    const auto ready = rules::console_stage::ready;
    auto out = new_console_visitor(with, who, who.who, ready);
    const auto new_hash = session_hash(out.token);
    const auto now = out.session->created_at;
    const auto unit = [&](db::connection& db) {
        if (db::find_operator_session(db, new_hash)) {
            db.found_done();
            return true;
        }
        const db::operator_secrets own{hash, sealed, right.step};
        const auto id = who.who.id;
        if (!db::finish_operator_setup(db, id, who.who.password_hash, own, now)) return false;
        db::end_operator_sessions(db, id, 0, db::session_end::new_secrets, now);
        db::insert_operator_session(db, new_hash, *out.session);
        db::append_audit(db, deed_of(who, "console.setup", "account", "ok"), now);
        return true;
    };
    const bool done = co_await with.pool.transact(unit);
    if (!done) throw base::error{base::errc::not_signed_in};
    co_return out;
}

base::task<void> change_console_password(
    parts& with,
    const console_visitor& who,
    std::string present,
    std::string code,
    std::string new_password
) {
    const auto proven = co_await prove_operator(with, who, std::move(present), std::move(code));
    require_good_password(who, new_password);
    const auto hash = co_await with.secrets->hash(std::move(new_password));
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        const auto found = db::find_operator(db, who.who.id);
        if (found && found->password_hash == hash) {
            db.found_done();
            return true;
        }
        if (!db::change_operator_password(db, proven.proof(), hash, now)) return false;
        const auto by = db::session_end::new_secrets;
        db::end_operator_sessions(db, who.who.id, who.session->id, by, now);
        db::append_audit(db, deed_of(who, "console.change_password", "account", "ok"), now);
        return true;
    };
    const bool changed = co_await with.pool.transact(unit);
    if (!changed) throw base::error{base::errc::code_wrong};
}

base::task<code_secret> begin_new_authenticator(
    parts& with, const console_visitor& who, std::string present, std::string code
) {
    const auto proven = co_await prove_operator(with, who, std::move(present), std::move(code));
    const auto id = who.session->id;
    const auto fresh = new_code_secret();
    const auto sealed = with.vault.seal_waiting_secret(id, fresh);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        if (db::waiting_secret(db, id) == sealed) {
            db.found_done();
            return true;
        }
        if (!db::take_code(db, proven.proof(), now)) return false;
        db::replace_waiting_secret(db, id, sealed);
        return true;
    };
    const bool taken = co_await with.pool.transact(unit);
    if (!taken) throw base::error{base::errc::code_wrong};
    co_return shown(with, who, fresh);
}

base::task<void> finish_new_authenticator(
    parts& with, const console_visitor& who, std::string code
) {
    const auto right = co_await confirm(with, who, std::move(code));
    const auto sealed = with.vault.seal_code_secret(who.who.id, right.secret);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        const auto id = who.who.id;
        const auto found = db::find_operator(db, id);
        if (found && found->totp_sealed == sealed) {
            db.found_done();
            return true;
        }
        const auto& old = who.who.totp_sealed;
        if (!db::replace_authenticator(db, id, old, sealed, right.step, now)) return false;
        db::forget_waiting_secret(db, who.session->id);
        const auto by = db::session_end::new_secrets;
        db::end_operator_sessions(db, id, who.session->id, by, now);
        db::append_audit(db, deed_of(who, "console.new_authenticator", "account", "ok"), now);
        return true;
    };
    const bool changed = co_await with.pool.transact(unit);
    if (!changed) throw base::error{base::errc::code_wrong};
}

}  // namespace flows
