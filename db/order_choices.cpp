#include "db/order_choices.hpp"

#include "db/wanted_rows.hpp"

namespace db {
namespace {

constexpr auto all_items = "SELECT id, name FROM fee_items ORDER BY settle_order, name LIMIT ?";

constexpr auto all_periods =
    "SELECT DISTINCT period FROM bills WHERE period <> '' ORDER BY period DESC LIMIT ?";

std::vector<std::string> different(
    connection& db, const std::string& column, const std::vector<std::string>& colleges, int most
) {
    wanted_rows wanted;
    wanted.add(column + " <> ''");
    wanted.add_in("college", colleges);
    auto found = db.select_with(
        "SELECT DISTINCT " + column + " AS word FROM people" + wanted.text() + " ORDER BY " +
            column + " LIMIT " + std::to_string(most),
        wanted.values()
    );
    std::vector<std::string> out;
    out.reserve(found.size());
    while (found.next()) out.push_back(found.text("word"));
    return out;
}

}  // namespace

order_choices list_order_choices(
    connection& db, const std::vector<std::string>& colleges, int most_of_each
) {
    order_choices out;
    out.colleges = different(db, "college", colleges, most_of_each);
    out.majors = different(db, "major", colleges, most_of_each);
    out.classes = different(db, "class_name", colleges, most_of_each);
    out.grades = different(db, "grade", colleges, most_of_each);
    auto items = db.select(all_items, most_of_each);
    out.items.reserve(items.size());
    while (items.next()) out.items.push_back({items.i64("id"), items.text("name")});
    auto periods = db.select(all_periods, most_of_each);
    out.periods.reserve(periods.size());
    while (periods.next()) out.periods.push_back(periods.text("period"));
    return out;
}

}  // namespace db
