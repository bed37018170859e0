#include "server/flows/cell_text.hpp"

#include <algorithm>

#include "server/base/csv_text.hpp"

namespace flows {
namespace {

constexpr std::string_view digits = "0123456789";

char32_t code_point(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return lead;
    char32_t out = lead & (0xFFU >> (sequence.size() + 1));
    for (const char c : sequence.substr(1)) out = out << 6U | (static_cast<unsigned char>(c) & 63U);
    return out;
}

template <class Visit>
void each_code_point(std::string_view text, Visit visit) {
    while (!text.empty()) {
        const auto size = std::max<std::size_t>(base::utf8_sequence_size(text), 1);
        visit(code_point(text.substr(0, size)), text.substr(0, size));
        text.remove_prefix(size);
    }
}

bool within(char32_t c, char32_t first, char32_t last) {
    return c >= first && c <= last;
}

// What a cell must not contain, or nullptr. Ideographs beyond the basic plane are in real names;
// everything else out there (emoji, signs) is a slip.
const char* flaw_of(char32_t c) {
    if (c == '\n' || c == '\r') return "含有换行";
    if (c < 0x20 || within(c, 0x7F, 0x9F)) return "含有控制字符";
    if (c == 0xFFFD || within(c, 0xE000, 0xF8FF) || within(c, 0xFFFE, 0xFFFF)) {
        return "含有乱码，该字可能在转换编码时丢失";
    }
    if (within(c, 0x200B, 0x200F) || within(c, 0x2028, 0x202E) || within(c, 0x2060, 0x206F) ||
        c == 0xFEFF || c == 0xAD) {
        return "含有看不见的字符";
    }
    if (c > 0xFFFF && !within(c, 0x20000, 0x3FFFF)) return "含有表情或特殊符号";
    return nullptr;
}

bool all_of(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

const char* text_flaw(std::string_view text) {
    const char* out = nullptr;
    each_code_point(text, [&](char32_t c, std::string_view) {
        if (out == nullptr) out = flaw_of(c);
    });
    return out;
}

// 张 三 and 张　三 are how two-character names are lined up in print; John Smith stays.
std::string without_padding(std::string_view name) {
    std::string out;
    bool blank = false;
    bool after_ideograph = false;
    each_code_point(name, [&](char32_t c, std::string_view sequence) {
        if (c == ' ' || c == 0x3000 || c == 0xA0) {
            blank = true;
            return;
        }
        const bool ideograph = c > 0x2E80;
        if (blank && !(ideograph && after_ideograph)) out += ' ';
        blank = false;
        after_ideograph = ideograph;
        out += sequence;
    });
    return out;
}

bool is_phone(std::string_view text) {
    if (!all_of(text, digits)) return false;
    const bool mobile = text.size() == 11 && text[0] == '1' && text[1] >= '3';
    const bool fixed = text.size() >= 10 && text.size() <= 12 && text[0] == '0' && text[1] != '0';
    return mobile || fixed;
}

// 2026-12-31, 2026/12/31, 2026.1.5, 20261231, 2026年12月31日, each perhaps with Excel's 0:00.
std::optional<base::business_day> parsed_day(std::string_view text) {
    auto plain = half_width(text);
    for (const std::string_view midnight : {" 0:00", " 00:00", " 0:00:00", " 00:00:00"}) {
        if (plain.ends_with(midnight)) plain.resize(plain.size() - midnight.size());
    }
    std::string parts[3];
    std::size_t part = 0;
    const bool compact = plain.size() == 8 && all_of(plain, digits);
    bool ended = false;
    each_code_point(plain, [&](char32_t c, std::string_view sequence) {
        if (c < 0x80 && digits.find(static_cast<char>(c)) != std::string_view::npos && !ended) {
            if (compact) part = parts[0].size() < 4 ? 0 : parts[1].size() < 2 ? 1 : 2;
            if (part < 3) parts[part] += sequence;
        } else if (c == U'日' && part == 2) {
            ended = true;
        } else if ((c == '-' || c == '/' || c == '.' || c == U'年' || c == U'月') && part < 2) {
            ++part;
        } else {
            part = 3;
        }
    });
    if (part != 2 || parts[0].size() != 4) return std::nullopt;
    for (auto& two : {&parts[1], &parts[2]}) {
        if (two->empty() || two->size() > 2) return std::nullopt;
        if (two->size() == 1) two->insert(0, "0");
    }
    return base::parse_day(parts[0] + "-" + parts[1] + "-" + parts[2]);
}

std::string amount_sentence(std::string_view text) {
    const std::string shown = "“" + shortened(text) + "”";
    if (text.starts_with('-') || (text.starts_with('(') && text.ends_with(')'))) {
        return "金额不能为负数：" + shown;
    }
    const auto dot = text.rfind('.');
    if (dot != std::string_view::npos && text.size() - dot > 3 &&
        all_of(text.substr(dot + 1), digits)) {
        return "金额最多两位小数：" + shown;
    }
    if (text.size() > 11 && all_of(text, "0123456789.,")) return "金额过大或格式不正确：" + shown;
    return "金额格式不正确：" + shown + "，应为如7000.00的数字";
}

std::string half_width(std::string_view text) {
    std::string out;
    each_code_point(text, [&](char32_t c, std::string_view sequence) {
        if (within(c, 0xFF01, 0xFF5E)) {
            out += static_cast<char>(c - 0xFF01 + '!');
        } else if (c == 0x3000 || c == 0xA0) {
            out += ' ';
        } else {
            out += sequence;
        }
    });
    return out;
}

std::string shortened(std::string_view text) {
    constexpr std::size_t shown_max = 20;
    std::string out;
    std::size_t count = 0;
    each_code_point(text, [&](char32_t c, std::string_view sequence) {
        if (count == shown_max) out += "…";
        if (count++ < shown_max) out += flaw_of(c) != nullptr ? "?" : sequence;
    });
    return out;
}

std::string plain_period(std::string_view text) {
    std::string out;
    each_code_point(half_width(text), [&](char32_t c, std::string_view sequence) {
        const bool dash = within(c, 0x2010, 0x2015) || c == 0x2212 || c == '~' || c == 0x301C;
        if (dash) {
            out += '-';
        } else if (c != ' ') {
            out += sequence;
        }
    });
    return out;
}

}  // namespace flows
