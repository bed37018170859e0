#include "server/http/router.hpp"

#include <algorithm>
#include <set>

#include "server/base/error.hpp"
#include "server/http/text.hpp"

namespace http {
namespace {

bool is_named(std::string_view part) {
    return part.size() > 2 && part.front() == '{' && part.back() == '}';
}

std::vector<std::string> names_in(std::string_view pattern) {
    std::vector<std::string> names;
    while (!pattern.empty()) {
        const auto part = cut(pattern, '/');
        if (is_named(part)) names.emplace_back(part.substr(1, part.size() - 2));
    }
    return names;
}

void need(bool truth, const std::string& pattern) {
    if (!truth) throw base::error{base::errc::internal, "route refused: " + pattern};
}

std::string_view name_of(verb method) {
    switch (method) {
        case verb::get:
            return "GET, HEAD";
        case verb::head:
            return "HEAD";
        case verb::post:
            return "POST";
        case verb::put:
            return "PUT";
        case verb::del:
            return "DELETE";
        case verb::other:
            return "";
    }
    return "";
}

}  // namespace

// One walk down the tree: the values of the {name} parts so far, and what else lives at the path.
struct router::search {
    verb method;
    std::vector<std::string_view> values;
    std::set<verb> others;
    const route* found = nullptr;
    std::optional<std::string_view> wildcard;

    bool take(const rows_by_verb& rows, const std::vector<route>& table) {
        for (const auto& [method_there, row] : rows) {
            if (method_there == method) {
                found = &table[row];
                return true;
            }
            others.insert(method_there);
        }
        return false;
    }
};

void router::add(route row) {
    const auto& pattern = row.pattern;
    need(!pattern.empty() && pattern.front() == '/', pattern);
    need(static_cast<bool>(row.answer) != static_cast<bool>(row.at_once), pattern);
    if (row.method == verb::head) row.method = verb::get;

    std::string_view rest = std::string_view{pattern}.substr(1);
    std::size_t at = 0;
    bool below = false;
    for (bool more = true; more;) {
        more = rest.find('/') != std::string_view::npos;
        const auto part = cut(rest, '/');
        if (part == "*") {
            need(!more, pattern);
            below = true;
            break;
        }
        need(part.find_first_of("*{}") == std::string_view::npos || is_named(part), pattern);
        at = child_of(at, part);
    }
    auto& rows = below ? nodes_[at].below : nodes_[at].here;
    need(rows.emplace(row.method, rows_.size()).second, pattern);
    rows_.push_back(std::move(row));
}

std::size_t router::child_of(std::size_t at, std::string_view part) {
    if (is_named(part)) {
        if (!nodes_[at].named) {
            const auto fresh = nodes_.size();
            nodes_.emplace_back();
            nodes_[at].named = fresh;
        }
        return *nodes_[at].named;
    }
    const auto known = nodes_[at].literal.find(part);
    if (known != nodes_[at].literal.end()) return known->second;
    const auto fresh = nodes_.size();
    nodes_.emplace_back();
    nodes_[at].literal.emplace(part, fresh);
    return fresh;
}

// `rest` is what follows the slash below node `at`; at_end means that no slash follows.
bool router::descend(search& wanted, std::size_t at, std::string_view rest, bool at_end) const {
    const auto& here = nodes_[at];
    if (at_end) {
        if (wanted.take(here.here, rows_)) return true;
    } else {
        auto after = rest;
        const bool last = rest.find('/') == std::string_view::npos;
        const auto part = cut(after, '/');
        const auto literal = here.literal.find(part);
        if (literal != here.literal.end() && descend(wanted, literal->second, after, last)) {
            return true;
        }
        if (here.named && !part.empty()) {
            wanted.values.push_back(part);
            if (descend(wanted, *here.named, after, last)) return true;
            wanted.values.pop_back();
        }
    }
    if (here.below.empty() || !wanted.take(here.below, rows_)) return false;
    wanted.wildcard = rest;
    return true;
}

match router::find(verb method, std::string_view path) const {
    match result;
    if (path.empty() || path.front() != '/') return result;
    search wanted{method == verb::head ? verb::get : method, {}, {}, nullptr, {}};
    if (!descend(wanted, 0, path.substr(1), false)) {
        for (const auto other : wanted.others) {
            if (!result.allow.empty()) result.allow += ", ";
            result.allow += name_of(other);
        }
        return result;
    }
    result.found = wanted.found;
    if (!wanted.values.empty()) {
        const auto names = names_in(wanted.found->pattern);
        for (std::size_t i = 0; i < names.size() && i < wanted.values.size(); ++i) {
            result.parameters.emplace_back(names[i], wanted.values[i]);
        }
    }
    if (wanted.wildcard) result.parameters.emplace_back("*", *wanted.wildcard);
    return result;
}

}  // namespace http
