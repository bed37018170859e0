#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"

// Whose students an operator sees. Every list of the console that names students narrows itself by
// it, in the statement and not afterwards, so that pages and totals stay right.
namespace db {

struct college_scope {
    std::vector<std::string> colleges;  // empty: all

    bool is_all() const { return colleges.empty(); }
    bool holds(std::string_view college) const;
    // " AND p.college IN (?, ?)" for the column "p.college", or "" for all; its arguments are added
    // to `arguments`, which refer to this object.
    std::string condition(std::string_view column, std::vector<value>& arguments) const;
};

// The colleges that students belong to, within the scope.
std::vector<std::string> list_colleges(connection& db, const college_scope& within);

}  // namespace db
