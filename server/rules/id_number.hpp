#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/base/beijing.hpp"

// 公民身份号码, GB 11643: 6 digits of area, 8 of birth, 3 of order, 1 check digit (0-9 or X).
namespace rules {

enum class id_number_verdict {
    ok,
    wrong_length,
    wrong_character,
    wrong_birth_day,
    wrong_check_digit
};

// today: nobody is born later than that.
id_number_verdict judge_id_number(std::string_view text, base::business_day today);
std::string_view sentence_for(id_number_verdict verdict);

// Without blanks, full-width digits made half-width, x made X: as people type it. Not checked.
std::string normal_id_number(std::string_view text);

// The initial password. The text must have at least six characters.
std::string last_six(std::string_view id_number);

enum class gender { male, female };
gender gender_of(std::string_view valid_id_number);

}  // namespace rules
