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

bool part_is_allowed(const wish& one, base::epoch_ms now) {
    const auto whole = payable_of(one.of, now);
    if (!one.part || *one.part == whole) return true;
    return one.of.partial_allowed && *one.part >= least_part && *one.part < whole;
}

// An earlier debt that these wishes would leave open while they pay a later one; null: none.
const bill* left_behind(
    const std::vector<wish>& chosen, const std::vector<bill>& unsettled, base::epoch_ms now
) {
    std::string latest;
    for (const auto& one : chosen) latest = std::max(latest, one.of.period);
    for (const auto& debt : unsettled) {
        const bool waits = debt.required && standing_of(debt, now) == bill_standing::payable &&
                           !is_deferred(debt, now);
        if (!waits || debt.period >= latest) continue;
        const auto paid =
            std::ranges::find(chosen, debt.id, [](const wish& one) { return one.of.id; });
        if (paid == chosen.end() ||
            paid->part.value_or(payable_of(debt, now)) < payable_of(debt, now)) {
            return &debt;
        }
    }
    return nullptr;
}

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

base::fen covered_of(const bill& one, base::epoch_ms now) {
    if (!one.loan_until || now >= *one.loan_until) return {};
    return std::min(one.loan, owed_of(one));
}

base::fen payable_of(const bill& one, base::epoch_ms now) {
    return owed_of(one) - covered_of(one, now);
}

bool is_deferred(const bill& one, base::epoch_ms now) {
    return one.deferred_until && now < *one.deferred_until;
}

bill_standing standing_of(const bill& one, base::epoch_ms now) {
    if (owed_of(one) == base::fen{}) return bill_standing::settled;
    if (!one.live_order_no.empty()) return bill_standing::in_order;
    if (one.open_from && now < *one.open_from) return bill_standing::not_yet_open;
    if (one.open_until && now >= *one.open_until) return bill_standing::window_closed;
    if (payable_of(one, now) == base::fen{}) return bill_standing::covered;
    return bill_standing::payable;
}

bool ticked_at_first(const bill& one, base::epoch_ms now) {
    return standing_of(one, now) == bill_standing::payable && !is_deferred(one, now);
}

void sort_for_display(std::vector<bill>& bills) {
    std::sort(bills.begin(), bills.end(), [](const bill& a, const bill& b) {
        return std::tie(b.period, a.settle_order, a.item_name, a.id) <
               std::tie(a.period, b.settle_order, b.item_name, b.id);
    });
}

selection judge_selection(
    const std::vector<wish>& chosen,
    const std::vector<bill>& unsettled,
    base::fen total_seen,
    base::epoch_ms now,
    const school_rules& school
) {
    selection out;
    const auto refuse = [](selection_verdict why, std::int64_t which) {
        return selection{why, which, {}, {}};
    };
    if (chosen.empty()) return refuse(selection_verdict::nothing_selected, 0);
    if (chosen.size() > order_lines_max) return refuse(selection_verdict::too_many, 0);
    std::set<std::int64_t> seen;
    for (const auto& one : chosen) {
        const auto id = one.of.id;
        // Named twice, a debt would be collected twice.
        if (!seen.insert(id).second) return refuse(selection_verdict::not_payable, id);
        switch (standing_of(one.of, now)) {
            case bill_standing::payable:
                break;
            case bill_standing::in_order:
                return refuse(selection_verdict::in_live_order, id);
            case bill_standing::settled:
            case bill_standing::not_yet_open:
            case bill_standing::window_closed:
            case bill_standing::covered:
                return refuse(selection_verdict::not_payable, id);
        }
        if (one.of.mch_id != chosen.front().of.mch_id) {
            return refuse(selection_verdict::several_merchants, id);
        }
        if (!part_is_allowed(one, now)) return refuse(selection_verdict::part_not_allowed, id);
        out.amounts.push_back(one.part.value_or(payable_of(one.of, now)));
        out.total += out.amounts.back();
    }
    if (school.arrears_first) {
        if (const auto* older = left_behind(chosen, unsettled, now)) {
            return refuse(selection_verdict::arrears_first, older->id);
        }
    }
    if (out.total != total_seen) out.verdict = selection_verdict::total_differs;
    return out;
}

}  // namespace rules
