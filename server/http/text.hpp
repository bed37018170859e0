#pragma once

#include <string>
#include <string_view>

// Small words about the text of headers.
namespace http {

// Takes the part before `separator` off the front of `rest`, and the separator with it.
inline std::string_view cut(std::string_view& rest, char separator) {
    const auto at = rest.find(separator);
    const auto part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
    return part;
}

inline std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

inline char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

inline std::string to_lower(std::string_view text) {
    std::string out{text};
    for (auto& c : out) c = lower(c);
    return out;
}

inline bool equal_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

// RFC 9110 tchar.
inline bool is_token_char(unsigned char c) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    return std::string_view{"!#$%&'*+-.^_`|~"}.find(static_cast<char>(c)) != std::string_view::npos;
}

inline bool is_token(std::string_view text) {
    if (text.empty()) return false;
    for (const unsigned char c : text) {
        if (!is_token_char(c)) return false;
    }
    return true;
}

}  // namespace http
