#include "db/college_scope.hpp"

#include <algorithm>

namespace db {
namespace {

constexpr auto colleges_of_students = "SELECT DISTINCT college FROM people WHERE college <> ''";

}  // namespace

bool college_scope::holds(std::string_view college) const {
    return is_all() || std::ranges::find(colleges, college) != colleges.end();
}

std::string college_scope::condition(std::string_view column, std::vector<value>& arguments) const {
    if (is_all()) return {};
    std::string out = " AND " + std::string{column} + " IN (";
    for (std::size_t i = 0; i < colleges.size(); ++i) out += i == 0 ? "?" : ", ?";
    arguments.insert(arguments.end(), colleges.begin(), colleges.end());
    return out + ")";
}

std::vector<std::string> list_colleges(connection& db, const college_scope& within) {
    std::vector<value> arguments;
    const auto narrowed =
        colleges_of_students + within.condition("college", arguments) + " ORDER BY college";
    auto found = db.select_with(narrowed, arguments);
    std::vector<std::string> out;
    out.reserve(found.size());
    while (found.next()) out.push_back(found.text("college"));
    return out;
}

}  // namespace db
