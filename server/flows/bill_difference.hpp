#pragma once

#include <string>
#include <vector>

#include "db/imports.hpp"
#include "server/flows/import_bills.hpp"
#include "server/flows/import_report.hpp"

namespace flows {

struct bill_comparison {
    const std::vector<bill_line>& lines;
    const std::vector<std::string>& column_names;
    const std::vector<db::stored_person>& people;  // whom the file names
    const std::vector<db::stored_item>& items;     // all
    const std::vector<db::stored_bill>& bills;     // of those people
};

// Pure but for fresh ids. Faults: student_unknown, numbers_of_two_people, name_differs,
// item_unknown, row_duplicate. Conflicts: bill_in_live_order, bill_below_paid, bill_below_zero.
db::import_writes bill_difference(const bill_comparison& of, import_report& report);

}  // namespace flows
