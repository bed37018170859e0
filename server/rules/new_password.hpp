#pragma once

#include <string_view>

// What a password of one's own must be. Short of that it is refused with a sentence.
namespace rules {

enum class password_verdict {
    ok,
    too_short,      // fewer than 8 characters
    too_long,       // more than 64
    odd_character,  // something that cannot be typed everywhere
    too_uniform,    // fewer than two of letters, digits and other signs
    too_repetitive,
    like_oneself,  // the student number, or the tail of the ID number, is most of it
};

// student_no may be empty.
password_verdict judge_password(
    std::string_view password, std::string_view student_no, std::string_view id_number
);
std::string_view sentence_for(password_verdict verdict);

}  // namespace rules
