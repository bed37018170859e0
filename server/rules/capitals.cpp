#include "server/rules/capitals.hpp"

#include <array>
#include <cstdint>
#include <string_view>

#include "server/base/error.hpp"

namespace rules {
namespace {

constexpr std::array<std::string_view, 10> digits{
    "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};
constexpr std::array<std::string_view, 4> places{"", "拾", "佰", "仟"};
constexpr std::array<std::string_view, 3> groups{"", "万", "亿"};

std::string_view digit(std::int64_t value) {
    return digits.at(static_cast<std::size_t>(value));
}

// Zeros in a row are read as one, and only where a digit follows them.
std::string whole_yuan(std::int64_t yuan) {
    std::string out;
    bool gap = false;
    bool group_has_digit = false;
    std::int64_t weight = 100'000'000'000;
    for (int place = 11; place >= 0; --place, weight /= 10) {
        const auto value = yuan / weight % 10;
        if (value != 0) {
            if (gap && !out.empty()) out += digits[0];
            gap = false;
            group_has_digit = true;
            out += digit(value);
            out += places.at(static_cast<std::size_t>(place % 4));
        } else {
            gap = true;
        }
        if (place % 4 != 0) continue;
        if (group_has_digit) out += groups.at(static_cast<std::size_t>(place / 4));
        group_has_digit = false;
    }
    return out;
}

}  // namespace

std::string in_capitals(base::fen amount) {
    constexpr std::int64_t too_much = 100'000'000'000'000;
    const auto count = amount.count();
    base::ensure(count >= 0 && count < too_much, "an amount on paper can be written out");
    const auto yuan = count / 100;
    const auto jiao = count / 10 % 10;
    const auto last = count % 10;
    std::string out = whole_yuan(yuan);
    if (!out.empty()) out += "元";
    if (jiao == 0 && last == 0) return (out.empty() ? "零元" : out) + "整";
    if (jiao != 0) {
        out += digit(jiao);
        out += "角";
    } else if (!out.empty()) {
        out += digits[0];
    }
    if (last == 0) return out + "整";
    out += digit(last);
    return out + "分";
}

}  // namespace rules
