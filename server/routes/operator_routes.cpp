#include "server/routes/operator_routes.hpp"

#include <utility>

#include "server/base/error.hpp"
#include "server/flows/operators.hpp"
#include "server/routes/console_guard.hpp"
#include "server/routes/console_json.hpp"
#include "server/routes/json.hpp"

namespace routes {
namespace {

constexpr std::size_t name_bytes = 32;
constexpr std::size_t display_name_bytes = 32 * 4;
constexpr std::size_t colleges_max = 50;
constexpr std::size_t college_bytes = 64 * 4;

std::int64_t operator_in(const http::request& asked) {
    const auto id = id_of(asked.parameter("operator"));
    if (!id) throw base::error{base::errc::operator_not_found};
    return *id;
}

std::optional<std::int64_t> number_in_query(const http::request& asked, std::string_view name) {
    const auto* text = asked.query_value(name);
    if (text == nullptr) return std::nullopt;
    const auto out = id_of(*text);
    if (!out) throw base::error{base::errc::bad_request, std::string{name}};
    return out;
}

rules::operator_form form_of(const json_object& sent) {
    rules::operator_form out;
    out.display_name = sent.text("display_name", display_name_bytes);
    const auto role = rules::role_named(sent.text("role", 16));
    if (!role) throw base::error{base::errc::bad_request, "role"};
    out.role = *role;
    out.colleges = sent.texts("colleges", colleges_max, college_bytes);
    return out;
}

http::reply operator_reply(const flows::operator_facts& one) {
    json_writer out;
    out.object([&] { write_operator(out, one); });
    return out.reply();
}

http::reply password_reply(const flows::operator_with_password& made) {
    json_writer out;
    out.object([&] {
        out.object("operator", [&] { write_operator(out, made.facts); });
        out.text("initial_password", made.initial_password);
    });
    return out.reply();
}

base::task<http::reply>
list(flows::parts& with, const http::request&, const flows::console_visitor&) {
    const auto found = co_await flows::list_operators(with);
    json_writer out;
    out.object([&] {
        out.array("operators", [&] {
            for (const auto& one : found) out.object([&] { write_operator(out, one); });
        });
    });
    co_return out.reply();
}

base::task<http::reply> add(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object sent{asked.body};
    auto name = sent.text("name", name_bytes);
    auto form = form_of(sent);
    const auto made = co_await flows::add_operator(with, who, std::move(name), std::move(form));
    co_return password_reply(made);
}

base::task<http::reply> change(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object sent{asked.body};
    auto form = form_of(sent);
    const auto version = sent.integer("version");
    const auto id = operator_in(asked);
    const auto now = co_await flows::change_operator(with, who, id, std::move(form), version);
    co_return operator_reply(now);
}

base::task<http::reply> reset(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto id = operator_in(asked);
    const auto made = co_await flows::reset_operator(with, who, id);
    co_return password_reply(made);
}

base::task<http::reply> disable(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto id = operator_in(asked);
    const auto now = co_await flows::set_operator_disabled(with, who, id, true);
    co_return operator_reply(now);
}

base::task<http::reply> enable(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto id = operator_in(asked);
    const auto now = co_await flows::set_operator_disabled(with, who, id, false);
    co_return operator_reply(now);
}

base::task<http::reply> sign_out(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    flows::session_wish wanted;
    wanted.operator_id = operator_in(asked);
    co_await flows::end_sessions_of(with, who, *wanted.operator_id);
    const auto found = co_await flows::list_sessions(with, who, wanted);
    co_return console_sessions_reply(found);
}

base::task<http::reply> list_sessions(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    flows::session_wish wanted;
    wanted.operator_id = number_in_query(asked, "operator");
    wanted.before = number_in_query(asked, "before");
    const auto* live = asked.query_value("live");
    if (live != nullptr && *live != "yes") throw base::error{base::errc::bad_request, "live"};
    wanted.live_only = live != nullptr;
    const auto found = co_await flows::list_sessions(with, who, wanted);
    co_return console_sessions_reply(found);
}

base::task<http::reply> end_session(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto id = id_of(asked.parameter("session"));
    if (!id) throw base::error{base::errc::console_session_not_found};
    const auto now = co_await flows::end_session(with, who, *id);
    json_writer out;
    out.object([&] { out.object("session", [&] { write_console_session(out, now); }); });
    co_return out.reply();
}

base::task<http::reply> list_colleges(
    flows::parts& with, const http::request&, const flows::console_visitor& who
) {
    const auto found = co_await flows::list_colleges(with, who);
    json_writer out;
    out.object([&] { out.texts("colleges", found); });
    co_return out.reply();
}

}  // namespace

void add_operator_routes(http::router& table, flows::parts& with) {
    using http::verb;
    const auto row = [&](verb method, std::string path, std::string_view name, console_story tell) {
        add_console_story(table, with, method, std::move(path), name, tell);
    };
    row(verb::get, "/operators", "listOperators", list);
    row(verb::post, "/operators", "addOperator", add);
    row(verb::post, "/operators/{operator}", "changeOperator", change);
    row(verb::post, "/operators/{operator}/reset", "resetOperator", reset);
    row(verb::post, "/operators/{operator}/disable", "disableOperator", disable);
    row(verb::post, "/operators/{operator}/enable", "enableOperator", enable);
    row(verb::post, "/operators/{operator}/sign-out", "endSessionsOfOperator", sign_out);
    row(verb::get, "/sessions", "listConsoleSessions", list_sessions);
    row(verb::post, "/sessions/{session}/end", "endConsoleSession", end_session);
    row(verb::get, "/colleges", "listColleges", list_colleges);
}

}  // namespace routes
