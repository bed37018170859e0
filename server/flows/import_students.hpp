#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/flows/import_cells.hpp"
#include "server/flows/import_story.hpp"

// Students, known by 证件号码 and, once they have one, by 学号. A blank cell leaves what is stored
// as it is; 无 clears a phone. An ID number never changes by import: it is the key to a person's
// initial password, so that is done one by one, with an eye on the paper.
namespace flows {

struct student_line {
    std::size_t row = 0;
    std::string student_no;  // "" = not in the file
    std::string name;
    std::string id_number;
    std::string id_number_hash;
    std::string gender;  // from the ID number
    std::string kind;    // current | new | "" = not in the file
    std::string status;  // active | left | "" = not in the file
    optional_cell<std::string> phone;
    std::string college;
    std::string major;
    std::string class_name;
    std::string grade;
};

class import_students final : public import_story {
public:
    explicit import_students(const import_surroundings& around) : around_{around} {}

    void check(const base::csv_table& table, import_report& report) override;
    void look(db::connection& db) override;
    db::import_writes compare(import_report& report) const override;

private:
    student_line line_of(row_reader& row) const;
    bool clashes_in_file(const student_line& line, row_reader& row) const;

    const import_surroundings& around_;
    std::vector<student_line> lines_;
    std::unordered_map<std::string, std::size_t> by_student_no_;  // → place in lines_
    std::unordered_map<std::string, std::size_t> by_id_number_;
    std::vector<db::stored_person> stored_;
};

}  // namespace flows
