#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "db/imports.hpp"
#include "server/flows/import_cells.hpp"
#include "server/flows/import_report.hpp"
#include "server/flows/import_story.hpp"

// How files name a bill: a student (学号, 证件号码 or both), a period and an item.
namespace flows {

struct bill_name {
    std::size_t row = 0;
    std::string student_no;      // "" = not in the file
    std::string id_number_hash;  // "" = not in the file
    std::string name;            // "" = not in the file; only compared
    std::string period;
    std::string item;
};

// The first five columns of such a file.
const std::vector<column_rule>& bill_name_columns();
// Adds column_missing where neither 学号 nor 证件号码 is there.
void require_somebody(const base::csv_table& table, const column_map& map, import_report& report);
bill_name read_bill_name(row_reader& row, const import_surroundings& around);

// What is stored about those whom a file names.
struct bill_stock {
    std::vector<db::stored_person> people;
    std::vector<db::stored_item> items;  // all
    std::vector<db::stored_bill> bills;
};

bill_stock look_up_bills(db::connection& db, const std::vector<const bill_name*>& names);

struct bill_place {
    const db::stored_person* person = nullptr;
    const db::stored_item* item = nullptr;
    const db::stored_bill* bill = nullptr;  // null: none yet
};

// Faults: student_unknown, numbers_of_two_people, name_differs, item_unknown.
class bill_directory {
public:
    // The stock must outlive it. column_names: of the first five, as the file spells them.
    bill_directory(
        const bill_stock& stock, const std::vector<std::string>& column_names, import_report& report
    );

    // Without person or item: a fault has been added.
    bill_place find(const bill_name& wanted);
    void fault(const bill_name& line, std::size_t column, std::string code, std::string sentence);

private:
    using people_by = std::unordered_map<std::string_view, const db::stored_person*>;

    const db::stored_person* look_up(
        const bill_name& line, std::size_t column, const people_by& people, std::string_view key
    );
    const db::stored_person* person_of(const bill_name& line);

    const std::vector<std::string>& column_names_;
    import_report& report_;
    people_by by_number_;
    people_by by_id_;
    std::unordered_map<std::string_view, const db::stored_item*> items_;
    std::unordered_map<std::string, const db::stored_bill*> bills_;
};

// "学号2024… 张* 2026-2027学年 学费"
std::string subject_of(const bill_name& line, const db::stored_person& person);

}  // namespace flows
