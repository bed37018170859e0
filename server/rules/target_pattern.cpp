#include "server/rules/target_pattern.hpp"

#include <algorithm>
#include <set>

#include "server/rules/plain_text.hpp"

namespace rules {
namespace {

using kind = pattern_piece::kind;

bool is_digit(std::string_view c) {
    return c.size() == 1 && c[0] >= '0' && c[0] <= '9';
}

bool is_letter(std::string_view c) {
    return c.size() == 1 && ((c[0] >= 'a' && c[0] <= 'z') || (c[0] >= 'A' && c[0] <= 'Z'));
}

bool takes(const pattern_piece& piece, std::string_view c) {
    switch (piece.what) {
        case kind::digit:
            return is_digit(c);
        case kind::letter:
            return is_letter(c);
        case kind::letter_or_digit:
            return is_digit(c) || is_letter(c);
        case kind::exactly:
            break;
    }
    return c == piece.sign;
}

pattern_piece piece_of(std::string_view sign) {
    pattern_piece out;
    if (sign == "9") out.what = kind::digit;
    if (sign == "A") out.what = kind::letter;
    if (sign == "N") out.what = kind::letter_or_digit;
    if (out.what == kind::exactly) out.sign = sign;
    return out;
}

std::optional<int> small_number(std::string_view text) {
    if (text.empty() || text.size() > 2) return std::nullopt;
    int out = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        out = out * 10 + (c - '0');
    }
    return out;
}

// "3" or "1,2", from between the braces.
bool read_count(std::string_view text, pattern_piece& into) {
    const auto comma = text.find(',');
    const auto least = small_number(text.substr(0, comma));
    const auto most =
        comma == std::string_view::npos ? least : small_number(text.substr(comma + 1));
    if (!least || !most || *least > *most || *most == 0) return false;
    into.least = *least;
    into.most = *most;
    return true;
}

}  // namespace

std::optional<target_pattern> target_pattern_of(std::string_view text) {
    target_pattern out;
    int least = 0;
    int most = 0;
    while (!text.empty()) {
        auto sign = first_character(text);
        text.remove_prefix(sign.size());
        if (sign == "{" || sign == "}") return std::nullopt;
        auto piece = piece_of(sign);
        if (sign == "\\") {
            if (text.empty()) return std::nullopt;
            piece = {};
            piece.sign = first_character(text);
            text.remove_prefix(piece.sign.size());
        }
        if (text.starts_with('{')) {
            const auto end = text.find('}');
            if (end == std::string_view::npos) return std::nullopt;
            if (!read_count(text.substr(1, end - 1), piece)) return std::nullopt;
            text.remove_prefix(end + 1);
        }
        least += piece.least;
        most += piece.most;
        out.push_back(std::move(piece));
    }
    if (least == 0 || most > target_characters_max) return std::nullopt;
    return out;
}

bool fits(const target_pattern& pattern, std::string_view target) {
    std::vector<std::string_view> characters;
    for (auto rest = target; !rest.empty();) {
        characters.push_back(first_character(rest));
        rest.remove_prefix(characters.back().size());
    }
    // Every place that the pieces so far may have come to.
    std::set<std::size_t> places{0};
    for (const auto& piece : pattern) {
        std::set<std::size_t> after;
        for (const auto from : places) {
            auto at = from;
            for (int taken = 0; taken <= piece.most; ++taken) {
                if (taken >= piece.least) after.insert(at);
                if (at == characters.size() || !takes(piece, characters[at])) break;
                ++at;
            }
        }
        places = std::move(after);
    }
    return places.contains(characters.size());
}

std::string expression_of(const target_pattern& pattern) {
    std::string out{"^"};
    for (const auto& piece : pattern) {
        switch (piece.what) {
            case kind::digit:
                out += "[0-9]";
                break;
            case kind::letter:
                out += "[A-Za-z]";
                break;
            case kind::letter_or_digit:
                out += "[0-9A-Za-z]";
                break;
            case kind::exactly:
                if (std::string_view{"\\^$.|?*+()[]{}/"}.find(piece.sign) !=
                    std::string_view::npos) {
                    out += '\\';
                }
                out += piece.sign;
        }
        if (piece.least == 1 && piece.most == 1) continue;
        out += "{" + std::to_string(piece.least);
        if (piece.most != piece.least) out += "," + std::to_string(piece.most);
        out += "}";
    }
    return out + "$";
}

}  // namespace rules
