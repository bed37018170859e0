#include "server/routes/console_session_routes.hpp"

#include <utility>

#include "server/base/error.hpp"
#include "server/flows/console_password.hpp"
#include "server/flows/console_sign_in.hpp"
#include "server/flows/operators.hpp"
#include "server/routes/console_guard.hpp"
#include "server/routes/console_json.hpp"
#include "server/routes/guard.hpp"
#include "server/routes/json.hpp"

namespace routes {
namespace {

constexpr std::size_t password_bytes = 128;
constexpr std::size_t code_bytes = 16;
constexpr std::size_t body_bytes = 16 * 1024;

base::task<http::reply> get_session(flows::parts& with, const http::request& asked) {
    const auto who = co_await console_visitor_of(with, asked);
    co_return console_session_reply(with, who);
}

base::task<http::reply> sign_in(flows::parts& with, const http::request& asked) {
    auto who = co_await console_visitor_of(with, asked);
    require_own_console_page(with, asked, who);
    const json_object form{asked.body};
    flows::console_entry entry;
    entry.name = form.text("name", 64);
    entry.password = form.text("password", password_bytes);
    entry.code = form.maybe_text("code", code_bytes).value_or("");
    const auto begun = co_await flows::sign_in_to_console(with, std::move(who), std::move(entry));
    co_return console_session_reply(with, begun);
}

// A stranger is signed out already: whoever presses twice sees no fault.
base::task<http::reply> sign_out(flows::parts& with, const http::request& asked) {
    auto who = co_await console_visitor_of(with, asked);
    require_own_console_page(with, asked, who);
    const auto out = co_await flows::sign_out_of_console(with, std::move(who));
    co_return console_session_reply(with, out);
}

http::reply secret_reply(const flows::code_secret& made) {
    json_writer out;
    out.object([&] {
        out.text("secret", made.secret);
        out.text("uri", made.uri);
    });
    return out.reply();
}

base::task<http::reply> begin_setup(
    flows::parts& with, const http::request&, const flows::console_visitor& who
) {
    const auto made = co_await flows::begin_setup(with, who);
    co_return secret_reply(made);
}

base::task<http::reply> finish_setup(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto password = form.text("new_password", password_bytes);
    auto code = form.text("code", code_bytes);
    const auto begun =
        co_await flows::finish_setup(with, who, std::move(password), std::move(code));
    co_return console_session_reply(with, begun);
}

base::task<http::reply> change_password(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto present = form.text("password", password_bytes);
    auto code = form.text("code", code_bytes);
    auto wanted = form.text("new_password", password_bytes);
    co_await flows::change_console_password(
        with, who, std::move(present), std::move(code), std::move(wanted)
    );
    co_return console_session_reply(with, who);
}

base::task<http::reply> begin_authenticator(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto present = form.text("password", password_bytes);
    auto code = form.text("code", code_bytes);
    const auto made =
        co_await flows::begin_new_authenticator(with, who, std::move(present), std::move(code));
    co_return secret_reply(made);
}

base::task<http::reply> finish_authenticator(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto code = form.text("code", code_bytes);
    co_await flows::finish_new_authenticator(with, who, std::move(code));
    co_return console_session_reply(with, who);
}

base::task<http::reply> own_sessions(flows::parts& with, const flows::console_visitor& who) {
    flows::session_wish wanted;
    wanted.operator_id = who.who.id;
    const auto found = co_await flows::list_sessions(with, who, wanted);
    co_return console_sessions_reply(found);
}

base::task<http::reply> list_own(
    flows::parts& with, const http::request&, const flows::console_visitor& who
) {
    auto answer = co_await own_sessions(with, who);
    co_return answer;
}

base::task<http::reply> end_others(
    flows::parts& with, const http::request&, const flows::console_visitor& who
) {
    co_await flows::end_own_other_sessions(with, who);
    auto answer = co_await own_sessions(with, who);
    co_return answer;
}

base::task<http::reply> end_own(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto id = id_of(asked.parameter("session"));
    if (!id) throw base::error{base::errc::console_session_not_found};
    co_await flows::end_own_session(with, who, *id);
    auto answer = co_await own_sessions(with, who);
    co_return answer;
}

}  // namespace

void add_console_session_routes(http::router& table, flows::parts& with) {
    using http::verb;
    add_story(table, with, verb::get, "/console/session", get_session, 0);
    add_story(table, with, verb::post, "/console/session", sign_in, body_bytes);
    add_story(table, with, verb::del, "/console/session", sign_out, body_bytes);
    const auto add = [&](verb method, std::string path, std::string_view name, console_story tell) {
        add_console_story(table, with, method, std::move(path), name, tell, body_bytes);
    };
    add(verb::post, "/setup", "beginSetup", begin_setup);
    add(verb::post, "/setup/finish", "finishSetup", finish_setup);
    add(verb::post, "/own/password", "changeConsolePassword", change_password);
    add(verb::post, "/own/authenticator", "beginNewAuthenticator", begin_authenticator);
    add(verb::post, "/own/authenticator/finish", "finishNewAuthenticator", finish_authenticator);
    add(verb::get, "/own/sessions", "listOwnConsoleSessions", list_own);
    add(verb::post, "/own/sessions/end", "endOtherConsoleSessions", end_others);
    add(verb::post, "/own/sessions/{session}/end", "endOwnConsoleSession", end_own);
}

}  // namespace routes
