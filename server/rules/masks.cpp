#include "server/rules/masks.hpp"

#include <vector>

namespace rules {
namespace {

std::vector<std::string> code_points(std::string_view text) {
    std::vector<std::string> out;
    for (const char c : text) {
        const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        if (!continues || out.empty()) out.emplace_back();
        out.back() += c;
    }
    return out;
}

std::string stars(std::size_t count) {
    return std::string(count, '*');
}

}  // namespace

std::string masked_name(std::string_view name) {
    const auto parts = code_points(name);
    if (parts.size() <= 1) return "*";
    if (parts.size() == 2) return parts[0] + "*";
    return parts.front() + stars(parts.size() - 2) + parts.back();
}

std::string masked_id_number(std::string_view id_number) {
    const auto parts = code_points(id_number);
    if (parts.empty()) return "";
    return stars(parts.size() - 1) + parts.back();
}

std::string masked_phone(std::string_view phone) {
    const auto parts = code_points(phone);
    if (parts.size() < 8) return stars(parts.size());
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        out += i >= 3 && i + 4 < parts.size() ? "*" : parts[i];
    }
    return out;
}

}  // namespace rules
