#include "server/flows/bill_directory.hpp"

#include <algorithm>

#include "server/flows/bill_columns.hpp"
#include "server/flows/cell_text.hpp"
#include "server/rules/masks.hpp"

namespace flows {
namespace {

std::string key_of(std::int64_t person_id, std::int64_t item_id, std::string_view period) {
    return std::to_string(person_id) + '|' + std::to_string(item_id) + '|' + std::string{period};
}

void sort_out_repeats(std::vector<std::string_view>& keys) {
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace

const std::vector<column_rule>& bill_name_columns() {
    static const std::vector<column_rule> rules{
        {{"学号", "学籍号", "学生学号"}},
        {{"证件号码", "身份证号", "身份证号码", "身份证", "公民身份号码", "证件号"}},
        {{"姓名", "学生姓名"}},
        {{"收费区间", "学年", "收费学年", "区间", "缴费区间"}, true},
        {{"收费项目", "项目", "项目名称", "收费项目名称"}, true},
    };
    return rules;
}

void require_somebody(const base::csv_table& table, const column_map& map, import_report& report) {
    if (map.has(bill_column::student_no) || map.has(bill_column::id_number)) return;
    report.faults.add(
        {table.number_of(map.heading()), "学号", "column_missing", "缺少“学号”或“证件号码”列"}
    );
}

bill_name read_bill_name(row_reader& row, const import_surroundings& around) {
    bill_name out;
    out.row = row.number();
    const bool nobody = row.blank(bill_column::student_no) && row.blank(bill_column::id_number);
    if (nobody) row.fault(bill_column::student_no, "cell_missing", "学号和证件号码不能都为空");
    out.student_no = row.student_no(bill_column::student_no);
    const auto id_number = row.id_number(bill_column::id_number, around.today);
    if (!id_number.empty()) out.id_number_hash = around.vault.id_number_hash(id_number);
    out.name = row.person_name(bill_column::name);
    row.require(bill_column::period);
    row.require(bill_column::item);
    out.period = row.period(bill_column::period);
    out.item = row.text(bill_column::item, 64);
    return out;
}

bill_stock look_up_bills(db::connection& db, const std::vector<const bill_name*>& names) {
    std::vector<std::string_view> numbers;
    std::vector<std::string_view> hashes;
    for (const auto* name : names) {
        if (!name->student_no.empty()) numbers.push_back(name->student_no);
        if (!name->id_number_hash.empty()) hashes.push_back(name->id_number_hash);
    }
    sort_out_repeats(numbers);
    sort_out_repeats(hashes);
    bill_stock out;
    out.people = db::people_with(db, numbers, hashes);
    out.items = db::all_items(db);
    std::vector<std::int64_t> ids;
    for (const auto& person : out.people) ids.push_back(person.id);
    std::ranges::sort(ids);
    out.bills = db::bills_of_people(db, ids);
    return out;
}

bill_directory::bill_directory(
    const bill_stock& stock, const std::vector<std::string>& column_names, import_report& report
)
    : column_names_{column_names}, report_{report} {
    for (const auto& one : stock.people) {
        if (one.student_no) by_number_.emplace(*one.student_no, &one);
        by_id_.emplace(one.id_number_hash, &one);
    }
    for (const auto& one : stock.items) items_.emplace(one.name, &one);
    bills_.reserve(stock.bills.size());
    for (const auto& one : stock.bills) {
        bills_.emplace(key_of(one.person_id, one.item_id, one.period), &one);
    }
}

void bill_directory::fault(
    const bill_name& line, std::size_t column, std::string code, std::string sentence
) {
    report_.faults.add({line.row, column_names_[column], std::move(code), std::move(sentence)});
}

bill_place bill_directory::find(const bill_name& wanted) {
    bill_place out;
    out.person = person_of(wanted);
    const auto item = items_.find(wanted.item);
    if (item == items_.end()) {
        const auto word = "没有名为“" + shortened(wanted.item) + "”的收费项目，请先导入收费项目";
        fault(wanted, bill_column::item, "item_unknown", word);
        return out;
    }
    out.item = item->second;
    if (out.person == nullptr) return out;
    const auto bill = bills_.find(key_of(out.person->id, out.item->id, wanted.period));
    if (bill != bills_.end()) out.bill = bill->second;
    return out;
}

const db::stored_person* bill_directory::look_up(
    const bill_name& line, std::size_t column, const people_by& people, std::string_view key
) {
    const auto found = people.find(key);
    if (found != people.end()) return found->second;
    fault(line, column, "student_unknown", "没有这名学生，请先导入学生");
    return nullptr;
}

const db::stored_person* bill_directory::person_of(const bill_name& line) {
    const db::stored_person* out = nullptr;
    if (!line.student_no.empty()) {
        out = look_up(line, bill_column::student_no, by_number_, line.student_no);
        if (out == nullptr) return nullptr;
    }
    if (!line.id_number_hash.empty()) {
        const auto* by_id = look_up(line, bill_column::id_number, by_id_, line.id_number_hash);
        if (by_id == nullptr) return nullptr;
        if (out != nullptr && out != by_id) {
            fault(line, bill_column::id_number, "numbers_of_two_people", "与学号不是同一名学生");
            return nullptr;
        }
        out = by_id;
    }
    if (out != nullptr && !line.name.empty() && line.name != out->name) {
        fault(line, bill_column::name, "name_differs", "与已登记的姓名不符");
        return nullptr;
    }
    return out;
}

std::string subject_of(const bill_name& line, const db::stored_person& person) {
    const auto who = person.student_no ? "学号" + *person.student_no : std::string{"新生"};
    return who + " " + rules::masked_name(person.name) + " " + line.period + " " + line.item;
}

}  // namespace flows
