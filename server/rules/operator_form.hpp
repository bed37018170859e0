#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/rules/console_rights.hpp"

// What an operator may be called, and what his password must be.
namespace rules {

struct operator_form {
    std::string display_name;
    operator_role role = operator_role::finance;
    std::vector<std::string> colleges;  // empty: all
};

// As it is stored and looked up: without blanks around it, small letters.
std::string normal_operator_name(std::string_view typed);

// "" when fit, else the sentence that says why not.
std::string_view flaw_of_operator_name(std::string_view name);
std::string_view flaw_of(const operator_form& form);
// Stricter than a student's: ten characters, and not the login name.
std::string_view flaw_of_operator_password(std::string_view password, std::string_view name);

}  // namespace rules
