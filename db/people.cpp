#include "db/people.hpp"

namespace db {
namespace {

#define CAMPUS_PERSON_COLUMNS                                                              \
    "SELECT id, student_no, name, id_number_sealed, password_hash, kind, college, major, " \
    "class_name, grade FROM people WHERE status = 'active' AND "

constexpr auto by_id = CAMPUS_PERSON_COLUMNS "id = ?";
constexpr auto by_student_no = CAMPUS_PERSON_COLUMNS "student_no = ?";
constexpr auto name_by_id = "SELECT name FROM people WHERE id = ?";
constexpr auto by_id_number = CAMPUS_PERSON_COLUMNS "id_number_hash = ?";

std::optional<person> person_of(rows found) {
    if (!found.next()) return std::nullopt;
    person out;
    out.id = found.i64("id");
    out.student_no = found.maybe_text("student_no").value_or("");
    out.name = found.text("name");
    out.id_number_sealed = found.bytes("id_number_sealed");
    out.password_hash = found.maybe_text("password_hash").value_or("");
    out.is_new = found.text("kind") == "new";
    out.college = found.text("college");
    out.major = found.text("major");
    out.class_name = found.text("class_name");
    out.grade = found.text("grade");
    return out;
}

}  // namespace

std::string_view name_of(sign_in_level level) {
    switch (level) {
        case sign_in_level::identity:
            return "identity";
        case sign_in_level::initial:
            return "initial";
        case sign_in_level::own:
            return "own";
    }
    return "identity";
}

std::string_view name_of(sign_in_way way) {
    switch (way) {
        case sign_in_way::password:
            return "password";
        case sign_in_way::identity:
            return "identity";
        case sign_in_way::wechat:
            return "wechat";
    }
    return "identity";
}

std::optional<person> find_person(connection& db, std::int64_t id) {
    return person_of(db.select(by_id, id));
}

std::string find_name(connection& db, std::int64_t id) {
    auto found = db.select(name_by_id, id);
    return found.next() ? found.text("name") : std::string{};
}

std::optional<person> find_person_by_student_no(connection& db, std::string_view student_no) {
    return person_of(db.select(by_student_no, student_no));
}

std::optional<person> find_person_by_id_number_hash(connection& db, std::string_view hash) {
    return person_of(db.select(by_id_number, blob{hash}));
}

}  // namespace db
