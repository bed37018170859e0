#include "server/flows/import_bills.hpp"

#include <algorithm>

#include "server/flows/bill_columns.hpp"
#include "server/flows/bill_difference.hpp"

namespace flows {
namespace {

const std::vector<column_rule>& columns() {
    static const std::vector<column_rule> rules{
        {{"学号", "学籍号", "学生学号"}},
        {{"证件号码", "身份证号", "身份证号码", "身份证", "公民身份号码", "证件号"}},
        {{"姓名", "学生姓名"}},
        {{"收费区间", "学年", "收费学年", "区间", "缴费区间"}, true},
        {{"收费项目", "项目", "项目名称", "收费项目名称"}, true},
        {{"应缴金额", "金额", "应收金额", "应缴", "应收"}, true},
        {{"截止日期", "缴费截止日期", "截止日", "缴费期限"}},
    };
    return rules;
}

void sort_out_repeats(std::vector<std::string_view>& keys) {
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace

void import_bills::check(const base::csv_table& table, import_report& report) {
    const column_map map{table, columns(), report};
    if (!map.has(bill_column::student_no) && !map.has(bill_column::id_number)) {
        report.faults.add(
            {table.number_of(map.heading()), "学号", "column_missing", "缺少“学号”或“证件号码”列"}
        );
    }
    if (!report.faults.empty()) return;
    for (std::size_t i = 0; i < columns().size(); ++i) column_names_.push_back(map.name_of(i));
    row_reader row{table, map, report};
    while (row.next()) {
        auto line = line_of(row);
        if (row.sound()) lines_.push_back(std::move(line));
    }
}

bill_line import_bills::line_of(row_reader& row) const {
    bill_line out;
    out.row = row.number();
    const bool nobody = row.blank(bill_column::student_no) && row.blank(bill_column::id_number);
    if (nobody) row.fault(bill_column::student_no, "cell_missing", "学号和证件号码不能都为空");
    out.student_no = row.student_no(bill_column::student_no);
    const auto id_number = row.id_number(bill_column::id_number, around_.today);
    if (!id_number.empty()) out.id_number_hash = around_.vault.id_number_hash(id_number);
    out.name = row.person_name(bill_column::name);
    row.require(bill_column::period);
    row.require(bill_column::item);
    row.require(bill_column::amount);
    out.period = row.period(bill_column::period);
    out.item = row.text(bill_column::item, 64);
    out.standard = row.amount(bill_column::amount).value_or(base::fen{});
    out.pay_before = row.day(bill_column::pay_before);
    return out;
}

void import_bills::look(db::connection& db) {
    std::vector<std::string_view> numbers;
    std::vector<std::string_view> hashes;
    for (const auto& line : lines_) {
        if (!line.student_no.empty()) numbers.push_back(line.student_no);
        if (!line.id_number_hash.empty()) hashes.push_back(line.id_number_hash);
    }
    sort_out_repeats(numbers);
    sort_out_repeats(hashes);
    people_ = db::people_with(db, numbers, hashes);
    items_ = db::all_items(db);
    std::vector<std::int64_t> ids;
    for (const auto& person : people_) ids.push_back(person.id);
    std::ranges::sort(ids);
    bills_ = db::bills_of_people(db, ids);
}

db::import_writes import_bills::compare(import_report& report) const {
    return bill_difference({lines_, column_names_, people_, items_, bills_}, report);
}

std::unique_ptr<import_story> import_bills_story(const import_surroundings& around) {
    return std::make_unique<import_bills>(around);
}

}  // namespace flows
