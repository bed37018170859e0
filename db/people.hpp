#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

namespace db {

enum class sign_in_level { identity, initial, own };
enum class sign_in_way { password, identity, wechat };

std::string_view name_of(sign_in_level level);
std::string_view name_of(sign_in_way way);

// A student as stored: the ID number is sealed, see server/base/vault.hpp.
struct person {
    std::int64_t id = 0;
    std::string student_no;  // "" while a new student has none
    std::string name;
    std::string id_number_sealed;
    std::string password_hash;  // "" = still the initial one
    bool is_new = false;
    std::string college;
    std::string major;
    std::string class_name;
    std::string grade;
};

// Only people who are still here (status active).
std::optional<person> find_person(connection& db, std::int64_t id);
// The name, of those too who have left; "": nobody.
std::string find_name(connection& db, std::int64_t id);
std::optional<person> find_person_by_student_no(connection& db, std::string_view student_no);
std::optional<person> find_person_by_id_number_hash(connection& db, std::string_view hash);

}  // namespace db
