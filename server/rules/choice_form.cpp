#include "server/rules/choice_form.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "server/base/encoding.hpp"
#include "server/rules/id_number.hpp"
#include "server/rules/plain_text.hpp"

namespace rules {
namespace {

constexpr std::size_t label_characters_max = 20;
constexpr std::size_t options_max = 20;

struct kind_words {
    field_kind kind;
    std::string_view name;
    std::string_view chinese;
};

constexpr std::array kinds{
    kind_words{field_kind::text, "text", "文本"},
    kind_words{field_kind::choice, "choice", "单选"},
    kind_words{field_kind::phone, "phone", "手机号"},
    kind_words{field_kind::number, "number", "数字"},
    kind_words{field_kind::day, "day", "日期"},
    kind_words{field_kind::id_number, "id_number", "证件号码"},
};

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> out;
    for (;;) {
        const auto end = text.find(at);
        auto part = trimmed(text.substr(0, end));
        if (!part.empty()) out.push_back(std::move(part));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

// People type the signs full-width.
std::string with_narrow_signs(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, char>, 7> signs{{
        {"：", ':'},
        {"；", ';'},
        {"（", '('},
        {"）", ')'},
        {"／", '/'},
        {"＊", '*'},
        {"、", '/'},
    }};
    std::string out;
    while (!text.empty()) {
        const auto c = first_character(text);
        const auto found = std::ranges::find(signs, c, [](const auto& one) { return one.first; });
        if (found == signs.end()) {
            out += c;
        } else {
            out += found->second;
        }
        text.remove_prefix(c.size());
    }
    return out;
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    if (!all_digits(text.substr(0, 4)) || !all_digits(text.substr(5, 2)) ||
        !all_digits(text.substr(8))) {
        return false;
    }
    const auto number = [&](std::size_t at, std::size_t count) {
        int out = 0;
        std::from_chars(text.data() + at, text.data() + at + count, out);
        return out;
    };
    const int year = number(0, 4);
    const int month = number(5, 2);
    const int day = number(8, 2);
    if (year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1) return false;
    constexpr std::array lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int length = lengths[static_cast<std::size_t>(month) - 1];
    return day <= (month == 2 && leap ? 29 : length);
}

bool is_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto dot = text.find('.');
    if (text.size() > 15 || !all_digits(text.substr(0, dot))) return false;
    return dot == std::string_view::npos || all_digits(text.substr(dot + 1));
}

// What an answer of that kind must be, as the end of a sentence; nullptr: it is.
const char* flaw_in(const form_field& field, std::string_view answer, base::business_day today) {
    switch (field.kind) {
        case field_kind::text:
            return nullptr;
        case field_kind::choice:
            return std::ranges::find(field.options, answer) == field.options.end()
                       ? "请从给出的选项中选择"
                       : nullptr;
        case field_kind::phone:
            return all_digits(answer) && answer.size() == 11 && answer[0] == '1' && answer[1] >= '3'
                       ? nullptr
                       : "应为11位手机号";
        case field_kind::number:
            return is_number(answer) ? nullptr : "应为数字";
        case field_kind::day:
            return is_day(answer) ? nullptr : "应为如2026-09-01的日期";
        case field_kind::id_number:
            return judge_id_number(normal_id_number(answer), today) == id_number_verdict::ok
                       ? nullptr
                       : "不是正确的证件号码";
    }
    return nullptr;
}

// "尺码*:单选(S/M/L)"
std::optional<form_field> field_of(std::string_view text, std::string& why) {
    const auto colon = text.find(':');
    form_field out;
    out.label = trimmed(text.substr(0, colon));
    if (out.label.ends_with('*')) {
        out.required = true;
        out.label = trimmed(std::string_view{out.label}.substr(0, out.label.size() - 1));
    }
    auto kind = colon == std::string_view::npos ? "文本" : trimmed(text.substr(colon + 1));
    const auto bracket = kind.find('(');
    if (bracket != std::string::npos) {
        if (!kind.ends_with(')')) {
            why = "“" + out.label + "”的选项缺少右括号";
            return std::nullopt;
        }
        out.options =
            split(std::string_view{kind}.substr(bracket + 1, kind.size() - bracket - 2), '/');
        kind = trimmed(std::string_view{kind}.substr(0, bracket));
    }
    const auto known = std::ranges::find(kinds, kind, &kind_words::chinese);
    if (out.label.empty() || base::count_code_points(out.label) > label_characters_max) {
        why = "表单中的名称应为1到20个字";
    } else if (!is_plain(out.label) || out.label.find('=') != std::string::npos) {
        why = "表单名称“" + out.label + "”含有不能使用的字符";
    } else if (known == kinds.end()) {
        why = "“" + out.label + "”的类型应为文本、单选、手机号、数字、日期或证件号码";
    } else {
        out.kind = known->kind;
        const bool is_choice = out.kind == field_kind::choice;
        if (!is_choice && out.options.empty()) return out;
        const bool counted = out.options.size() >= 2 && out.options.size() <= options_max;
        if (is_choice && counted) return out;
        why = is_choice ? "“" + out.label + "”应有2到20个选项，如单选(S/M/L)"
                        : "“" + out.label + "”不能有选项";
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(field_kind kind) {
    for (const auto& one : kinds) {
        if (one.kind == kind) return one.name;
    }
    return "text";
}

std::optional<form> form_of(std::string_view text, std::string& why) {
    form out;
    for (const auto& part : split(with_narrow_signs(text), ';')) {
        auto field = field_of(part, why);
        if (!field) return std::nullopt;
        if (std::ranges::find(out, field->label, &form_field::label) != out.end()) {
            why = "“" + field->label + "”出现了两次";
            return std::nullopt;
        }
        out.push_back(std::move(*field));
    }
    if (out.size() > form_fields_max) {
        why = "表单最多12项";
        return std::nullopt;
    }
    return out;
}

std::string flaw_of(const form& wanted, const answers& given, base::business_day today) {
    for (const auto& field : wanted) {
        const auto found = given.find(field.label);
        const auto answer = found == given.end() ? std::string{} : trimmed(found->second);
        if (answer.empty()) {
            if (field.required) return "请填写“" + field.label + "”";
            continue;
        }
        if (base::count_code_points(answer) > answer_characters_max) {
            return "“" + field.label + "”过长，最多100个字";
        }
        if (!is_plain(answer)) return "“" + field.label + "”含有表情或不能使用的字符";
        if (const auto* flaw = flaw_in(field, answer, today)) {
            return "“" + field.label + "”" + flaw;
        }
    }
    for (const auto& [label, answer] : given) {
        if (std::ranges::find(wanted, label, &form_field::label) == wanted.end()) {
            return "报名表已更新，请刷新后重新填写";
        }
    }
    return {};
}

answers tidy(const answers& given) {
    answers out;
    for (const auto& [label, answer] : given) {
        auto kept = trimmed(answer);
        if (!kept.empty()) out.emplace(label, std::move(kept));
    }
    return out;
}

std::string packed(const answers& given) {
    std::string out;
    for (const auto& [label, answer] : given) out += label + '\t' + answer + '\n';
    return out;
}

answers unpacked(std::string_view text) {
    answers out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        const auto tab = line.find('\t');
        if (tab != std::string_view::npos) {
            out.emplace(line.substr(0, tab), line.substr(tab + 1));
        }
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace rules
