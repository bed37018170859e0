#include "server/rules/operator_form.hpp"

#include <algorithm>

#include "server/base/encoding.hpp"
#include "server/rules/new_password.hpp"
#include "server/rules/plain_text.hpp"

namespace rules {
namespace {

constexpr std::size_t name_min = 2;
constexpr std::size_t name_max = 32;
constexpr std::size_t display_name_max = 32;  // characters
constexpr std::size_t colleges_max = 50;
constexpr std::size_t college_max = 64;  // characters
constexpr std::size_t password_min = 10;

bool is_small_letter(char c) {
    return c >= 'a' && c <= 'z';
}

std::string small_letters(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

bool is_name_character(char c) {
    return is_small_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

bool is_fit_line(std::string_view text, std::size_t characters_max) {
    return !text.empty() && trimmed(text) == text && is_plain(text) &&
           base::count_code_points(text) <= characters_max;
}

}  // namespace

std::string normal_operator_name(std::string_view typed) {
    return small_letters(trimmed(typed));
}

std::string_view flaw_of_operator_name(std::string_view name) {
    const bool fit = name.size() >= name_min && name.size() <= name_max &&
                     is_small_letter(name.front()) && std::ranges::all_of(name, is_name_character);
    return fit ? "" : "登录名为 2 到 32 位，以小写字母开头，可含小写字母、数字、点和短横";
}

std::string_view flaw_of(const operator_form& form) {
    if (!is_fit_line(form.display_name, display_name_max)) {
        return "姓名为 1 到 32 个字，首尾不能有空格";
    }
    if (form.role == operator_role::admin && !form.colleges.empty()) {
        return "管理员不限学院，请不要选择学院";
    }
    if (form.colleges.size() > colleges_max) return "最多选择 50 个学院";
    for (const auto& one : form.colleges) {
        if (!is_fit_line(one, college_max)) return "学院名称有误，请重新选择";
        if (std::ranges::count(form.colleges, one) > 1) return "同一个学院只能选择一次";
    }
    return "";
}

std::string_view flaw_of_operator_password(std::string_view password, std::string_view name) {
    if (password.size() < password_min) return "新密码至少 10 位";
    if (small_letters(password).find(name) != std::string::npos) return "新密码不能包含登录名";
    const auto verdict = judge_password(password, "", "");
    return verdict == password_verdict::ok ? std::string_view{} : sentence_for(verdict);
}

}  // namespace rules
