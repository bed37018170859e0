#include "db/order_search.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "db/listed_rows.hpp"
#include "db/many_rows.hpp"
#include "db/wanted_rows.hpp"

namespace db {
namespace {

// Engines guess badly which of several conditions is the rare one when the answer is cut off by
// LIMIT, so it is measured: each way is walked for so many rows at most, and the shortest is taken.
constexpr int probe_rows = 5'000;
constexpr int short_enough = 500;

#define CAMPUS_FOUND_ORDER                                                                     \
    "SELECT o.id, o.order_no, o.state, o.channel, o.mch_id, o.merchant_name, o.amount_fen, "   \
    "o.created_ms, o.pay_until_ms, o.closing, o.paid_ms, o.closed_ms, o.transaction_id, "      \
    "o.attention, " CAMPUS_LISTED_STUDENT ", "                                                 \
    "(SELECT y.refund_done_fen FROM payments y WHERE y.order_no = o.order_no) AS refunded_fen " \
    "FROM "

// What an order is about, of one page.
constexpr auto lines_of =
    "SELECT l.order_id, l.line_no, l.item_name, l.period FROM order_lines l WHERE l.order_id IN (";

constexpr auto by_order_no =
    CAMPUS_FOUND_ORDER "orders o JOIN people p ON p.id = o.person_id WHERE o.order_no IN (";
constexpr auto by_transaction =
    CAMPUS_FOUND_ORDER "orders o JOIN people p ON p.id = o.person_id WHERE o.transaction_id IN (";
constexpr auto student_by_no =
    "SELECT p.id, p.student_no, p.college FROM people p WHERE p.student_no IN (";
constexpr auto by_person =
    CAMPUS_FOUND_ORDER
    "orders o JOIN people p ON p.id = o.person_id WHERE o.person_id = ? "
    "ORDER BY o.created_ms DESC, o.id DESC LIMIT ?";

// A way to the rows: the tables in the order in which they are walked.
struct way {
    std::string from;
    std::string sort;        // the key that has the order of the list, "" where it must be sorted
    std::string probe_from;  // the narrow part of it alone
    wanted_rows probe;
};

std::string_view sort_column(const order_filter& wanted) {
    return wanted.paid_from || wanted.paid_before ? "o.paid_ms" : "o.created_ms";
}

void want_student(wanted_rows& into, const order_filter& wanted) {
    into.add_text("p.student_no", wanted.student_no);
    into.add_beginning("p.name", wanted.name);
    into.add_text("p.class_name", wanted.class_name);
    into.add_text("p.major", wanted.major);
    into.add_text("p.college", wanted.college);
    into.add_text("p.grade", wanted.grade);
    into.add_in("p.college", wanted.colleges);
}

// A scalar, so that no engine turns it around and walks all lines of the item first.
void want_line(wanted_rows& into, const order_filter& wanted) {
    if (!wanted.item_id && wanted.period.empty()) return;
    std::string text = "(SELECT 1 FROM order_lines l WHERE l.order_id = o.id";
    if (wanted.item_id) text += " AND l.item_id = ?";
    if (!wanted.period.empty()) text += " AND l.period = ?";
    text += " LIMIT 1) = 1";
    if (wanted.item_id && !wanted.period.empty()) {
        into.add(text, *wanted.item_id, wanted.period);
    } else if (wanted.item_id) {
        into.add(text, *wanted.item_id);
    } else {
        into.add(text, wanted.period);
    }
}

void want_states(wanted_rows& into, const order_filter& wanted) {
    std::vector<std::string> names;
    names.reserve(wanted.states.size());
    for (const auto state : wanted.states) names.emplace_back(rules::name_of(state));
    into.add_in("o.state", names);
}

void want_times(wanted_rows& into, const order_filter& wanted) {
    if (wanted.opened_from) into.add("o.created_ms >= ?", *wanted.opened_from);
    if (wanted.opened_before) into.add("o.created_ms < ?", *wanted.opened_before);
    if (wanted.paid_from || wanted.paid_before) {
        into.add("o.paid_ms >= ?", wanted.paid_from.value_or(0));
        if (wanted.paid_before) into.add("o.paid_ms < ?", *wanted.paid_before);
    }
}

wanted_rows all_wishes(const order_filter& wanted) {
    wanted_rows out;
    out.add_text("o.order_no", wanted.order_no);
    out.add_text("o.transaction_id", wanted.transaction_id);
    want_states(out, wanted);
    if (wanted.channel) out.add("o.channel = ?", name_of(*wanted.channel));
    out.add_text("o.mch_id", wanted.mch_id);
    if (wanted.amount_min) out.add("o.amount_fen >= ?", *wanted.amount_min);
    if (wanted.amount_max) out.add("o.amount_fen <= ?", *wanted.amount_max);
    want_times(out, wanted);
    if (wanted.odd) out.add("o.attention IS NOT NULL");
    want_student(out, wanted);
    want_line(out, wanted);
    return out;
}

way by_key(std::string_view key) {
    way out;
    out.from = "orders o FORCE INDEX (" + std::string{key} + ") STRAIGHT_JOIN people p ON p.id = o.person_id";
    out.probe_from = "orders o FORCE INDEX (" + std::string{key} + ")";
    return out;
}

void add_ways_of_the_order(std::vector<way>& into, const order_filter& wanted) {
    if (wanted.odd) {
        auto& one = into.emplace_back(by_key("orders_attention"));
        one.probe.add("o.attention IS NOT NULL");
    }
    if (!wanted.states.empty()) {
        auto& one = into.emplace_back(by_key("orders_state"));
        want_states(one.probe, wanted);
    }
    if (!wanted.mch_id.empty()) {
        auto& one = into.emplace_back(by_key("orders_merchant"));
        one.probe.add_text("o.mch_id", wanted.mch_id);
    }
    if (wanted.amount_min || wanted.amount_max) {
        auto& one = into.emplace_back(by_key("orders_amount"));
        one.probe.add("o.amount_fen >= ?", wanted.amount_min.value_or(base::fen{}));
        if (wanted.amount_max) one.probe.add("o.amount_fen <= ?", *wanted.amount_max);
    }
    if (wanted.opened_from || wanted.opened_before) {
        auto& one = into.emplace_back(by_key("orders_created"));
        one.probe.add("o.created_ms >= ?", wanted.opened_from.value_or(0));
        if (wanted.opened_before) one.probe.add("o.created_ms < ?", *wanted.opened_before);
    }
}

void add_ways_beside_it(std::vector<way>& into, const order_filter& wanted) {
    wanted_rows students;
    want_student(students, wanted);
    if (!students.text().empty()) {
        way one;
        one.from = "people p STRAIGHT_JOIN orders o FORCE INDEX (orders_person) ON o.person_id = p.id";
        one.probe_from = one.from;
        one.probe = std::move(students);
        into.push_back(std::move(one));
    }
    if (wanted.item_id) {
        way one;
        one.from = "(SELECT DISTINCT l.order_id FROM order_lines l";
        one.probe_from = "order_lines l FORCE INDEX (order_lines_item)";
        one.probe.add("l.item_id = ?", *wanted.item_id);
        one.probe.add_text("l.period", wanted.period);
        into.push_back(std::move(one));
    }
}

// Along the order of the list itself: right where what is wanted is common.
way along_the_list(const order_filter& wanted) {
    const bool paid = sort_column(wanted) == "o.paid_ms";
    auto out = by_key(paid ? "orders_paid" : "orders_created");
    out.sort = paid ? "orders_paid" : "orders_created";
    return out;
}

std::int64_t rows_on(connection& db, const way& one) {
    const auto text = "SELECT COUNT(*) AS n FROM (SELECT 1 FROM " + one.probe_from +
                      one.probe.text() + " LIMIT " + std::to_string(probe_rows) + ") x";
    auto found = db.select_with(text, one.probe.values());
    return found.next() ? found.i64("n") : 0;
}

struct chosen_way {
    std::string from;
    std::vector<value> before;  // values of the part before WHERE
    way kept;                   // owns what `before` refers to
};

chosen_way shortest_way(connection& db, const order_filter& wanted) {
    chosen_way out;
    if (!wanted.order_no.empty()) {
        out.from = by_key("orders_order_no").from;
        return out;
    }
    if (!wanted.transaction_id.empty()) {
        out.from = by_key("orders_transaction").from;
        return out;
    }
    std::vector<way> ways;
    add_ways_beside_it(ways, wanted);
    add_ways_of_the_order(ways, wanted);
    std::int64_t fewest = probe_rows;
    out.kept = along_the_list(wanted);
    for (auto& one : ways) {
        const auto rows = rows_on(db, one);
        if (rows >= fewest) continue;
        fewest = rows;
        out.kept = std::move(one);
        if (rows <= short_enough) break;
    }
    out.from = out.kept.from;
    if (out.from.starts_with("(")) {
        out.from += out.kept.probe.text() +
                    ") w STRAIGHT_JOIN orders o ON o.id = w.order_id "
                    "STRAIGHT_JOIN people p ON p.id = o.person_id";
        out.before = out.kept.probe.values();
    }
    return out;
}

found_order found_of(const rows& row) {
    found_order out;
    out.id = row.i64("id");
    out.order_no = row.text("order_no");
    out.state = rules::order_state_of(row.text("state"));
    out.channel = row.text("channel") == "native" ? pay_channel::native : pay_channel::jsapi;
    out.mch_id = row.text("mch_id");
    out.merchant_name = row.text("merchant_name");
    out.amount = row.fen("amount_fen");
    out.refunded = row.maybe_fen("refunded_fen").value_or(base::fen{});
    out.opened_at = row.i64("created_ms");
    out.pay_until = row.i64("pay_until_ms");
    out.closing = row.flag("closing");
    out.paid_at = row.maybe_i64("paid_ms");
    out.closed_at = row.maybe_i64("closed_ms");
    out.transaction_id = row.maybe_text("transaction_id").value_or("");
    out.attention = row.maybe_text("attention").value_or("");
    out.student = listed_student_of(row);
    return out;
}

void tell_what_they_are(connection& db, const std::vector<found_order*>& orders) {
    std::map<std::int64_t, std::vector<found_order*>> by_id;
    std::vector<std::int64_t> ids;
    ids.reserve(orders.size());
    for (auto* one : orders) {
        by_id[one->id].push_back(one);
        ids.push_back(one->id);
    }
    if (ids.empty()) return;
    std::map<std::int64_t, std::int64_t> first_line;
    const auto keep = [&](const rows& row) {
        const auto line_no = row.i64("line_no");
        const auto id = row.i64("order_id");
        auto& first = first_line.try_emplace(id, line_no).first->second;
        const bool is_first = line_no <= first;
        if (is_first) first = line_no;
        for (auto* one : by_id.at(id)) {
            ++one->line_count;
            if (!is_first) continue;
            one->first_item = row.text("item_name");
            one->first_period = row.text("period");
        }
    };
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    select_in_pieces(db, lines_of, std::span<const std::int64_t>{ids}, keep);
}

std::vector<found_order*> each_of(std::vector<found_order>& orders) {
    std::vector<found_order*> out;
    out.reserve(orders.size());
    for (auto& one : orders) out.push_back(&one);
    return out;
}

bool is_seen_by(const listed_student& student, const std::vector<std::string>& colleges) {
    return colleges.empty() || std::ranges::find(colleges, student.college) != colleges.end();
}

std::vector<found_order> orders_of_person(connection& db, std::int64_t person_id, int count) {
    std::vector<found_order> out;
    auto found = db.select(by_person, person_id, count);
    while (found.next()) out.push_back(found_of(found));
    return out;
}

}  // namespace

page_end end_of_page(const order_filter& wanted, const found_order& last) {
    if (sort_column(wanted) == "o.created_ms") return {last.opened_at, last.id};
    return {last.paid_at.value_or(0), last.id};
}

std::vector<found_order> search_orders(
    connection& db, const order_filter& wanted, std::optional<page_end> below, int count
) {
    const auto by = shortest_way(db, wanted);
    const std::string sorted{sort_column(wanted)};
    auto wishes = all_wishes(wanted);
    if (below) {
        // The first half alone bounds the walk along the key.
        wishes.add(sorted + " <= ?", below->at);
        wishes.add("(" + sorted + " < ? OR o.id < ?)", below->at, below->id);
    }
    const auto text = CAMPUS_FOUND_ORDER + by.from + wishes.text() + " ORDER BY " + sorted +
                      " DESC, o.id DESC LIMIT " + std::to_string(count);
    auto values = by.before;
    values.insert(values.end(), wishes.values().begin(), wishes.values().end());
    std::vector<found_order> out;
    auto found = db.select_with(text, values);
    while (found.next()) out.push_back(found_of(found));
    tell_what_they_are(db, each_of(out));
    return out;
}

order_sums sum_orders(connection& db, const order_filter& wanted, std::int64_t most) {
    const auto by = shortest_way(db, wanted);
    const auto wishes = all_wishes(wanted);
    const auto text =
        "SELECT COUNT(*) AS n, COALESCE(SUM(s.amount_fen), 0) AS amount_fen, "
        "COALESCE(SUM(s.paid), 0) AS paid_count, "
        "COALESCE(SUM(IF(s.paid, s.amount_fen, 0)), 0) AS paid_fen FROM (SELECT o.amount_fen, "
        "o.state IN ('paid', 'paid_late') AS paid FROM " +
        by.from + wishes.text() + " LIMIT " + std::to_string(most + 1) + ") s";
    auto values = by.before;
    values.insert(values.end(), wishes.values().begin(), wishes.values().end());
    auto found = db.select_with(text, values);
    order_sums out;
    if (!found.next()) return out;
    out.count = found.i64("n");
    out.amount = found.fen("amount_fen");
    out.paid_count = found.i64("paid_count");
    out.paid = found.fen("paid_fen");
    out.complete = out.count <= most;
    return out;
}

std::vector<looked_up> look_up_orders(
    connection& db,
    const std::vector<std::string>& numbers,
    const std::vector<std::string>& colleges,
    int orders_of_a_student
) {
    std::map<std::string, found_order, std::less<>> by_number;
    std::map<std::string, found_order, std::less<>> by_wechat;
    std::map<std::string, std::int64_t, std::less<>> students;
    const std::vector<std::string_view> keys{numbers.begin(), numbers.end()};
    const std::span all{keys};
    select_in_pieces(db, by_order_no, all, [&](const rows& row) {
        by_number.emplace(row.text("order_no"), found_of(row));
    });
    select_in_pieces(db, by_transaction, all, [&](const rows& row) {
        by_wechat.emplace(row.text("transaction_id"), found_of(row));
    });
    select_in_pieces(db, student_by_no, all, [&](const rows& row) {
        listed_student student;
        student.college = row.text("college");
        if (is_seen_by(student, colleges)) students.emplace(row.text("student_no"), row.i64("id"));
    });
    std::vector<looked_up> out;
    out.reserve(numbers.size());
    for (const auto& number : numbers) {
        auto& one = out.emplace_back();
        one.asked = number;
        const auto order = by_number.find(number);
        const auto trade = by_wechat.find(number);
        const auto student = students.find(number);
        if (order != by_number.end() && is_seen_by(order->second.student, colleges)) {
            one.kind = number_kind::order_no;
            one.orders = {order->second};
        } else if (trade != by_wechat.end() && is_seen_by(trade->second.student, colleges)) {
            one.kind = number_kind::transaction_id;
            one.orders = {trade->second};
        } else if (student != students.end()) {
            one.kind = number_kind::student_no;
            one.orders = orders_of_person(db, student->second, orders_of_a_student + 1);
            one.more = one.orders.size() > static_cast<std::size_t>(orders_of_a_student);
            if (one.more) one.orders.pop_back();
        }
    }
    std::vector<found_order*> found;
    for (auto& one : out) {
        for (auto& order : one.orders) found.push_back(&order);
    }
    tell_what_they_are(db, found);
    return out;
}

std::optional<found_order> find_listed_order(
    connection& db, std::string_view order_no, const std::vector<std::string>& colleges
) {
    order_filter wanted;
    wanted.order_no = order_no;
    wanted.colleges = colleges;
    auto found = search_orders(db, wanted, {}, 1);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

}  // namespace db
