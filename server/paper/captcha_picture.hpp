#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// The picture of a captcha, drawn with Cairo and Pango.
namespace paper {

inline constexpr int captcha_width = 160;
inline constexpr int captcha_height = 56;

// A PNG with these letters, each turned and moved a little, lines across. The same seed draws the
// same picture.
std::string captcha_picture(std::string_view letters, std::uint64_t seed);

}  // namespace paper
