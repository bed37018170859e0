#include "db/reports.hpp"

#include <algorithm>
#include <array>

#include "server/base/error.hpp"

namespace db {
namespace {

template <class Group>
struct group_words {
    Group group;
    std::string_view name;
    std::string_view column;
};

constexpr std::array fee_groups{
    group_words<fee_group>{fee_group::college, "college", "p.college"},
    group_words<fee_group>{fee_group::major, "major", "p.major"},
    group_words<fee_group>{fee_group::class_name, "class", "p.class_name"},
    group_words<fee_group>{fee_group::grade, "grade", "p.grade"},
    group_words<fee_group>{fee_group::item, "item", "i.name"},
    group_words<fee_group>{fee_group::period, "period", "b.period"},
};

// Beijing's day and hour of an instant, whatever the zone of the session is.
#define CAMPUS_BEIJING(column, form)                                                               \
    "DATE_FORMAT(DATE_ADD('1970-01-01', INTERVAL (" column " + 28800000) DIV 1000 SECOND), '" form \
    "')"

struct money_words {
    money_group group;
    std::string_view name;
    std::string_view of_payment;
    std::string_view of_refund;
};

constexpr std::array money_groups{
    money_words{
        money_group::day,
        "day",
        CAMPUS_BEIJING("y.paid_ms", "%Y-%m-%d"),
        CAMPUS_BEIJING("r.success_ms", "%Y-%m-%d")},
    money_words{
        money_group::hour,
        "hour",
        CAMPUS_BEIJING("y.paid_ms", "%Y-%m-%d %H"),
        CAMPUS_BEIJING("r.success_ms", "%Y-%m-%d %H")},
    money_words{money_group::merchant, "merchant", "y.mch_id", "r.mch_id"},
    money_words{
        money_group::channel, "channel", "COALESCE(o.channel, '')", "COALESCE(o.channel, '')"},
    money_words{money_group::item, "item", "", ""},
};

template <class Table, class Group>
const auto& words_of(const Table& table, Group group) {
    const auto found = std::ranges::find(table, group, [](const auto& one) { return one.group; });
    base::ensure(found != table.end(), "every group has its words");
    return *found;
}

// A chosen bill owes nothing while it waits for its money.
constexpr std::string_view from_bills =
    " FROM bills b JOIN people p ON p.id = b.person_id JOIN fee_items i ON i.id = b.item_id "
    "WHERE b.due_fen > 0 AND (b.chosen = 0 OR b.paid_fen > 0)";

constexpr std::string_view fee_columns =
    "COUNT(*) AS bills, COUNT(DISTINCT b.person_id) AS students, "
    "COUNT(DISTINCT CASE WHEN b.due_fen > b.paid_fen THEN b.person_id END) AS debtors, "
    "SUM(b.due_fen) AS due_fen, SUM(b.paid_fen) AS paid_fen, "
    "SUM(GREATEST(b.due_fen - b.paid_fen, 0)) AS owed_fen";

// " AND p.college = ? …"; its arguments refer to the filter.
std::string condition_of(const fee_filter& filter, std::vector<value>& arguments) {
    std::string out;
    const auto narrow = [&](std::string_view column, const std::string& wanted) {
        if (wanted.empty()) return;
        out += " AND " + std::string{column} + " = ?";
        arguments.emplace_back(wanted);
    };
    out += filter.scope.condition("p.college", arguments);
    narrow("p.college", filter.college);
    narrow("p.major", filter.major);
    narrow("p.class_name", filter.class_name);
    narrow("p.grade", filter.grade);
    narrow("i.name", filter.item);
    narrow("b.period", filter.period);
    return out;
}

fee_sums sums_of(const rows& row) {
    fee_sums out;
    out.bills = row.i64("bills");
    out.students = row.i64("students");
    out.debtors = row.i64("debtors");
    // Over no rows a sum is NULL.
    out.due = row.maybe_fen("due_fen").value_or(base::fen{});
    out.paid = row.maybe_fen("paid_fen").value_or(base::fen{});
    out.owed = row.maybe_fen("owed_fen").value_or(base::fen{});
    return out;
}

std::vector<std::string> texts_of(
    connection& db, std::string_view column, const fee_filter& filter
) {
    std::vector<value> arguments;
    const std::string name{column};
    // First the text, which fills the arguments.
    const auto sql = "SELECT DISTINCT " + name + " AS key_text" + std::string{from_bills} +
                     condition_of(filter, arguments) + " AND " + name +
                     " <> '' ORDER BY key_text LIMIT 2000";
    auto found = db.select_with(sql, arguments);
    std::vector<std::string> out;
    out.reserve(found.size());
    while (found.next()) out.push_back(found.text("key_text"));
    return out;
}

void add(std::vector<money_row>& into, rows found, bool refunds) {
    while (found.next()) {
        const auto key = found.text("key_text");
        auto known = std::ranges::find(into, key, &money_row::key);
        if (known == into.end()) {
            into.push_back({key, 0, {}, 0, {}});
            known = into.end() - 1;
        }
        (refunds ? known->refunds : known->payments) += found.i64("n");
        (refunds ? known->refunded : known->paid) += found.fen("amount_fen");
    }
}

// What of a payment stands on bills counts for their items, the rest for none.
constexpr auto payments_by_item =
    "SELECT l.item_name AS key_text, COUNT(DISTINCT y.id) AS n, SUM(l.credited_fen) AS amount_fen "
    "FROM payments y JOIN orders o ON o.order_no = y.order_no "
    "JOIN order_lines l ON l.order_id = o.id AND l.credited_fen > 0 "
    "WHERE y.paid_ms >= ? AND y.paid_ms < ? GROUP BY l.item_name";

constexpr auto payments_on_no_item =
    "SELECT '' AS key_text, COUNT(*) AS n, SUM(amount_fen) AS amount_fen FROM ("
    "SELECT y.amount_fen - COALESCE(SUM(l.credited_fen), 0) AS amount_fen FROM payments y "
    "LEFT JOIN orders o ON o.order_no = y.order_no "
    "LEFT JOIN order_lines l ON l.order_id = o.id "
    "WHERE y.paid_ms >= ? AND y.paid_ms < ? GROUP BY y.id, y.amount_fen) rest "
    "WHERE amount_fen <> 0 HAVING COUNT(*) > 0";

constexpr auto refunds_by_item =
    "SELECT l.item_name AS key_text, COUNT(DISTINCT r.id) AS n, SUM(d.amount_fen) AS amount_fen "
    "FROM refunds r JOIN refund_lines d ON d.refund_id = r.id "
    "JOIN orders o ON o.order_no = r.order_no "
    "JOIN order_lines l ON l.order_id = o.id AND l.line_no = d.line_no "
    "WHERE r.success_ms >= ? AND r.success_ms < ? GROUP BY l.item_name";

constexpr auto refunds_of_no_item =
    "SELECT '' AS key_text, COUNT(*) AS n, SUM(amount_fen) AS amount_fen FROM ("
    "SELECT r.amount_fen - COALESCE(SUM(d.amount_fen), 0) AS amount_fen FROM refunds r "
    "LEFT JOIN refund_lines d ON d.refund_id = r.id "
    "WHERE r.success_ms >= ? AND r.success_ms < ? GROUP BY r.id, r.amount_fen) rest "
    "WHERE amount_fen <> 0 HAVING COUNT(*) > 0";

std::vector<money_row> sum_by_item(connection& db, base::epoch_ms from, base::epoch_ms until) {
    std::vector<money_row> out;
    add(out, db.select(payments_by_item, from, until), false);
    add(out, db.select(payments_on_no_item, from, until), false);
    add(out, db.select(refunds_by_item, from, until), true);
    add(out, db.select(refunds_of_no_item, from, until), true);
    return out;
}

std::vector<money_row> sum_by_key(
    connection& db, const money_words& words, base::epoch_ms from, base::epoch_ms until
) {
    const std::vector<value> span{from, until};
    std::vector<money_row> out;
    const auto payments = "SELECT " + std::string{words.of_payment} +
                          " AS key_text, COUNT(*) AS n, SUM(y.amount_fen) AS amount_fen "
                          "FROM payments y LEFT JOIN orders o ON o.order_no = y.order_no "
                          "WHERE y.paid_ms >= ? AND y.paid_ms < ? GROUP BY key_text";
    add(out, db.select_with(payments, span), false);
    const auto refunds = "SELECT " + std::string{words.of_refund} +
                         " AS key_text, COUNT(*) AS n, SUM(r.amount_fen) AS amount_fen "
                         "FROM refunds r LEFT JOIN orders o ON o.order_no = r.order_no "
                         "WHERE r.success_ms >= ? AND r.success_ms < ? GROUP BY key_text";
    add(out, db.select_with(refunds, span), true);
    return out;
}

}  // namespace

std::string_view name_of(fee_group group) {
    return words_of(fee_groups, group).name;
}

std::optional<fee_group> fee_group_named(std::string_view name) {
    for (const auto& one : fee_groups) {
        if (one.name == name) return one.group;
    }
    return std::nullopt;
}

std::string_view name_of(money_group group) {
    return words_of(money_groups, group).name;
}

std::optional<money_group> money_group_named(std::string_view name) {
    for (const auto& one : money_groups) {
        if (one.name == name) return one.group;
    }
    return std::nullopt;
}

fee_report sum_fees(connection& db, fee_group group, const fee_filter& filter, int count) {
    fee_report out;
    std::vector<value> arguments;
    const std::string columns{fee_columns};
    const auto where = std::string{from_bills} + condition_of(filter, arguments);
    auto all = db.select_with("SELECT " + columns + where, arguments);
    base::ensure(all.next(), "a sum answers one row");
    out.all = sums_of(all);
    const std::string key{words_of(fee_groups, group).column};
    arguments.emplace_back(count);
    auto found = db.select_with(
        "SELECT " + key + " AS key_text, " + columns + where +
            " GROUP BY key_text ORDER BY owed_fen DESC, key_text LIMIT ?",
        arguments
    );
    out.rows.reserve(found.size());
    while (found.next()) out.rows.push_back({found.text("key_text"), sums_of(found)});
    return out;
}

fee_filter_choices choices_of_fees(connection& db, const fee_filter& filter) {
    // Each list is narrowed by what stands above it, so that a class is looked for in its major.
    fee_filter_choices out;
    fee_filter above;
    above.scope = filter.scope;
    out.colleges = texts_of(db, "p.college", above);
    out.items = texts_of(db, "i.name", above);
    out.periods = texts_of(db, "b.period", above);
    above.college = filter.college;
    out.grades = texts_of(db, "p.grade", above);
    out.majors = texts_of(db, "p.major", above);
    above.major = filter.major;
    above.grade = filter.grade;
    out.classes = texts_of(db, "p.class_name", above);
    return out;
}

std::vector<money_row> sum_money(
    connection& db, money_group group, base::epoch_ms from, base::epoch_ms until
) {
    auto out = group == money_group::item
                   ? sum_by_item(db, from, until)
                   : sum_by_key(db, words_of(money_groups, group), from, until);
    std::ranges::sort(out, {}, &money_row::key);
    return out;
}

debt_page list_debts(
    connection& db, const fee_filter& filter, const std::optional<debt_place>& after, int count
) {
    std::vector<value> arguments;
    auto where = std::string{from_bills} + " AND b.due_fen > b.paid_fen AND b.chosen = 0" +
                 condition_of(filter, arguments);
    if (after) {
        where += " AND (p.class_name, p.id, b.id) > (?, ?, ?)";
        arguments.insert(arguments.end(), {after->class_name, after->person_id, after->bill_id});
    }
    arguments.emplace_back(count);
    auto found = db.select_with(
        "SELECT b.id, p.id AS person_id, p.student_no, p.name, p.college, p.major, p.class_name, "
        "i.name AS item_name, b.period, b.due_fen, b.paid_fen" +
            where + " ORDER BY p.class_name, p.id, b.id LIMIT ?",
        arguments
    );
    debt_page out;
    out.debts.reserve(found.size());
    while (found.next()) {
        auto& one = out.debts.emplace_back();
        one.bill_id = found.i64("id");
        one.student_no = found.maybe_text("student_no").value_or("");
        one.name = found.text("name");
        one.college = found.text("college");
        one.major = found.text("major");
        one.class_name = found.text("class_name");
        one.item = found.text("item_name");
        one.period = found.text("period");
        one.due = found.fen("due_fen");
        one.paid = found.fen("paid_fen");
        one.owed = one.due - one.paid;
        out.next = debt_place{one.class_name, found.i64("person_id"), one.bill_id};
    }
    if (static_cast<int>(out.debts.size()) < count) out.next.reset();
    return out;
}

}  // namespace db
