#include "server/routes/console_guard.hpp"

#include <utility>

#include "server/base/error.hpp"
#include "server/http/cookies.hpp"
#include "server/routes/guard.hpp"
#include "server/rules/browser_name.hpp"
#include "server/rules/console_rights.hpp"

namespace routes {
namespace {

bool changes_something(const http::request& asked) {
    return asked.method != http::verb::get && asked.method != http::verb::head;
}

void require_right(const flows::console_visitor& who, const rules::console_right& right) {
    if (!who.signed_in()) throw base::error{base::errc::not_signed_in};
    const bool setting_up = who.session->stage == rules::console_stage::setup;
    if (right.needs == rules::console_needs::ready_stage && setting_up) {
        throw base::error{base::errc::console_setup_needed};
    }
    if (right.needs == rules::console_needs::setup_stage && !setting_up) {
        throw base::error{base::errc::console_setup_done};
    }
    if (!right.granted_to(who.who.role)) {
        throw base::error{base::errc::not_your_role, std::string{right.operation}};
    }
}

base::task<http::reply> guarded(
    flows::parts& with,
    const http::request& asked,
    const rules::console_right& right,
    console_story tell
) {
    const auto who = co_await console_visitor_of(with, asked);
    if (changes_something(asked)) require_own_console_page(with, asked, who);
    require_right(who, right);
    auto answer = co_await tell(with, asked, who);
    co_return answer;
}

}  // namespace

base::task<flows::console_visitor> console_visitor_of(
    flows::parts& with, const http::request& asked
) {
    std::string cookie{asked.cookie(console_cookie)};
    flows::console_origin from;
    from.address = asked.peer;
    from.browser = rules::browser_name(asked.header("user-agent"));
    from.request_id = asked.request_id;
    auto who = co_await flows::recognise_operator(with, std::move(cookie), std::move(from));
    co_return who;
}

void require_own_console_page(
    const flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    require_own_page(with, asked, who.brought, who.csrf_token);
}

void set_console_cookie(http::reply& answer, const flows::console_visitor& who) {
    http::cookie made;
    made.name = console_cookie;
    made.value = who.token;
    made.same_site = http::same_site::strict;
    http::set_cookie(answer, made);
}

void add_console_story(
    http::router& table,
    flows::parts& with,
    http::verb method,
    std::string path,
    std::string_view operation,
    console_story tell,
    std::size_t body_limit
) {
    const auto* right = rules::find_right(operation);
    base::ensure(right != nullptr, "an operation of the console has its line in console_rights");
    http::route row;
    row.method = method;
    row.pattern = "/api/v1/console" + path;
    row.answer = [&with, right, tell](const http::request& asked) {
        return guarded(with, asked, *right, tell);
    };
    row.body_limit = body_limit;
    table.add(std::move(row));
}

}  // namespace routes
