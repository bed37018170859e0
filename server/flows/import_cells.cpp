#include "server/flows/import_cells.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "server/base/encoding.hpp"
#include "server/flows/cell_text.hpp"
#include "server/rules/id_number.hpp"

namespace flows {
namespace {

constexpr std::size_t name_characters_max = 64;
constexpr std::size_t period_characters_max = 32;
constexpr std::size_t student_no_characters_max = 32;

std::string without(std::string text, std::string_view unwanted) {
    std::erase_if(text, [&](char c) { return unwanted.find(c) != std::string_view::npos; });
    return text;
}

}  // namespace

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
    if (const auto* flaw = text_flaw(text)) {
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
    return plain_period(text(column, period_characters_max));
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
    const auto day = parsed_day(raw(column));
    if (day && day->year >= 2000 && day->year <= 2100) return {true, day};
    fault(
        column,
        "day_invalid",
        "日期不正确：“" + shortened(raw(column)) + "”，应为如2026-12-31的日期"
    );
    return {};
}

}  // namespace flows
