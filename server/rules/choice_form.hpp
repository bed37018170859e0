#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/beijing.hpp"

// The form of a sign-up project, written by the school in one cell:
//
//     姓名拼音*:文本; 尺码*:单选(S/M/L/XL); 紧急联系电话*:手机号; 备注:文本
//
// and what a student fills in. A star marks what must be filled in.
namespace rules {

enum class field_kind { text, choice, phone, number, day, id_number };

std::string_view name_of(field_kind kind);  // "text"

struct form_field {
    std::string label;  // names the field, also towards the page
    field_kind kind = field_kind::text;
    bool required = false;
    std::vector<std::string> options;  // of a choice
};

using form = std::vector<form_field>;

inline constexpr std::size_t form_fields_max = 12;
inline constexpr std::size_t answer_characters_max = 100;

// nullopt: not written as above; `why` says in Chinese what is wrong.
std::optional<form> form_of(std::string_view text, std::string& why);

using answers = std::map<std::string, std::string, std::less<>>;  // by label

// What is wrong with the answers, a Chinese sentence that names the field; "" when they fit.
// Answers to fields that the form does not have are wrong too: the page is older than the form.
std::string flaw_of(const form& wanted, const answers& given, base::business_day today);

// Trimmed, empty ones left out: as kept.
answers tidy(const answers& given);

// One text, to be sealed; and back.
std::string packed(const answers& given);
answers unpacked(std::string_view text);

}  // namespace rules
