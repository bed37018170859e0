#include "server/rules/fee_rules.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace rules {
namespace {

struct category_words {
    fee_category category;
    std::string_view name;
    std::string_view chinese;
};

constexpr std::array categories{
    category_words{fee_category::tuition, "tuition", "学费"},
    category_words{fee_category::lodging, "lodging", "住宿费"},
    category_words{fee_category::other, "other", "其他"},
    category_words{fee_category::living, "living", "生活"},
    category_words{fee_category::enrolment, "enrolment", "报名"},
};

}  // namespace

std::string_view name_of(fee_category category) {
    for (const auto& row : categories) {
        if (row.category == category) return row.name;
    }
    return "other";
}

std::string_view chinese_name_of(fee_category category) {
    for (const auto& row : categories) {
        if (row.category == category) return row.chinese;
    }
    return "其他";
}

std::optional<fee_category> fee_category_of(std::string_view name) {
    for (const auto& row : categories) {
        if (row.name == name || row.chinese == name) return row.category;
    }
    return std::nullopt;
}

base::fen owed_of(const bill& one) {
    return std::max(one.due - one.paid, base::fen{});
}

bill_standing standing_of(const bill& one, base::epoch_ms now) {
    if (owed_of(one) == base::fen{}) return bill_standing::settled;
    if (!one.live_order_no.empty()) return bill_standing::in_order;
    if (one.open_from && now < *one.open_from) return bill_standing::not_yet_open;
    if (one.open_until && now >= *one.open_until) return bill_standing::window_closed;
    return bill_standing::payable;
}

void sort_for_display(std::vector<bill>& bills) {
    std::sort(bills.begin(), bills.end(), [](const bill& a, const bill& b) {
        return std::tie(b.period, a.settle_order, a.item_name, a.id) <
               std::tie(a.period, b.settle_order, b.item_name, b.id);
    });
}

selection judge_selection(
    const std::vector<bill>& chosen, base::fen total_seen, base::epoch_ms now
) {
    selection out;
    if (chosen.empty()) return {selection_verdict::nothing_selected, 0, {}};
    if (chosen.size() > order_lines_max) return {selection_verdict::too_many, 0, {}};
    std::set<std::int64_t> seen;
    for (const auto& one : chosen) {
        // Named twice, a debt would be collected twice.
        if (!seen.insert(one.id).second) return {selection_verdict::not_payable, one.id, {}};
        switch (standing_of(one, now)) {
            case bill_standing::payable:
                break;
            case bill_standing::in_order:
                return {selection_verdict::in_live_order, one.id, {}};
            case bill_standing::settled:
            case bill_standing::not_yet_open:
            case bill_standing::window_closed:
                return {selection_verdict::not_payable, one.id, {}};
        }
        if (one.mch_id != chosen.front().mch_id) {
            return {selection_verdict::several_merchants, one.id, {}};
        }
        out.total += owed_of(one);
    }
    if (out.total != total_seen) out.verdict = selection_verdict::total_differs;
    return out;
}

}  // namespace rules
