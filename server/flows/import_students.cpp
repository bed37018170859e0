#include "server/flows/import_students.hpp"

#include <array>

#include "server/flows/student_difference.hpp"
#include "server/rules/id_number.hpp"

namespace flows {
namespace {

enum column : std::size_t {
    student_no,
    name,
    id_number,
    gender,
    phone,
    college,
    major,
    class_name,
    grade,
    kind,
    status
};

const std::vector<column_rule>& columns() {
    static const std::vector<column_rule> rules{
        {{"学号", "学籍号", "学生学号"}},
        {{"姓名", "学生姓名"}, true},
        {{"证件号码", "身份证号", "身份证号码", "身份证", "公民身份号码", "证件号"}, true},
        {{"性别"}},
        {{"手机号", "手机", "手机号码", "联系电话", "联系方式", "电话"}},
        {{"学院", "院系", "系部", "二级学院", "院系名称"}},
        {{"专业", "专业名称"}},
        {{"班级", "班级名称", "行政班"}},
        {{"年级", "所在年级", "入学年份"}},
        {{"学生类别", "类别", "学生类型"}},
        {{"学籍状态", "在校状态", "状态"}},
    };
    return rules;
}

using word = std::pair<std::string_view, std::string_view>;

constexpr std::array kinds{
    word{"在校生", "current"},
    word{"在校", "current"},
    word{"老生", "current"},
    word{"新生", "new"}};

constexpr std::array states{
    word{"在读", "active"},
    word{"在校", "active"},
    word{"正常", "active"},
    word{"离校", "left"},
    word{"毕业", "left"},
    word{"退学", "left"}};

template <std::size_t Size>
std::string meaning(
    row_reader& row,
    column which,
    const std::array<word, Size>& words,
    const char* code,
    const char* sentence
) {
    const auto text = row.raw(which);
    if (text.empty()) return {};
    for (const auto& [written, meant] : words) {
        if (written == text) return std::string{meant};
    }
    row.fault(which, code, sentence);
    return {};
}

void check_gender(row_reader& row, std::string_view by_id_number) {
    const auto text = row.raw(gender);
    if (text.empty() || by_id_number.empty()) return;
    if (text != "男" && text != "女") {
        row.fault(gender, "gender_unknown", "应为“男”或“女”");
    } else if ((text == "男") != (by_id_number == "male")) {
        row.fault(gender, "gender_differs", "与证件号码中的性别不符，可能与其他列错位");
    }
}

std::string same_as(const student_line& other) {
    return "第" + std::to_string(other.row) + "行";
}

}  // namespace

void import_students::check(const base::csv_table& table, import_report& report) {
    const column_map map{table, columns(), report};
    if (!report.faults.empty()) return;
    row_reader row{table, map, report};
    while (row.next()) {
        auto line = line_of(row);
        if (!row.sound() || clashes_in_file(line, row)) continue;
        line.id_number_hash = around_.vault.id_number_hash(line.id_number);
        if (!line.student_no.empty()) by_student_no_.emplace(line.student_no, lines_.size());
        by_id_number_.emplace(line.id_number, lines_.size());
        lines_.push_back(std::move(line));
    }
}

student_line import_students::line_of(row_reader& row) const {
    student_line out;
    out.row = row.number();
    row.require(name);
    row.require(id_number);
    out.student_no = row.student_no(student_no);
    out.name = row.person_name(name);
    out.id_number = row.id_number(id_number, around_.today);
    if (!out.id_number.empty()) {
        out.gender = rules::gender_of(out.id_number) == rules::gender::male ? "male" : "female";
    }
    check_gender(row, out.gender);
    out.phone = row.phone(phone);
    out.college = row.text(college, 64);
    out.major = row.text(major, 64);
    out.class_name = row.text(class_name, 64);
    out.grade = row.text(grade, 16);
    out.kind = meaning(row, kind, kinds, "kind_unknown", "应为“在校生”或“新生”");
    out.status = meaning(row, status, states, "status_unknown", "应为“在读”或“离校”");
    if (out.kind == "current" && row.blank(student_no)) {
        row.fault(student_no, "student_no_missing", "在校生必须有学号");
    }
    return out;
}

// The first of two rows stands, the second is named; which one is right only the school knows.
bool import_students::clashes_in_file(const student_line& line, row_reader& row) const {
    if (const auto found = by_id_number_.find(line.id_number); found != by_id_number_.end()) {
        const auto& other = lines_[found->second];
        if (other.name != line.name) {
            row.fault(
                name, "id_number_two_names", "与" + same_as(other) + "证件号码相同但姓名不同"
            );
        } else if (other.student_no != line.student_no) {
            row.fault(
                student_no,
                "id_number_two_student_nos",
                "与" + same_as(other) + "证件号码相同但学号不同"
            );
        } else {
            row.fault(id_number, "row_duplicate", "与" + same_as(other) + "重复");
        }
        return true;
    }
    if (line.student_no.empty()) return false;
    const auto found = by_student_no_.find(line.student_no);
    if (found == by_student_no_.end()) return false;
    row.fault(
        student_no,
        "student_no_two_people",
        "与" + same_as(lines_[found->second]) + "学号相同但证件号码不同"
    );
    return true;
}

void import_students::look(db::connection& db) {
    std::vector<std::string_view> numbers;
    std::vector<std::string_view> hashes;
    for (const auto& line : lines_) {
        if (!line.student_no.empty()) numbers.push_back(line.student_no);
        hashes.push_back(line.id_number_hash);
    }
    stored_ = db::people_with(db, numbers, hashes);
}

db::import_writes import_students::compare(import_report& report) const {
    return student_difference(lines_, stored_, around_.vault, report.difference);
}

std::unique_ptr<import_story> import_students_story(const import_surroundings& around) {
    return std::make_unique<import_students>(around);
}

}  // namespace flows
