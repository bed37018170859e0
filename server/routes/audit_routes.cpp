#include "server/routes/audit_routes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/base/beijing.hpp"
#include "server/base/error.hpp"
#include "server/flows/audit_trail.hpp"
#include "server/routes/console_guard.hpp"
#include "server/routes/json.hpp"

namespace routes {
namespace {

std::string text_in(const http::request& asked, std::string_view name, std::size_t bytes_max) {
    const auto* text = asked.query_value(name);
    if (text == nullptr) return {};
    if (text->size() > bytes_max || text->find('\0') != std::string::npos) {
        throw base::error{base::errc::bad_request, std::string{name}};
    }
    return *text;
}

std::optional<base::business_day> day_in(const http::request& asked, std::string_view name) {
    const auto* text = asked.query_value(name);
    if (text == nullptr) return std::nullopt;
    const auto day = base::parse_day(*text);
    if (!day) throw base::error{base::errc::bad_request, std::string{name}};
    return day;
}

void write_row(json_writer& out, const db::audit_row& one, const flows::audit_found& found) {
    if (one.number > 0) out.number("number", one.number);
    out.number("at", one.at);
    out.text("actor", one.actor);
    const auto name = found.names.find(one.actor);
    if (name != found.names.end()) out.text("actor_name", name->second);
    out.text("action", one.action);
    out.text("object", one.object);
    out.text("result", one.result);
    out.text("detail", one.detail);
    out.text("address", one.address);
}

base::task<http::reply> search(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    flows::require_whole_school(who);
    flows::audit_search wanted;
    wanted.who = text_in(asked, "who", 64 * 4);
    wanted.what = text_in(asked, "what", 48 * 4);
    wanted.object = text_in(asked, "object", 96 * 4);
    wanted.text = text_in(asked, "text", 64 * 4);
    wanted.before = text_in(asked, "before", 64);
    if (const auto from = day_in(asked, "from")) wanted.from = base::start_of(*from);
    if (const auto to = day_in(asked, "to")) wanted.until = base::end_of(*to);
    const auto found = co_await flows::search_audit(with, std::move(wanted));
    json_writer out;
    out.object([&] {
        out.array("rows", [&] {
            for (const auto& one : found.rows) out.object([&] { write_row(out, one, found); });
        });
        if (!found.next.empty()) out.text("next", found.next);
    });
    co_return out.reply();
}

std::string_view state_of(const flows::audit_stretch& stretch) {
    if (stretch.at.flaw != db::audit_flaw::none) return "broken";
    return stretch.next.empty() ? "whole" : "going";
}

base::task<http::reply> walk(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    flows::require_whole_school(who);
    auto after = text_in(asked, "after", 160);
    const auto stretch = co_await flows::walk_audit(with, std::move(after));
    json_writer out;
    out.object([&] {
        const auto& at = stretch.at;
        out.text("state", state_of(stretch));
        out.number("walked", at.number);
        out.number("rows", at.rows);
        out.number("before_the_chain", at.rows_outside);
        if (!stretch.next.empty()) out.text("next", stretch.next);
        if (at.flaw == db::audit_flaw::none) return;
        if (at.broken_at > 0) out.number("broken_at", at.broken_at);
        out.text("flaw", db::sentence_for(at.flaw, at.broken_at));
    });
    co_return out.reply();
}

}  // namespace

void add_audit_routes(http::router& table, flows::parts& with) {
    using http::verb;
    add_console_story(table, with, verb::get, "/audit", "searchAudit", search);
    add_console_story(table, with, verb::get, "/audit/chain", "verifyAuditChain", walk);
}

}  // namespace routes
