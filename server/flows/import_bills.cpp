#include "server/flows/import_bills.hpp"

#include "server/flows/bill_columns.hpp"
#include "server/flows/bill_difference.hpp"

namespace flows {
namespace {

const std::vector<column_rule>& columns() {
    static const std::vector<column_rule> rules = [] {
        auto out = bill_name_columns();
        out.push_back({{"应缴金额", "金额", "应收金额", "应缴", "应收"}, true});
        out.push_back({{"截止日期", "缴费截止日期", "截止日", "缴费期限"}});
        return out;
    }();
    return rules;
}

}  // namespace

void import_bills::check(const base::csv_table& table, import_report& report) {
    const column_map map{table, columns(), report};
    require_somebody(table, map, report);
    if (!report.faults.empty()) return;
    for (std::size_t i = 0; i < columns().size(); ++i) column_names_.push_back(map.name_of(i));
    row_reader row{table, map, report};
    while (row.next()) {
        auto line = line_of(row);
        if (row.sound()) lines_.push_back(std::move(line));
    }
}

bill_line import_bills::line_of(row_reader& row) const {
    bill_line out{read_bill_name(row, around_), {}, {}};
    row.require(bill_column::amount);
    out.standard = row.amount(bill_column::amount).value_or(base::fen{});
    out.pay_before = row.day(bill_column::pay_before);
    return out;
}

void import_bills::look(db::connection& db) {
    std::vector<const bill_name*> names;
    for (const auto& line : lines_) names.push_back(&line);
    stock_ = look_up_bills(db, names);
}

db::import_writes import_bills::compare(import_report& report) const {
    return bill_difference({lines_, column_names_, stock_}, report);
}

std::unique_ptr<import_story> import_bills_story(const import_surroundings& around) {
    return std::make_unique<import_bills>(around);
}

}  // namespace flows
