#include "server/base/money.hpp"

#include <array>
#include <charconv>

#include "server/base/error.hpp"

namespace base {
namespace {

constexpr std::size_t yuan_digits_max = 8;

bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "7,000" → "7000"; a comma anywhere else than every third digit is a typing error, not a number.
std::optional<std::string> without_grouping(std::string_view text) {
    if (text.find(',') == std::string_view::npos) return std::string{text};
    std::string out;
    bool first = true;
    while (true) {
        const auto comma = text.find(',');
        const auto group = text.substr(0, comma);
        if (first ? group.empty() || group.size() > 3 : group.size() != 3) return std::nullopt;
        out += group;
        if (comma == std::string_view::npos) return out;
        text.remove_prefix(comma + 1);
        first = false;
    }
}

}  // namespace

fen fen::operator-() const {
    return fen{} - *this;
}

fen& fen::operator+=(fen other) {
    std::int64_t sum = 0;
    ensure(!__builtin_add_overflow(count_, other.count_, &sum), "money within 64 bits");
    count_ = sum;
    return *this;
}

fen& fen::operator-=(fen other) {
    std::int64_t difference = 0;
    ensure(!__builtin_sub_overflow(count_, other.count_, &difference), "money within 64 bits");
    count_ = difference;
    return *this;
}

std::optional<fen> parse_yuan(std::string_view text) {
    const auto dot = text.find('.');
    const auto whole = without_grouping(text.substr(0, dot));
    if (!whole || !all_digits(*whole) || whole->size() > yuan_digits_max) return std::nullopt;
    std::string cents{"00"};
    if (dot != std::string_view::npos) {
        const auto fraction = text.substr(dot + 1);
        if (!all_digits(fraction) || fraction.size() > 2) return std::nullopt;
        cents.replace(0, fraction.size(), fraction);
    }
    const std::string joined = *whole + cents;
    std::int64_t count = 0;
    std::from_chars(joined.data(), joined.data() + joined.size(), count);
    return fen{count};
}

std::string to_yuan(fen amount) {
    const bool negative = amount.count() < 0;
    // Negated as unsigned: the lowest number has no positive twin in 64 signed bits.
    const auto bits = static_cast<std::uint64_t>(amount.count());
    const auto magnitude = negative ? 0 - bits : bits;
    const auto cents = magnitude % 100;
    std::string out = negative ? "-" : "";
    out += std::to_string(magnitude / 100) + "." + (cents < 10 ? "0" : "") + std::to_string(cents);
    return out;
}

std::string to_grouped_yuan(fen amount) {
    auto out = to_yuan(amount);
    const std::size_t first = out.front() == '-' ? 1 : 0;
    for (std::size_t at = out.find('.'); at > first + 3;) {
        at -= 3;
        out.insert(at, ",");
    }
    return out;
}

}  // namespace base
