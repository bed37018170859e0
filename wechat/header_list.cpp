#include "wechat/header_list.hpp"

#include <algorithm>

namespace wechat {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return lower(x) == lower(y);
    });
}

}  // namespace

std::string_view find_header(const header_list& headers, std::string_view name) {
    for (const auto& [key, value] : headers) {
        if (same_name(key, name)) return value;
    }
    return {};
}

std::size_t count_headers(const header_list& headers, std::string_view name) {
    return static_cast<std::size_t>(std::count_if(
        headers.begin(),
        headers.end(),
        [name](const auto& line) { return same_name(line.first, name); }
    ));
}

}  // namespace wechat
