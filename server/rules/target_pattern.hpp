#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How a school writes down what the target of a top-up looks like: a dormitory room, a card number.
//
//     9  a digit      A  a letter      N  a letter or a digit      \x  x itself
//     {3} or {1,2} behind a sign: so many of it      every other sign stands for itself
//
// 9{1,2}-9{3} is 12-305. Deliberately less than a regular expression: whatever is typed is judged
// in a time that the lengths alone decide.
namespace rules {

struct pattern_piece {
    enum class kind { digit, letter, letter_or_digit, exactly };
    kind what = kind::exactly;
    std::string sign;  // of `exactly`: one character, UTF-8
    int least = 1;
    int most = 1;
};

using target_pattern = std::vector<pattern_piece>;

inline constexpr int target_characters_max = 40;

// nullopt: not written as above, or it would take nothing, or more than a target may have.
std::optional<target_pattern> target_pattern_of(std::string_view text);

bool fits(const target_pattern& pattern, std::string_view target);

// The same for a browser: ^[0-9]{1,2}-[0-9]{3}$
std::string expression_of(const target_pattern& pattern);

}  // namespace rules
