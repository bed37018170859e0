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
// Where none is short, the newest rows of the list are looked through first, since what is common
// is found there; and what is not, by the shortest of the longer ways. search_effort says how far.
constexpr int short_enough = 500;

#define CAMPUS_FOUND_ORDER                                                                      \
    "SELECT o.id, o.order_no, o.state, o.channel, o.mch_id, o.merchant_name, o.amount_fen, "    \
    "o.created_ms, o.pay_until_ms, o.closing, o.paid_ms, o.closed_ms, o.transaction_id, "       \
    "o.attention, " CAMPUS_LISTED_STUDENT                                                       \
    ", "                                                                                        \
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
constexpr auto by_person = CAMPUS_FOUND_ORDER
    "orders o JOIN people p ON p.id = o.person_id WHERE o.person_id = ? "
    "ORDER BY o.created_ms DESC, o.id DESC LIMIT ?";

// A way to the rows: the tables in the order in which they are walked.
struct way {
    std::string from;
    std::string at = "o.created_ms";  // what the list is ordered by, as this way spells it
    std::string id = "o.id";
    std::string probe_from;  // the narrow part of it alone
    wanted_rows probe;
    bool by_lines = false;  // the lines are chosen by `probe`, and each order once by `once`
    wanted_rows once;
};

bool sorts_by_payment(const order_filter& wanted) {
    return wanted.paid_from || wanted.paid_before;
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

// " AND l.item_id = ? AND l.period = ?" of the table `l`, with the values in that order.
std::string line_condition(const order_filter& wanted, const std::string& table) {
    std::string out;
    if (wanted.item_id) out += " AND " + table + ".item_id = ?";
    if (!wanted.period.empty()) out += " AND " + table + ".period = ?";
    return out;
}

void add_for_line(wanted_rows& into, const order_filter& wanted, const std::string& condition) {
    if (wanted.item_id && !wanted.period.empty()) {
        into.add(condition, *wanted.item_id, wanted.period);
    } else if (wanted.item_id) {
        into.add(condition, *wanted.item_id);
    } else {
        into.add(condition, wanted.period);
    }
}

bool wants_line(const order_filter& wanted) {
    return wanted.item_id || !wanted.period.empty();
}

// A scalar, so that no engine turns it around and walks all lines of the item first.
void want_line(wanted_rows& into, const order_filter& wanted) {
    if (!wants_line(wanted)) return;
    add_for_line(
        into,
        wanted,
        "(SELECT 1 FROM order_lines x WHERE x.order_id = o.id" + line_condition(wanted, "x") +
            " LIMIT 1) = 1"
    );
}

void want_states(wanted_rows& into, const order_filter& wanted) {
    std::vector<std::string> names;
    names.reserve(wanted.states.size());
    for (const auto state : wanted.states) names.emplace_back(rules::name_of(state));
    into.add_in("o.state", names);
}

void want_opened(wanted_rows& into, const order_filter& wanted, const std::string& column) {
    if (wanted.opened_from) into.add(column + " >= ?", *wanted.opened_from);
    if (wanted.opened_before) into.add(column + " < ?", *wanted.opened_before);
}

void want_paid(wanted_rows& into, const order_filter& wanted) {
    if (!sorts_by_payment(wanted)) return;
    into.add("o.paid_ms >= ?", wanted.paid_from.value_or(0));
    if (wanted.paid_before) into.add("o.paid_ms < ?", *wanted.paid_before);
}

wanted_rows all_wishes(const order_filter& wanted, const way& by) {
    wanted_rows out;
    if (by.by_lines) {
        out.add_all(by.probe);
        out.add_all(by.once);
    } else {
        want_line(out, wanted);
        want_opened(out, wanted, "o.created_ms");
    }
    out.add_text("o.order_no", wanted.order_no);
    out.add_text("o.transaction_id", wanted.transaction_id);
    want_states(out, wanted);
    if (wanted.channel) out.add("o.channel = ?", name_of(*wanted.channel));
    out.add_text("o.mch_id", wanted.mch_id);
    if (wanted.amount_min) out.add("o.amount_fen >= ?", *wanted.amount_min);
    if (wanted.amount_max) out.add("o.amount_fen <= ?", *wanted.amount_max);
    want_paid(out, wanted);
    if (wanted.odd) out.add("o.attention IS NOT NULL");
    want_student(out, wanted);
    return out;
}

way by_key(const order_filter& wanted, std::string_view key) {
    way out;
    out.from = "orders o FORCE INDEX (" + std::string{key} +
               ") STRAIGHT_JOIN people p ON p.id = o.person_id";
    out.probe_from = "orders o FORCE INDEX (" + std::string{key} + ")";
    if (sorts_by_payment(wanted)) out.at = "o.paid_ms";
    return out;
}

// The lines of an item or a period, newest first, each order once.
way by_lines(const order_filter& wanted) {
    std::string key = "order_lines_period";
    if (wanted.item_id)
        key = wanted.period.empty() ? "order_lines_item" : "order_lines_item_period";
    way out;
    out.by_lines = true;
    out.probe_from = "order_lines l FORCE INDEX (" + key + ")";
    out.from = out.probe_from +
               " STRAIGHT_JOIN orders o ON o.id = l.order_id "
               "STRAIGHT_JOIN people p ON p.id = o.person_id";
    out.at = sorts_by_payment(wanted) ? "o.paid_ms" : "l.opened_ms";
    out.id = "l.order_id";
    add_for_line(out.probe, wanted, "1 = 1" + line_condition(wanted, "l"));
    want_opened(out.probe, wanted, "l.opened_ms");
    // One bill of a student is of one item and period: only by both no order comes twice.
    if (wanted.item_id && !wanted.period.empty()) return out;
    add_for_line(
        out.once,
        wanted,
        "NOT EXISTS (SELECT 1 FROM order_lines x WHERE x.order_id = l.order_id "
        "AND x.line_no < l.line_no" +
            line_condition(wanted, "x") + ")"
    );
    return out;
}

void add_ways_of_the_order(std::vector<way>& into, const order_filter& wanted) {
    if (wanted.odd) {
        auto& one = into.emplace_back(by_key(wanted, "orders_attention"));
        one.probe.add("o.attention IS NOT NULL");
    }
    if (!wanted.states.empty()) {
        auto& one = into.emplace_back(by_key(wanted, "orders_state"));
        want_states(one.probe, wanted);
        want_opened(one.probe, wanted, "o.created_ms");
    }
    if (!wanted.mch_id.empty()) {
        auto& one = into.emplace_back(by_key(wanted, "orders_merchant"));
        one.probe.add_text("o.mch_id", wanted.mch_id);
        want_opened(one.probe, wanted, "o.created_ms");
    }
    if (wanted.amount_min || wanted.amount_max) {
        auto& one = into.emplace_back(by_key(wanted, "orders_amount"));
        one.probe.add("o.amount_fen >= ?", wanted.amount_min.value_or(base::fen{}));
        if (wanted.amount_max) one.probe.add("o.amount_fen <= ?", *wanted.amount_max);
    }
    if (sorts_by_payment(wanted)) {
        auto& one = into.emplace_back(by_key(wanted, "orders_paid"));
        want_paid(one.probe, wanted);
    }
    if (wanted.opened_from || wanted.opened_before) {
        auto& one = into.emplace_back(by_key(wanted, "orders_created"));
        want_opened(one.probe, wanted, "o.created_ms");
    }
}

std::vector<way> narrow_ways(const order_filter& wanted) {
    std::vector<way> out;
    wanted_rows students;
    want_student(students, wanted);
    if (!students.text().empty()) {
        way one;
        one.from =
            "people p STRAIGHT_JOIN orders o FORCE INDEX (orders_person) ON o.person_id = p.id";
        one.probe_from = one.from;
        one.probe = std::move(students);
        if (sorts_by_payment(wanted)) one.at = "o.paid_ms";
        out.push_back(std::move(one));
    }
    if (wants_line(wanted)) out.push_back(by_lines(wanted));
    add_ways_of_the_order(out, wanted);
    return out;
}

// In the order of the list itself: right where what is wanted is common.
way along_the_list(const order_filter& wanted) {
    if (sorts_by_payment(wanted)) {
        auto out = by_key(wanted, "orders_paid");
        want_paid(out.probe, wanted);
        return out;
    }
    if (wants_line(wanted)) return by_lines(wanted);
    auto out = by_key(wanted, "orders_created");
    want_opened(out.probe, wanted, "o.created_ms");
    return out;
}

std::int64_t rows_on(connection& db, const way& one, int most) {
    const auto text = "SELECT COUNT(*) AS n FROM (SELECT 1 FROM " + one.probe_from +
                      one.probe.text() + " LIMIT " + std::to_string(most) + ") x";
    auto found = db.select_with(text, one.probe.values());
    return found.next() ? found.i64("n") : 0;
}

// None: every one of them is `most` rows long or longer.
std::optional<way> shortest_way(connection& db, const order_filter& wanted, int most) {
    if (!wanted.order_no.empty()) return by_key(wanted, "orders_order_no");
    if (!wanted.transaction_id.empty()) return by_key(wanted, "orders_transaction");
    std::optional<way> out;
    std::int64_t fewest = most;
    for (auto& one : narrow_ways(wanted)) {
        const auto rows = rows_on(db, one, static_cast<int>(fewest));
        if (rows >= fewest) continue;
        fewest = rows;
        out = std::move(one);
        if (rows <= short_enough) break;
    }
    return out;
}

void want_below(wanted_rows& into, const way& by, const std::optional<page_end>& below) {
    if (!below) return;
    // The first half alone bounds the walk along the key.
    into.add(by.at + " <= ?", below->at);
    into.add("(" + by.at + " < ? OR " + by.id + " < ?)", below->at, below->id);
}

// How far back the newest rows of the list reach; none: there are no more than these.
std::optional<base::epoch_ms> reach_of_newest(
    connection& db, const way& list, const std::optional<page_end>& below, int newest
) {
    wanted_rows wanted;
    wanted.add_all(list.probe);
    if (below) wanted.add(list.at + " <= ?", below->at);
    auto found = db.select_with(
        "SELECT " + list.at + " AS at_ms FROM " + list.probe_from + wanted.text() + " ORDER BY " +
            list.at + " DESC LIMIT 1 OFFSET " + std::to_string(newest),
        wanted.values()
    );
    if (!found.next()) return std::nullopt;
    return found.maybe_i64("at_ms");
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

std::vector<found_order> walk(
    connection& db,
    const order_filter& wanted,
    const way& by,
    const std::optional<page_end>& below,
    std::optional<base::epoch_ms> not_before,
    int count
) {
    auto wishes = all_wishes(wanted, by);
    want_below(wishes, by, below);
    if (not_before) wishes.add(by.at + " >= ?", *not_before);
    const auto text = CAMPUS_FOUND_ORDER + by.from + wishes.text() + " ORDER BY " + by.at +
                      " DESC, " + by.id + " DESC LIMIT " + std::to_string(count);
    std::vector<found_order> out;
    auto found = db.select_with(text, wishes.values());
    out.reserve(found.size());
    while (found.next()) out.push_back(found_of(found));
    tell_what_they_are(db, each_of(out));
    return out;
}

}  // namespace

page_end end_of_page(const order_filter& wanted, const found_order& last) {
    if (!sorts_by_payment(wanted)) return {last.opened_at, last.id};
    return {last.paid_at.value_or(0), last.id};
}

std::vector<found_order> search_orders(
    connection& db,
    const order_filter& wanted,
    std::optional<page_end> below,
    int count,
    const search_effort& effort
) {
    const auto short_one = shortest_way(db, wanted, effort.short_way);
    if (short_one) return walk(db, wanted, *short_one, below, {}, count);
    const auto list = along_the_list(wanted);
    const auto reach = reach_of_newest(db, list, below, effort.newest);
    auto newest = walk(db, wanted, list, below, reach, count);
    if (!reach || newest.size() == static_cast<std::size_t>(count)) return newest;
    const auto long_one = shortest_way(db, wanted, effort.long_way);
    return walk(db, wanted, long_one ? *long_one : list, below, {}, count);
}

order_sums sum_orders(connection& db, const order_filter& wanted, std::int64_t most) {
    auto by = shortest_way(db, wanted, search_effort{}.long_way);
    if (!by) by = along_the_list(wanted);
    const auto wishes = all_wishes(wanted, *by);
    const auto text =
        "SELECT COUNT(*) AS n, COALESCE(SUM(s.amount_fen), 0) AS amount_fen, "
        "COALESCE(SUM(s.paid), 0) AS paid_count, "
        "COALESCE(SUM(IF(s.paid, s.amount_fen, 0)), 0) AS paid_fen FROM (SELECT o.amount_fen, "
        "o.state IN ('paid', 'paid_late') AS paid FROM " +
        by->from + wishes.text() + " LIMIT " + std::to_string(most + 1) + ") s";
    auto found = db.select_with(text, wishes.values());
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
