#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "db/people.hpp"

// Who is meant by what was typed as 用户名.
namespace flows {

// The student number; for new students the ID number. With the others an ID number would be name
// and initial password in one.
std::optional<db::person> person_named(
    db::connection& db, std::string_view typed, std::string_view id_number_hash
);

std::string trimmed(std::string_view text);

}  // namespace flows
