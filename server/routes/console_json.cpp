#include "server/routes/console_json.hpp"

#include "server/routes/console_guard.hpp"
#include "server/rules/console_rights.hpp"

namespace routes {
namespace {

std::string_view state_of(const db::operator_row& one) {
    if (one.disabled) return "disabled";
    return one.password_must_change ? "setup" : "ready";
}

}  // namespace

http::reply console_session_reply(const flows::parts& with, const flows::console_visitor& who) {
    json_writer out;
    out.object([&] {
        out.flag("signed_in", who.signed_in());
        out.text("csrf_token", who.csrf_token);
        if (!who.signed_in()) return;
        const auto stage = who.session->stage;
        out.text("stage", rules::name_of(stage));
        out.object("operator", [&] {
            out.text("operator", std::to_string(who.who.id));
            out.text("name", who.who.name);
            out.text("display_name", who.who.display_name);
            out.text("role", rules::name_of(who.who.role));
            out.texts("colleges", who.who.scope.colleges);
        });
        out.texts("operations", rules::operations_of(who.who.role, stage));
        out.number("idle_minutes", with.conf.console.session_idle_minutes);
        out.number("ends_at", who.session->expires_at);
    });
    auto answer = out.reply();
    if (!who.brought) set_console_cookie(answer, who);
    return answer;
}

void write_operator(json_writer& out, const flows::operator_facts& one) {
    const auto& row = one.row;
    out.text("operator", std::to_string(row.id));
    out.text("name", row.name);
    out.text("display_name", row.display_name);
    out.text("role", rules::name_of(row.role));
    out.texts("colleges", row.scope.colleges);
    out.text("state", state_of(row));
    out.number("live_sessions", one.live_sessions);
    if (row.signed_in_at) out.number("last_sign_in_at", *row.signed_in_at);
    out.number("added_at", row.created_at);
    out.number("version", row.version);
}

void write_console_session(json_writer& out, const flows::session_facts& one) {
    const auto& session = one.row.session;
    out.text("session", std::to_string(session.id));
    out.text("operator", std::to_string(session.operator_id));
    out.text("name", one.row.name);
    out.text("display_name", one.row.display_name);
    out.text("stage", rules::name_of(session.stage));
    out.flag("own", one.own);
    out.number("began_at", session.created_at);
    out.number("seen_at", session.seen_at);
    out.number("ends_at", session.expires_at);
    if (one.ended_at) {
        out.number("ended_at", *one.ended_at);
        out.text("ended_by", one.ended_by);
    }
    out.text("address", session.address);
    out.text("browser", session.browser);
}

http::reply console_sessions_reply(const std::vector<flows::session_facts>& sessions) {
    json_writer out;
    out.object([&] {
        out.array("sessions", [&] {
            for (const auto& one : sessions) {
                out.object([&] { write_console_session(out, one); });
            }
        });
    });
    return out.reply();
}

}  // namespace routes
