#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/money.hpp"

// Money as bills print it: decimal yuan. Read digit by digit into integers.
namespace wechat::pay {

// A fee in 1/100,000 yuan (1/1,000 fen): bills print fees with five decimals, and negative ones
// where a refund gives the fee back.
class fine_yuan {
public:
    constexpr fine_yuan() = default;
    constexpr explicit fine_yuan(std::int64_t count) : count_{count} {}
    template <std::floating_point Floating>
    fine_yuan(Floating) = delete;

    constexpr std::int64_t count() const { return count_; }
    constexpr auto operator<=>(const fine_yuan&) const = default;

private:
    std::int64_t count_ = 0;
};

inline constexpr std::int64_t fine_per_fen = 1'000;
inline constexpr std::int64_t fine_per_one = 100'000;  // of whatever the decimal counts

std::string to_text(fine_yuan amount);  // "-7.20000"

// "33.6", "33.60000", "-7.20000". Refuses a plus, blanks, grouping, an exponent, more than nine
// digits before the point, and anything but zeros after the fifth decimal.
std::optional<fine_yuan> read_fine(std::string_view text);

// As read_fine, but whole fen.
std::optional<base::fen> read_fen(std::string_view text);

// A number of the totals line, which WeChat prints as floating numbers: "45.0", "1226.4",
// "1.12345678E7", "5609.899999999999". Rounded to the fifth decimal.
std::optional<fine_yuan> read_total(std::string_view text);

}  // namespace wechat::pay
