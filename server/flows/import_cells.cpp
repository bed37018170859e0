#include "server/flows/import_cells.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "server/base/encoding.hpp"
#include "server/rules/id_number.hpp"

namespace flows {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::size_t name_characters_max = 64;
constexpr std::size_t period_characters_max = 32;
constexpr std::size_t student_no_characters_max = 32;

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

const char* flaw_in(std::string_view text) {
    const char* out = nullptr;
    each_code_point(text, [&](char32_t c, std::string_view) {
        if (out == nullptr) out = flaw_of(c);
    });
    return out;
}

bool all_of(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
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

std::string without(std::string text, std::string_view unwanted) {
    std::erase_if(text, [&](char c) { return unwanted.find(c) != std::string_view::npos; });
    return text;
}

bool is_phone(std::string_view text) {
    if (!all_of(text, digits)) return false;
    const bool mobile = text.size() == 11 && text[0] == '1' && text[1] >= '3';
    const bool fixed = text.size() >= 10 && text.size() <= 12 && text[0] == '0' && text[1] != '0';
    return mobile || fixed;
}

// 2026-12-31, 2026/12/31, 2026.1.5, 20261231, 2026年12月31日, each perhaps with Excel's 0:00.
std::optional<base::business_day> day_in(std::string_view text) {
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

}  // namespace

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

row_reader::row_reader(
    const base::csv_table& table, const column_map& columns, import_report& report
)
    : table_{table}, columns_{columns}, report_{report}, row_{columns.heading()} {}

bool row_reader::next() {
    if (row_ + 1 >= table_.size()) return false;
    ++row_;
    sound_ = true;
    ++report_.rows;
    if (table_.width_of(row_) > columns_.width()) {
        sound_ = false;
        report_.faults.add(
            {number(),
             "",
             "extra_cells",
             "此行的列数多于标题行，可能是内容中的逗号没有加引号（如7,000.00）"}
        );
    }
    return true;
}

void row_reader::fault(std::size_t column, std::string code, std::string sentence) {
    sound_ = false;
    report_.faults.add({number(), columns_.name_of(column), std::move(code), std::move(sentence)});
}

void row_reader::require(std::size_t column) {
    if (blank(column)) fault(column, "cell_missing", "不能为空");
}

bool row_reader::spoiled(std::size_t column) {
    if (!base::is_spoiled_number(raw(column))) return false;
    fault(
        column,
        "spoiled_by_excel",
        "被Excel改成了科学计数法（" + shortened(raw(column)) +
            "），原号码已丢失，请把该列设为“文本”格式后重新导出"
    );
    return true;
}

bool row_reader::wants_clearing(std::size_t column) const {
    const auto text = raw(column);
    return text == "无" || text == "-" || text == "—" || text == "不限";
}

std::string row_reader::text(std::size_t column, std::size_t characters_max) {
    const auto text = raw(column);
    if (const auto* flaw = flaw_in(text)) {
        fault(column, "bad_character", flaw);
        return {};
    }
    if (base::count_code_points(text) > characters_max) {
        fault(column, "too_long", "过长，最多" + std::to_string(characters_max) + "个字");
        return {};
    }
    // A spreadsheet that reads our exports would run it.
    if (!text.empty() && std::string_view{"=+@"}.find(text[0]) != std::string_view::npos) {
        fault(column, "bad_character", "不能以“=”“+”“@”开头");
        return {};
    }
    return std::string{text};
}

std::string row_reader::person_name(std::size_t column) {
    auto name = without_padding(text(column, name_characters_max));
    if (name.find('?') != std::string::npos || name.find("？") != std::string::npos) {
        fault(column, "lost_character", "含有“?”，可能是生僻字在转换编码时丢失，请改用UTF-8导出");
        return {};
    }
    if (name.find_first_of("0123456789") != std::string::npos) {
        fault(column, "name_invalid", "含有数字，可能与其他列错位");
        return {};
    }
    return name;
}

std::string row_reader::student_no(std::size_t column) {
    if (blank(column) || spoiled(column)) return {};
    auto number = half_width(raw(column));
    const bool fit = number.size() <= student_no_characters_max &&
                     std::ranges::all_of(number, [](unsigned char c) {
                         return (c < 0x80 && std::isalnum(c) != 0) || c == '-' || c == '_';
                     });
    if (fit) return number;
    fault(column, "student_no_invalid", "只能由字母和数字组成，最多32位");
    return {};
}

std::string row_reader::id_number(std::size_t column, base::business_day today) {
    if (blank(column) || spoiled(column)) return {};
    auto number = rules::normal_id_number(raw(column));
    using verdict = rules::id_number_verdict;
    const auto judged = rules::judge_id_number(number, today);
    std::string sentence{rules::sentence_for(judged)};
    switch (judged) {
        case verdict::ok:
            return number;
        case verdict::wrong_length:
            fault(column, "id_number_length", std::move(sentence));
            break;
        case verdict::wrong_character:
            fault(column, "id_number_character", std::move(sentence));
            break;
        case verdict::wrong_birth_day:
            fault(column, "id_number_birth_day", std::move(sentence));
            break;
        case verdict::wrong_check_digit:
            // Excel keeps fifteen digits of a number and fills up with zeros.
            if (number.ends_with("000")) sentence += "，末三位为000，可能被Excel截断";
            fault(column, "id_number_check_digit", std::move(sentence));
            break;
    }
    return {};
}

std::string row_reader::period(std::size_t column) {
    auto text = half_width(this->text(column, period_characters_max));
    // 2025–2026 and 2025-2026 must not become two bills of the same year.
    std::string out;
    each_code_point(text, [&](char32_t c, std::string_view sequence) {
        const bool dash = within(c, 0x2010, 0x2015) || c == 0x2212 || c == '~' || c == 0x301C;
        if (dash) {
            out += '-';
        } else if (c != ' ') {
            out += sequence;
        }
    });
    return out;
}

std::optional<base::fen> row_reader::amount(std::size_t column) {
    if (blank(column)) return std::nullopt;
    const auto text = half_width(raw(column));
    if (const auto amount = base::parse_yuan(text)) return amount;
    fault(column, "amount_invalid", amount_sentence(text));
    return std::nullopt;
}

std::optional<bool> row_reader::yes_or_no(std::size_t column) {
    const auto text = raw(column);
    if (text.empty()) return std::nullopt;
    for (const std::string_view yes : {"是", "必缴", "可", "允许", "Y", "y", "1"}) {
        if (text == yes) return true;
    }
    for (const std::string_view no : {"否", "选缴", "不可", "不允许", "N", "n", "0"}) {
        if (text == no) return false;
    }
    fault(column, "yes_no_unknown", "应为“是”或“否”");
    return std::nullopt;
}

std::optional<int> row_reader::whole_number(std::size_t column, int most) {
    if (blank(column)) return std::nullopt;
    const auto text = half_width(raw(column));
    int number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec == std::errc{} && read.ptr == end && number >= 0 && number <= most) return number;
    fault(column, "number_invalid", "应为0到" + std::to_string(most) + "的整数");
    return std::nullopt;
}

optional_cell<std::string> row_reader::phone(std::size_t column) {
    if (blank(column)) return {};
    if (wants_clearing(column)) return {true, std::nullopt};
    if (spoiled(column)) return {};
    auto number = without(half_width(raw(column)), " -()");
    if (number.starts_with("+86")) number.erase(0, 3);
    if (number.size() == 13 && number.starts_with("861")) number.erase(0, 2);
    if (is_phone(number)) return {true, std::move(number)};
    fault(column, "phone_invalid", "手机号格式不正确，应为11位数字");
    return {};
}

optional_cell<base::business_day> row_reader::day(std::size_t column) {
    if (blank(column)) return {};
    if (wants_clearing(column)) return {true, std::nullopt};
    const auto day = day_in(raw(column));
    if (day && day->year >= 2000 && day->year <= 2100) return {true, day};
    fault(
        column,
        "day_invalid",
        "日期不正确：“" + shortened(raw(column)) + "”，应为如2026-12-31的日期"
    );
    return {};
}

}  // namespace flows
