#include "server/rules/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace rules {
namespace {

std::size_t length_of(unsigned char first) {
    if (first < 0x80) return 1;
    if (first < 0xE0) return 2;
    return first < 0xF0 ? 3 : 4;
}

char32_t code_point_of(std::string_view c) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(c[i]); };
    if (c.size() == 1) return byte(0);
    char32_t out = byte(0) & (0x7FU >> c.size());
    for (std::size_t i = 1; i < c.size(); ++i) out = (out << 6U) | (byte(i) & 0x3FU);
    return out;
}

struct range {
    char32_t first;
    char32_t last;
};

constexpr std::array refused{
    range{0x00, 0x1F},
    range{0x7F, 0x9F},
    range{0xAD, 0xAD},
    range{0x200B, 0x200F},  // zero width, direction
    range{0x2028, 0x202E},  // line ends, direction
    range{0x2060, 0x206F},
    range{0x20D0, 0x20FF},  // marks around a character
    range{0x2600, 0x27BF},  // pictures
    range{0x2B00, 0x2BFF},
    range{0xD800, 0xF8FF},  // halves and private use
    range{0xFE00, 0xFE0F},  // another look of the character before
    range{0xFEFF, 0xFEFF},
    range{0xFFF0, 0xFFFF},
    range{0x10000, 0x1FFFF},  // emoji and their neighbours
    range{0x32000, 0x10FFFF},
};

constexpr std::string_view wide_blank = "\u3000";

}  // namespace

std::string_view first_character(std::string_view text) {
    return text.substr(0, length_of(static_cast<unsigned char>(text.front())));
}

std::string trimmed(std::string_view text) {
    for (;;) {
        if (text.starts_with(' ')) {
            text.remove_prefix(1);
        } else if (text.starts_with(wide_blank)) {
            text.remove_prefix(wide_blank.size());
        } else {
            break;
        }
    }
    for (;;) {
        if (text.ends_with(' ')) {
            text.remove_suffix(1);
        } else if (text.ends_with(wide_blank)) {
            text.remove_suffix(wide_blank.size());
        } else {
            return std::string{text};
        }
    }
}

bool is_plain(std::string_view text) {
    while (!text.empty()) {
        const auto c = first_character(text);
        const auto code = code_point_of(c);
        const auto in = [code](const range& one) { return one.first <= code && code <= one.last; };
        if (std::ranges::any_of(refused, in)) return false;
        text.remove_prefix(c.size());
    }
    return true;
}

}  // namespace rules
