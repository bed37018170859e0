#include "wechat/pay/bill_amount.hpp"

#include <charconv>

namespace wechat::pay {
namespace {

constexpr std::size_t digits_max = 32;
constexpr std::size_t whole_digits_max = 9;
constexpr std::size_t total_digits_max = 13;  // a day's total stays within 64 bits
constexpr int decimals_kept = 5;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// digits × 10^-decimals.
struct decimal {
    bool negative = false;
    std::string digits;
    int decimals = 0;
};

// Takes the digits up to something else.
std::string_view taken_digits(std::string_view& from) {
    std::size_t count = 0;
    while (count < from.size() && is_digit(from[count])) ++count;
    const auto out = from.substr(0, count);
    from.remove_prefix(count);
    return out;
}

std::optional<int> read_exponent(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || !is_digit(text[0]) || text.size() > 2 || fault != std::errc{} ||
        end != text.data() + text.size()) {
        return std::nullopt;
    }
    return negative ? -value : value;
}

std::optional<decimal> read_decimal(std::string_view text, bool with_exponent) {
    decimal made;
    made.negative = text.starts_with('-');
    if (made.negative) text.remove_prefix(1);
    const auto whole = taken_digits(text);
    std::string_view fraction;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = taken_digits(text);
        if (fraction.empty()) return std::nullopt;
    }
    if (whole.empty() || whole.size() + fraction.size() > digits_max) return std::nullopt;
    made.digits.append(whole).append(fraction);
    made.decimals = static_cast<int>(fraction.size());
    if (text.empty()) return made;
    if (!with_exponent || (text[0] != 'E' && text[0] != 'e')) return std::nullopt;
    const auto exponent = read_exponent(text.substr(1));
    if (!exponent) return std::nullopt;
    made.decimals -= *exponent;
    return made;
}

// In units of the fifth decimal. What lies beyond is rounded, half away from zero, or must be 0.
std::optional<std::int64_t> in_fine(decimal what, std::size_t whole_max, bool rounded) {
    while (what.decimals < decimals_kept) {
        what.digits += '0';
        ++what.decimals;
    }
    bool up = false;
    while (what.decimals > decimals_kept) {
        // Below the last digit there is nothing but zeros.
        const char dropped = what.digits.empty() ? '0' : what.digits.back();
        if (!what.digits.empty()) what.digits.pop_back();
        if (dropped != '0' && !rounded) return std::nullopt;
        up = dropped >= '5';
        --what.decimals;
    }
    const auto first = what.digits.find_first_not_of('0');
    const auto digits = first == std::string::npos ? "0" : what.digits.substr(first);
    if (digits.size() > whole_max + decimals_kept) return std::nullopt;
    std::int64_t count = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (up) ++count;
    return what.negative ? -count : count;
}

}  // namespace

std::string to_text(fine_yuan amount) {
    const bool negative = amount.count() < 0;
    const auto bits = static_cast<std::uint64_t>(amount.count());
    auto digits = std::to_string(negative ? 0 - bits : bits);
    if (digits.size() <= decimals_kept) digits.insert(0, decimals_kept + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimals_kept, ".");
    return negative ? "-" + digits : digits;
}

std::optional<fine_yuan> read_fine(std::string_view text) {
    auto read = read_decimal(text, false);
    if (!read) return std::nullopt;
    const auto count = in_fine(std::move(*read), whole_digits_max, false);
    if (!count) return std::nullopt;
    return fine_yuan{*count};
}

std::optional<base::fen> read_fen(std::string_view text) {
    const auto read = read_fine(text);
    if (!read || read->count() % fine_per_fen != 0) return std::nullopt;
    return base::fen{read->count() / fine_per_fen};
}

std::optional<fine_yuan> read_total(std::string_view text) {
    auto read = read_decimal(text, true);
    if (!read) return std::nullopt;
    const auto count = in_fine(std::move(*read), total_digits_max, true);
    if (!count) return std::nullopt;
    return fine_yuan{*count};
}

}  // namespace wechat::pay
