#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/base/beijing.hpp"

// How people write things into cells. Pure; all text is UTF-8.
namespace flows {

// Full-width letters, digits and signs as ASCII, full-width blanks as blanks.
std::string half_width(std::string_view text);
// For messages: at most 20 characters, no control characters.
std::string shortened(std::string_view text);
// What is wrong with the characters, or nullptr. Ideographs beyond the basic plane are in real
// names; everything else out there (emoji, signs) is a slip.
const char* text_flaw(std::string_view text);
// 张 三 and 张　三 are how two-character names are lined up in print; John Smith stays.
std::string without_padding(std::string_view name);
// 2025–2026 and 2025-2026 must not become two bills of the same year: one dash, no blanks.
std::string plain_period(std::string_view text);
bool is_phone(std::string_view digits);  // mobile or fixed with area code, without signs
// 2026-12-31, 2026/12/31, 2026.1.5, 20261231, 2026年12月31日, each perhaps with Excel's 0:00.
std::optional<base::business_day> parsed_day(std::string_view text);
// Why base::parse_yuan refused it.
std::string amount_sentence(std::string_view text);

}  // namespace flows
