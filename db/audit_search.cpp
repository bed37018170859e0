#include "db/audit_search.hpp"

#include <string_view>

namespace db {
namespace {

constexpr auto place_behind = "SELECT at_ms, id FROM audit WHERE 1 = 1";
constexpr auto order_and_skip = " ORDER BY at_ms DESC, id DESC LIMIT 1 OFFSET ?";

constexpr auto rows_of =
    "SELECT id, at_ms, actor, action, object, result, request_id, detail, address, number "
    "FROM audit WHERE 1 = 1";
constexpr auto with_text =
    " AND (LOCATE(?, object) > 0 OR LOCATE(?, result) > 0 OR LOCATE(?, detail) > 0 "
    "OR LOCATE(?, address) > 0)";
constexpr auto order_and_limit = " ORDER BY at_ms DESC, id DESC LIMIT ?";

// For LIKE: what was typed stands for itself.
std::string beginning_with(std::string_view typed) {
    std::string out;
    for (const char c : typed) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return out + "%";
}

// Conditions and their arguments, grown together. It owns the patterns that arguments refer to.
class conditions {
public:
    explicit conditions(const audit_wish& wanted)
        : action_pattern_{beginning_with(wanted.action_prefix)},
          object_pattern_{beginning_with(wanted.object_prefix)} {
        if (!wanted.actor.empty()) add(" AND actor = ?", wanted.actor);
        if (!wanted.action.empty()) add(" AND action = ?", wanted.action);
        if (!wanted.action_prefix.empty()) add(" AND action LIKE ?", action_pattern_);
        if (!wanted.object_prefix.empty()) add(" AND object LIKE ?", object_pattern_);
        if (wanted.from) add(" AND at_ms >= ?", *wanted.from);
        if (wanted.until) add(" AND at_ms < ?", *wanted.until);
        if (wanted.before) {
            const auto& seen = *wanted.before;
            add(" AND at_ms <= ?", seen.at);
            add(" AND (at_ms < ? OR id < ?)", seen.at, seen.id);
        }
    }
    conditions(const conditions&) = delete;
    conditions& operator=(const conditions&) = delete;

    template <class... Arguments>
    void add(std::string_view text, const Arguments&... arguments) {
        text_ += text;
        (arguments_.emplace_back(arguments), ...);
    }

    rows select(connection& db, std::string_view head) const {
        return db.select_with(std::string{head} + text_, arguments_);
    }

private:
    std::string action_pattern_;
    std::string object_pattern_;
    std::string text_;
    std::vector<value> arguments_;
};

audit_row row_of(const rows& from) {
    audit_row out;
    out.id = from.i64("id");
    out.at = from.i64("at_ms");
    out.actor = from.text("actor");
    out.action = from.text("action");
    out.object = from.text("object");
    out.result = from.text("result");
    out.request_id = from.text("request_id");
    out.detail = from.text("detail");
    out.address = from.text("address");
    out.number = from.maybe_i64("number").value_or(0);
    return out;
}

// The last row of the stretch, where there are rows behind it.
std::optional<audit_place> end_of_stretch(connection& db, const audit_wish& wanted, int stretch) {
    conditions where{wanted};
    where.add(order_and_skip, stretch - 1);
    auto found = where.select(db, place_behind);
    if (!found.next()) return std::nullopt;
    return audit_place{found.i64("at_ms"), found.i64("id")};
}

}  // namespace

audit_page search_audit(connection& db, const audit_wish& wanted, int count, int stretch) {
    std::optional<audit_place> end;
    conditions where{wanted};
    if (!wanted.text.empty()) {
        end = end_of_stretch(db, wanted, stretch);
        if (end) {
            where.add(" AND at_ms >= ?", end->at);
            where.add(" AND (at_ms > ? OR id >= ?)", end->at, end->id);
        }
        where.add(with_text, wanted.text, wanted.text, wanted.text, wanted.text);
    }
    // One more than asked for tells whether there are more.
    where.add(order_and_limit, count + 1);
    auto found = where.select(db, rows_of);
    audit_page out;
    out.rows.reserve(found.size());
    while (found.next()) out.rows.push_back(row_of(found));
    if (out.rows.size() > static_cast<std::size_t>(count)) {
        out.rows.pop_back();
        out.next = audit_place{out.rows.back().at, out.rows.back().id};
    } else {
        out.next = end;
    }
    return out;
}

}  // namespace db
