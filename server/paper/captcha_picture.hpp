#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// The picture of a captcha, drawn with Cairo and Pango.
namespace paper {

inline constexpr int captcha_width = 160;
inline constexpr int captcha_height = 56;
inline constexpr std::size_t captcha_noise = 1024;

// A PNG with these letters, each turned and moved a little, lines across. The same noise draws the
// same picture.
std::string captcha_picture(std::string_view letters, std::string_view noise);

}  // namespace paper
