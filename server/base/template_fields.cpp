#include "server/base/template_fields.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace base {
namespace {

// The types that WeChat checks values by; a key is a type and a number.
constexpr std::array<std::string_view, 14> types{
    "thing",
    "number",
    "letter",
    "symbol",
    "character_string",
    "time",
    "date",
    "amount",
    "phone_number",
    "car_number",
    "name",
    "phrase",
    "const",
    "short_thing"};

struct word_rule {
    std::string_view word;
    bool refund_only;
    std::array<std::string_view, 4> fits;  // types that take any value of this word
};

constexpr std::array word_rules{
    word_rule{"items", false, {"thing", "short_thing", "const"}},
    word_rule{"order_no", false, {"character_string"}},
    word_rule{"student", false, {"name", "thing", "short_thing", "const"}},
    word_rule{"school", false, {"thing", "short_thing", "const"}},
    word_rule{"amount", false, {"amount", "thing"}},
    word_rule{"time", false, {"time", "date", "thing"}},
    word_rule{"refund_no", true, {"character_string"}},
    word_rule{"reason", true, {"thing", "short_thing", "const"}},
};

std::string_view type_of(std::string_view key) {
    const auto end = key.find_last_not_of("0123456789");
    const bool numbered = end != std::string_view::npos && end + 1 < key.size();
    return numbered ? key.substr(0, end + 1) : std::string_view{};
}

}  // namespace

std::string flaw_of_template_field(
    template_kind kind, std::string_view key, std::string_view word
) {
    const auto type = type_of(key);
    if (std::find(types.begin(), types.end(), type) == types.end() || type.empty()) {
        return fmt::format("names {}, which is no key such as thing1 or amount2", key);
    }
    if (word.size() > 1 && word.front() == '=') return {};
    for (const auto& rule : word_rules) {
        if (rule.word != word || (rule.refund_only && kind != template_kind::refunded)) continue;
        const bool fits = std::find(rule.fits.begin(), rule.fits.end(), type) != rule.fits.end();
        return fits ? "" : fmt::format("fills {} with {}, which it cannot hold", key, word);
    }
    return fmt::format("fills {} with {}, which is not known for this message", key, word);
}

}  // namespace base
