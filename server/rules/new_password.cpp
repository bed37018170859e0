#include "server/rules/new_password.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace rules {
namespace {

constexpr std::size_t length_min = 8;
constexpr std::size_t length_max = 64;
constexpr std::size_t different_min = 4;
constexpr std::size_t own_tail = 6;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Printable ASCII: every keyboard has it, and no two encodings of one sign differ.
bool is_typed_everywhere(char c) {
    return c > ' ' && c <= '~';
}

int kinds_in(std::string_view text) {
    const bool digits = std::ranges::any_of(text, is_digit);
    const bool letters = std::ranges::any_of(text, is_letter);
    const auto other = [](char c) { return !is_digit(c) && !is_letter(c); };
    return int{digits} + int{letters} + int{std::ranges::any_of(text, other)};
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

// Whether `known` is in it and leaves less than half of a good password beside it.
bool is_mostly(const std::string& password, const std::string& known) {
    if (known.size() < own_tail || password.find(known) == std::string::npos) return false;
    return password.size() - known.size() < length_min / 2;
}

}  // namespace

password_verdict judge_password(
    std::string_view password, std::string_view student_no, std::string_view id_number
) {
    if (!std::ranges::all_of(password, is_typed_everywhere)) {
        return password_verdict::odd_character;
    }
    if (password.size() < length_min) return password_verdict::too_short;
    if (password.size() > length_max) return password_verdict::too_long;
    if (kinds_in(password) < 2) return password_verdict::too_uniform;
    if (std::set<char>{password.begin(), password.end()}.size() < different_min) {
        return password_verdict::too_repetitive;
    }
    const auto typed = lower(password);
    const auto id = lower(id_number);
    const auto tail = id.size() > own_tail ? id.substr(id.size() - own_tail) : id;
    if (is_mostly(typed, lower(student_no)) || is_mostly(typed, tail) || is_mostly(typed, id)) {
        return password_verdict::like_oneself;
    }
    return password_verdict::ok;
}

std::string_view sentence_for(password_verdict verdict) {
    switch (verdict) {
        case password_verdict::ok:
            return "";
        case password_verdict::too_short:
            return "新密码至少 8 位";
        case password_verdict::too_long:
            return "新密码最多 64 位";
        case password_verdict::odd_character:
            return "新密码只能用英文字母、数字和英文符号，不能有空格";
        case password_verdict::too_uniform:
            return "新密码须包含字母、数字、符号中的至少两种";
        case password_verdict::too_repetitive:
            return "新密码中不同的字符太少，请换一个";
        case password_verdict::like_oneself:
            return "新密码不能与学号或身份证号后六位相近";
    }
    return "新密码不符合要求";
}

}  // namespace rules
