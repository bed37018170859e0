#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/flows/bill_directory.hpp"
#include "server/flows/import_cells.hpp"
#include "server/flows/import_story.hpp"

// Bills: a student (学号, 证件号码 or both), a period and an item make one bill. 应缴金额 is the
// standard amount; adjustments that were made since stay on top of it. A bill that is missing in
// the file stays as it is: to take one back, import it with 0.00.
namespace flows {

struct bill_line : bill_name {
    base::fen standard;
    optional_cell<base::business_day> pay_before;
};

class import_bills final : public import_story {
public:
    explicit import_bills(const import_surroundings& around) : around_{around} {}

    void check(const base::csv_table& table, import_report& report) override;
    void look(db::connection& db) override;
    db::import_writes compare(import_report& report) const override;

private:
    bill_line line_of(row_reader& row) const;

    const import_surroundings& around_;
    std::vector<bill_line> lines_;
    std::vector<std::string> column_names_;  // as the file spells them
    bill_stock stock_;
};

}  // namespace flows
