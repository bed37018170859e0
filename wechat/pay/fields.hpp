#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// WeChat's rules for the fields of a body: what would be refused does not leave the house.
namespace wechat::pay {

// UTF-8 of code points of one to three bytes (WeChat takes no others), and short enough.
bool fits(std::string_view text, std::size_t bytes_max);

// https (http on this machine), no query, at most 255 bytes.
bool is_notify_url(std::string_view text);

// Letters, digits and _ - | *
bool is_number_character(char c);

// Drops control and 4-byte characters, whatever is no UTF-8, and the backtick (it would break the
// daily bill); cuts between characters.
std::string clean_text(std::string_view text, std::size_t bytes_max);

}  // namespace wechat::pay
