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
    const bill_stock& stock;
};

// Pure but for fresh ids. Faults: those of bill_directory, row_duplicate. Conflicts:
// bill_in_live_order, bill_below_paid, bill_below_zero.
db::import_writes bill_difference(const bill_comparison& of, import_report& report);

}  // namespace flows
