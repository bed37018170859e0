#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

// An amount of money in fen (1/100 yuan). Integer only; there is no conversion from floating point.
class fen {
public:
    constexpr fen() = default;
    constexpr explicit fen(std::int64_t count) : count_{count} {}
    template <std::floating_point Floating>
    fen(Floating) = delete;

    constexpr std::int64_t count() const { return count_; }
    constexpr auto operator<=>(const fen&) const = default;

    // These throw base::error{internal} on overflow: no sum of fees comes near it. An amount whose
    // sum is refused keeps its value.
    fen operator-() const;
    fen& operator+=(fen other);
    fen& operator-=(fen other);
    friend fen operator+(fen a, fen b) { return a += b; }
    friend fen operator-(fen a, fen b) { return a -= b; }

private:
    std::int64_t count_ = 0;
};

// "7000", "7000.5", "7000.50", "7,000.50" (thousands grouped right) → fen. Refuses signs, blanks,
// more than two decimals, full-width digits and anything over 99,999,999.99 yuan.
std::optional<fen> parse_yuan(std::string_view text);

std::string to_yuan(fen amount);          // "7000.50"
std::string to_grouped_yuan(fen amount);  // "7,000.50"

}  // namespace base
