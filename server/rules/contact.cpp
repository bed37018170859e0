#include "server/rules/contact.hpp"

#include <algorithm>

namespace rules {
namespace {

constexpr std::size_t address_shown = 6;

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Where the `count`-th character of UTF-8 text ends.
std::size_t end_of_characters(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    while (at < text.size() && count > 0) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
        --count;
    }
    return at;
}

bool luhn_holds(std::string_view digits) {
    int sum = 0;
    bool twice = false;
    for (auto at = digits.rbegin(); at != digits.rend(); ++at) {
        int digit = *at - '0';
        if (twice) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
        twice = !twice;
    }
    return sum % 10 == 0;
}

}  // namespace

std::string normal_digits(std::string_view text) {
    constexpr std::string_view wide_before = "\xEF\xBC";  // U+FF10 … U+FF19: EF BC 90 … 99
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n') continue;
        if (text.substr(i, 2) == wide_before && i + 2 < text.size()) {
            const auto third = static_cast<unsigned char>(text[i + 2]);
            if (third >= 0x90 && third <= 0x99) {
                out += static_cast<char>('0' + (third - 0x90));
                i += 2;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

bool is_mobile(std::string_view normal) {
    return normal.size() == 11 && all_digits(normal) && normal[0] == '1' && normal[1] >= '3';
}

bool is_email(std::string_view text) {
    const auto at = text.find('@');
    if (at == 0 || at == std::string_view::npos || text.find('@', at + 1) != text.npos)
        return false;
    const auto domain = text.substr(at + 1);
    const auto dot = domain.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 2 > domain.size() - 1) return false;
    return std::ranges::all_of(text, [](char c) {
        return c > ' ' && c <= '~' && c != '"' && c != '<' && c != '>' && c != ',' && c != ';';
    });
}

bool is_postcode(std::string_view normal) {
    return normal.size() == 6 && all_digits(normal);
}

bool is_bank_card(std::string_view normal) {
    return normal.size() >= 12 && normal.size() <= 19 && all_digits(normal) && luhn_holds(normal) &&
           normal.find_first_not_of('0') != std::string_view::npos;
}

std::string masked_email(std::string_view email) {
    if (email.empty()) return {};
    const auto at = email.find('@');
    const auto domain = at == std::string_view::npos ? std::string_view{} : email.substr(at);
    return std::string{email.substr(0, 1)} + "***" + std::string{domain};
}

std::string masked_address(std::string_view address) {
    const auto shown = end_of_characters(address, address_shown);
    const auto hidden = address.size() > shown ? "******" : "";
    return std::string{address.substr(0, shown)} + hidden;
}

std::string masked_bank_card(std::string_view card) {
    if (card.empty()) return {};
    constexpr std::size_t tail = 4;
    const auto last = card.size() > tail ? card.substr(card.size() - tail) : std::string_view{};
    return "**** **** **** " + std::string{last};
}

}  // namespace rules
