#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/clock.hpp"
#include "server/base/money.hpp"

// What a student must pay, in which order, and what may be paid now. The only place that computes
// fees: SQL selects by identity and state, pages show what comes from here.
namespace rules {

enum class fee_category { tuition, lodging, other, living, enrolment };

std::string_view name_of(fee_category category);                     // "tuition"
std::string_view chinese_name_of(fee_category category);             // "学费"
std::optional<fee_category> fee_category_of(std::string_view name);  // either of the two

struct bill {
    std::int64_t id = 0;
    std::int64_t item_id = 0;
    std::string item_name;
    fee_category category = fee_category::tuition;
    std::string period;
    std::string mch_id;
    int settle_order = 100;
    base::fen due;
    base::fen paid;
    std::optional<base::epoch_ms> open_from;
    std::optional<base::epoch_ms> open_until;
    std::optional<base::epoch_ms> pay_before;  // a wish, not a limit
    std::string live_order_no;                 // "" when free
    bool chosen = false;                       // lives with its order: see choice_rules
};

// Never negative: more paid than due is a matter for finance, not a debt of the school here.
base::fen owed_of(const bill& one);

enum class bill_standing { settled, payable, in_order, not_yet_open, window_closed };

bill_standing standing_of(const bill& one, base::epoch_ms now);

// Sorts for people: newest period first, then settlement order, then name.
void sort_for_display(std::vector<bill>& bills);

enum class selection_verdict {
    ok,
    nothing_selected,
    too_many,
    not_payable,        // `which` is settled, outside its window, or named twice
    in_live_order,      // `which` stands in an unfinished order
    several_merchants,  // one order has one receiver
    total_differs,      // what the student saw is not what is owed now
};

struct selection {
    selection_verdict verdict = selection_verdict::ok;
    std::int64_t which = 0;
    base::fen total;
};

inline constexpr std::size_t order_lines_max = 50;

// May these bills be paid together, now, for the total that the student saw?
selection judge_selection(
    const std::vector<bill>& chosen, base::fen total_seen, base::epoch_ms now
);

}  // namespace rules
