#include "server/rules/id_number.hpp"

#include <algorithm>
#include <array>

namespace rules {
namespace {

constexpr std::size_t length = 18;

char check_character(std::string_view first_17) {
    constexpr std::array weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    constexpr std::string_view by_remainder = "10X98765432";
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += (first_17[i] - '0') * weights[i];
    return by_remainder[static_cast<std::size_t>(sum % 11)];
}

struct spelling {
    std::string_view typed;
    std::string_view meant;
};

// What phones, Chinese keyboards and copying from a page put in place of plain digits, X and
// nothing: full-width forms and blanks of several kinds.
constexpr std::array spellings{
    spelling{"０", "0"}, spelling{"１", "1"},    spelling{"２", "2"},    spelling{"３", "3"},
    spelling{"４", "4"}, spelling{"５", "5"},    spelling{"６", "6"},    spelling{"７", "7"},
    spelling{"８", "8"}, spelling{"９", "9"},    spelling{"Ｘ", "X"},    spelling{"ｘ", "X"},
    spelling{"x", "X"},  spelling{" ", ""},      spelling{"\t", ""},     spelling{"\r", ""},
    spelling{"\n", ""},  spelling{"\u00a0", ""}, spelling{"\u3000", ""},
};

}  // namespace

id_number_verdict judge_id_number(std::string_view text, base::business_day today) {
    if (text.size() != length) return id_number_verdict::wrong_length;
    const auto body = text.substr(0, length - 1);
    const char last = text.back();
    const bool digits = body.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits || !((last >= '0' && last <= '9') || last == 'X')) {
        return id_number_verdict::wrong_character;
    }
    const std::string birth = std::string{body.substr(6, 4)} + "-" +
                              std::string{body.substr(10, 2)} + "-" +
                              std::string{body.substr(12, 2)};
    const auto day = base::parse_day(birth);
    if (!day || *day > today || day->year < 1900) return id_number_verdict::wrong_birth_day;
    if (check_character(body) != last) return id_number_verdict::wrong_check_digit;
    return id_number_verdict::ok;
}

std::string_view sentence_for(id_number_verdict verdict) {
    switch (verdict) {
        case id_number_verdict::ok:
            return "";
        case id_number_verdict::wrong_length:
            return "证件号码应为18位";
        case id_number_verdict::wrong_character:
            return "证件号码只能是数字，末位可为X";
        case id_number_verdict::wrong_birth_day:
            return "证件号码中的出生日期不正确";
        case id_number_verdict::wrong_check_digit:
            return "证件号码校验位不正确";
    }
    return "";
}

std::string normal_id_number(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto found = std::find_if(spellings.begin(), spellings.end(), [&](const auto& row) {
            return text.starts_with(row.typed);
        });
        if (found != spellings.end()) {
            out += found->meant;
            text.remove_prefix(found->typed.size());
        } else {
            out += text.front();
            text.remove_prefix(1);
        }
    }
    return out;
}

std::string last_six(std::string_view id_number) {
    return std::string{id_number.substr(id_number.size() - 6)};
}

gender gender_of(std::string_view valid_id_number) {
    return (valid_id_number[16] - '0') % 2 == 1 ? gender::male : gender::female;
}

}  // namespace rules
