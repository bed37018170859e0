#include "server/flows/student_difference.hpp"

#include <string_view>
#include <unordered_map>

#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/rules/masks.hpp"

namespace flows {
namespace {

using people_by = std::unordered_map<std::string_view, const db::stored_person*>;

const db::stored_person* find(const people_by& people, std::string_view key) {
    const auto found = people.find(key);
    return found == people.end() ? nullptr : found->second;
}

std::string subject_of(const student_line& line) {
    const auto number = line.student_no.empty()
                            ? "证件号码" + rules::masked_id_number(line.id_number)
                            : "学号" + line.student_no;
    return number + " " + rules::masked_name(line.name);
}

std::string_view word_for(std::string_view stored) {
    constexpr std::pair<std::string_view, std::string_view> words[]{
        {"current", "在校生"},
        {"new", "新生"},
        {"active", "在读"},
        {"left", "离校"},
        {"male", "男"},
        {"female", "女"},
        {"unknown", "未知"}};
    for (const auto& [name, word] : words) {
        if (name == stored) return word;
    }
    return stored;
}

std::string masked_or_none(const std::string& phone) {
    return phone.empty() ? "无" : rules::masked_phone(phone);
}

// One student's row of the file against the stored one, field by field.
class updater {
public:
    updater(const student_line& line, const db::stored_person& stored, const base::vault& vault)
        : line_{line}, to_{stored}, vault_{vault} {
        if (!line.student_no.empty() && to_.student_no != line.student_no) {
            note("学号", to_.student_no.value_or("无"), line.student_no);
            to_.student_no = line.student_no;
        }
        if (to_.name != line.name) {
            note("姓名", rules::masked_name(to_.name), rules::masked_name(line.name));
            to_.name = line.name;
        }
        move("性别", to_.gender, line.gender);
        move_phone();
        move("学院", to_.college, line.college);
        move("专业", to_.major, line.major);
        move("班级", to_.class_name, line.class_name);
        move("年级", to_.grade, line.grade);
        move("学生类别", to_.kind, line.kind);
        move("学籍状态", to_.status, line.status);
    }

    const std::vector<field_change>& changes() const { return changes_; }
    db::stored_person take() { return std::move(to_); }

private:
    void note(std::string field, std::string_view from, std::string_view to) {
        changes_.push_back({std::move(field), std::string{from}, std::string{to}});
    }

    void move(const char* field, std::string& stored, const std::string& given) {
        if (given.empty() || given == stored) return;
        note(field, stored.empty() ? "无" : word_for(stored), word_for(given));
        stored = given;
    }

    void move_phone() {
        if (!line_.phone.given) return;
        std::string stored;
        if (to_.phone_sealed) {
            auto opened = vault_.open_phone(to_.id, *to_.phone_sealed);
            // Sealed with another master key: going on would make that worse, row by row.
            base::ensure(opened.has_value(), "a stored phone opens");
            stored = *std::move(opened);
        }
        const auto given = line_.phone.value.value_or("");
        if (given == stored) return;
        note("手机号", masked_or_none(stored), masked_or_none(given));
        to_.phone_sealed.reset();
        if (!given.empty()) to_.phone_sealed = vault_.seal_phone(to_.id, given);
    }

    const student_line& line_;
    db::stored_person to_;
    const base::vault& vault_;
    std::vector<field_change> changes_;
};

db::stored_person new_person(const student_line& line, const base::vault& vault) {
    db::stored_person out;
    out.id = base::next_id();
    if (!line.student_no.empty()) out.student_no = line.student_no;
    out.kind = line.kind.empty() ? (line.student_no.empty() ? "new" : "current") : line.kind;
    out.status = line.status.empty() ? "active" : line.status;
    out.name = line.name;
    out.id_number_hash = line.id_number_hash;
    out.id_number_sealed = vault.seal_id_number(out.id, line.id_number);
    out.gender = line.gender;
    if (line.phone.value) out.phone_sealed = vault.seal_phone(out.id, *line.phone.value);
    out.college = line.college;
    out.major = line.major;
    out.class_name = line.class_name;
    out.grade = line.grade;
    return out;
}

// Two numbers that the file gives to one person and the database to nobody or to two.
const char* clash_of(
    const student_line& line, const db::stored_person* by_number, const db::stored_person* by_id
) {
    if (by_number != nullptr && by_id != nullptr) {
        return by_number == by_id ? nullptr : "numbers_of_two_people";
    }
    if (by_number != nullptr) return "id_number_differs";
    const bool other_number = by_id != nullptr && by_id->student_no && !line.student_no.empty();
    return other_number ? "student_no_differs" : nullptr;
}

std::string sentence_for(std::string_view clash) {
    if (clash == "id_number_differs") {
        return "该学号已登记为另一个证件号码，请核对；确需更正请逐人办理";
    }
    if (clash == "student_no_differs") {
        return "该证件号码已登记为另一个学号，请核对；确需更正请逐人办理";
    }
    return "学号和证件号码分别属于两名已登记的学生，请核对";
}

}  // namespace

db::import_writes student_difference(
    const std::vector<student_line>& lines,
    const std::vector<db::stored_person>& stored,
    const base::vault& vault,
    import_difference& out
) {
    people_by by_number;
    people_by by_id;
    for (const auto& one : stored) {
        if (one.student_no) by_number.emplace(*one.student_no, &one);
        by_id.emplace(one.id_number_hash, &one);
    }
    db::import_writes writes;
    for (const auto& line : lines) {
        const auto* same_number =
            line.student_no.empty() ? nullptr : find(by_number, line.student_no);
        const auto* same_id = find(by_id, line.id_number_hash);
        if (const auto* clash = clash_of(line, same_number, same_id)) {
            out.add_conflict({line.row, subject_of(line), clash, sentence_for(clash)});
        } else if (same_id == nullptr) {
            ++out.rows_new;
            if (out.wants_new_line()) {
                out.first_new.push_back(
                    {line.row,
                     subject_of(line),
                     {{"专业", "", line.major}, {"班级", "", line.class_name}}}
                );
            }
            writes.new_people.push_back(new_person(line, vault));
        } else {
            updater update{line, *same_id, vault};
            if (update.changes().empty()) {
                ++out.rows_unchanged;
                continue;
            }
            ++out.rows_changed;
            if (out.wants_changed_line()) {
                out.first_changed.push_back({line.row, subject_of(line), update.changes()});
            }
            writes.changed_people.push_back(update.take());
        }
    }
    return writes;
}

}  // namespace flows
