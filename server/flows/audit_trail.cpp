#include "server/flows/audit_trail.hpp"

#include <charconv>
#include <string_view>
#include <utility>

#include "db/operators.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/rules/operator_form.hpp"

namespace flows {
namespace {

constexpr int rows_on_a_page = 50;
constexpr int rows_searched = 20'000;
constexpr int rows_walked = 5'000;

[[noreturn]] void refuse(std::string_view which) {
    throw base::error{base::errc::bad_request, std::string{which}};
}

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t out = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
    const bool whole = result.ec == std::errc{} && result.ptr == text.data() + text.size();
    if (!whole || out < 0) return std::nullopt;
    return out;
}

// "1795320000000-4711"
std::string written(const db::audit_place& place) {
    return std::to_string(place.at) + "-" + std::to_string(place.id);
}

db::audit_place place_in(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) refuse("before");
    const auto at = number_of(text.substr(0, dash));
    const auto id = number_of(text.substr(dash + 1));
    if (!at || !id) refuse("before");
    return {*at, *id};
}

std::string seal_of(const parts& with, std::string_view walked) {
    return base::to_base64url(with.vault.keyed_hash("audit-walk", walked));
}

// "4711.<hash>.<vouched for>"
std::string written(const parts& with, const db::audit_walk& at) {
    const auto walked = std::to_string(at.number) + "." + base::to_hex(at.hash);
    return walked + "." + seal_of(with, walked);
}

db::audit_walk walk_in(const parts& with, std::string_view text) {
    const auto end = text.rfind('.');
    const auto middle = text.find('.');
    if (end == std::string_view::npos || middle == end) refuse("after");
    const auto walked = text.substr(0, end);
    const auto seal = seal_of(with, walked);
    if (!base::equal_in_constant_time(text.substr(end + 1), seal)) refuse("after");
    const auto number = number_of(walked.substr(0, middle));
    const auto hash = base::from_hex(walked.substr(middle + 1));
    if (!number || !hash) refuse("after");
    db::audit_walk out;
    out.number = *number;
    out.hash = *hash;
    return out;
}

db::audit_wish wish_of(const audit_search& wanted) {
    db::audit_wish out;
    if (wanted.what.ends_with('.')) {
        out.action_prefix = wanted.what;
    } else {
        out.action = wanted.what;
    }
    out.object_prefix = wanted.object;
    out.text = wanted.text;
    out.from = wanted.from;
    out.until = wanted.until;
    if (!wanted.before.empty()) out.before = place_in(wanted.before);
    return out;
}

// A login name stands for its operator; everything else is an actor already.
std::string actor_meant(db::connection& db, const std::string& who) {
    if (who.empty() || who.find(':') != std::string::npos) return who;
    const auto found = db::find_operator_named(db, rules::normal_operator_name(who));
    return found ? operator_actor(found->id) : who;
}

}  // namespace

base::task<audit_found> search_audit(parts& with, audit_search wanted) {
    const auto wish = wish_of(wanted);
    const auto unit = [&](db::connection& db) {
        auto narrowed = wish;
        narrowed.actor = actor_meant(db, wanted.who);
        auto page = db::search_audit(db, narrowed, rows_on_a_page, rows_searched);
        audit_found out;
        out.rows = std::move(page.rows);
        if (page.next) out.next = written(*page.next);
        for (const auto& one : db::list_operators(db)) {
            out.names.emplace(operator_actor(one.id), one.display_name);
        }
        return out;
    };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

base::task<audit_stretch> walk_audit(parts& with, std::string after) {
    db::audit_walk from;
    if (!after.empty()) from = walk_in(with, after);
    const auto unit = [&](db::connection& db) { return db::walk_audit(db, from, rows_walked); };
    audit_stretch out;
    out.at = co_await with.pool.read(unit);
    const bool going = !out.at.at_end && out.at.flaw == db::audit_flaw::none;
    if (going) out.next = written(with, out.at);
    co_return out;
}

}  // namespace flows
