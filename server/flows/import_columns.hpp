#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/csv.hpp"
#include "server/flows/import_report.hpp"

namespace flows {

// A column by all the names that schools give it, the product's own first. What stands in brackets
// behind a name does not count: 应缴金额（元）, 学号（必填）.
struct column_rule {
    std::vector<std::string_view> names;
    bool required = false;
};

// Where the columns of a file are. Columns go by their place in the list of rules.
class column_map {
public:
    // The heading is the one of the first five rows that knows most of the names, so that a title
    // may stand above it. Missing and doubled columns become faults of the report, unknown ones a
    // note: exports carry columns that are no business of ours.
    column_map(
        const base::csv_table& table, const std::vector<column_rule>& rules, import_report& report
    );

    std::size_t heading() const { return heading_; }  // row of the table
    std::size_t width() const { return width_; }      // of the heading
    bool has(std::size_t column) const { return places_[column].has_value(); }
    std::string_view cell(std::size_t row, std::size_t column) const;
    // As the file spells it; the product's name where the file has none.
    std::string name_of(std::size_t column) const;

private:
    const base::csv_table& table_;
    const std::vector<column_rule>& rules_;
    std::size_t heading_ = 0;
    std::size_t width_ = 0;
    std::vector<std::optional<std::size_t>> places_;
};

}  // namespace flows
