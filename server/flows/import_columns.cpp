#include "server/flows/import_columns.hpp"

#include <algorithm>

#include "server/flows/cell_text.hpp"

namespace flows {
namespace {

constexpr std::size_t title_rows_max = 5;

std::string plain_heading(std::string_view text) {
    auto out = half_width(text);
    out.resize(std::min(out.find('('), out.size()));
    std::erase_if(out, [](char c) { return c == ' ' || c == '*' || c == '\r' || c == '\n'; });
    return out;
}

std::optional<std::size_t> rule_for(
    const std::vector<column_rule>& rules, std::string_view heading
) {
    const auto plain = plain_heading(heading);
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
        if (std::ranges::find(rules[rule].names, plain) != rules[rule].names.end()) return rule;
    }
    return std::nullopt;
}

std::size_t heading_of(const base::csv_table& table, const std::vector<column_rule>& rules) {
    std::size_t best = 0;
    std::size_t most = 0;
    for (std::size_t row = 0; row < std::min(title_rows_max, table.size()); ++row) {
        std::size_t known = 0;
        for (std::size_t column = 0; column < table.width_of(row); ++column) {
            known += rule_for(rules, table.cell(row, column)).has_value();
        }
        if (known > most) {
            most = known;
            best = row;
        }
    }
    return best;
}

}  // namespace

column_map::column_map(
    const base::csv_table& table, const std::vector<column_rule>& rules, import_report& report
)
    : table_{table}, rules_{rules}, heading_{heading_of(table, rules)}, places_(rules.size()) {
    width_ = table.width_of(heading_);
    const auto row = table.number_of(heading_);
    std::string unknown;
    for (std::size_t column = 0; column < width_; ++column) {
        const std::string heading{table.cell(heading_, column)};
        const auto rule = rule_for(rules, heading);
        if (!rule) {
            unknown += unknown.empty() ? "" : "、";
            unknown += heading.empty() ? "第" + std::to_string(column + 1) + "列（无列名）"
                                       : shortened(heading);
        } else if (places_[*rule]) {
            report.faults.add(
                {row,
                 heading,
                 "column_duplicate",
                 "有两列表示“" + std::string{rules[*rule].names[0]} + "”，请只保留一列"}
            );
        } else {
            places_[*rule] = column;
        }
    }
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
        if (!rules[rule].required || places_[rule]) continue;
        const std::string name{rules[rule].names[0]};
        report.faults.add({row, name, "column_missing", "缺少“" + name + "”列"});
    }
    if (!unknown.empty()) report.notes.push_back("未使用的列：" + unknown);
}

std::string_view column_map::cell(std::size_t row, std::size_t column) const {
    return places_[column] ? table_.cell(row, *places_[column]) : std::string_view{};
}

std::string column_map::name_of(std::size_t column) const {
    if (places_[column]) return std::string{table_.cell(heading_, *places_[column])};
    return std::string{rules_[column].names[0]};
}

}  // namespace flows
