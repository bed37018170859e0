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
    bool required = true;
    bool partial_allowed = false;
    base::fen due;
    base::fen paid;
    std::optional<base::epoch_ms> open_from;
    std::optional<base::epoch_ms> open_until;
    std::optional<base::epoch_ms> pay_before;  // a wish, not a limit
    std::string live_order_no;                 // "" when free
    base::fen held;                            // what that order takes of it
    bool chosen = false;                       // lives with its order: see choice_rules

    // 缓缴: may wait until then. It may be paid all the same.
    std::optional<base::epoch_ms> deferred_until;
    // 助学贷款: so much of it will be paid by a loan until then; the student pays the rest.
    base::fen loan;
    std::optional<base::epoch_ms> loan_until;
};

// Never negative: more paid than due is a matter for finance, not a debt of the school here.
base::fen owed_of(const bill& one);
// What a loan still covers of that.
base::fen covered_of(const bill& one, base::epoch_ms now);
// What the student himself may pay now, if it stands payable.
base::fen payable_of(const bill& one, base::epoch_ms now);
bool is_deferred(const bill& one, base::epoch_ms now);

enum class bill_standing { settled, payable, in_order, not_yet_open, window_closed, covered };

bill_standing standing_of(const bill& one, base::epoch_ms now);

// Whether a page ticks it before anybody has chosen: all that may be paid, but for what may wait.
bool ticked_at_first(const bill& one, base::epoch_ms now);

// The least part that may be paid of a bill which allows parts, except to pay its rest.
inline constexpr base::fen least_part{10'000};

// Sorts for people: newest period first, then settlement order, then name.
void sort_for_display(std::vector<bill>& bills);

enum class selection_verdict {
    ok,
    nothing_selected,
    too_many,
    not_payable,        // `which` is settled, covered, outside its window, or named twice
    in_live_order,      // `which` stands in an unfinished order
    several_merchants,  // one order has one receiver
    part_not_allowed,   // of `which` less than the whole, or more, or too little a part
    arrears_first,      // `which`, of an earlier period, is owed and would stay so
    total_differs,      // what the student saw is not what is owed now
};

// A bill that a student wants to pay, and how much of it; nothing = all that is payable.
struct wish {
    bill of;
    std::optional<base::fen> part;
};

struct selection {
    selection_verdict verdict = selection_verdict::ok;
    std::int64_t which = 0;
    std::vector<base::fen> amounts;  // of each wish
    base::fen total;
};

// What a school decides.
struct school_rules {
    // Required fees of earlier periods come before those of later ones.
    bool arrears_first = false;
};

inline constexpr std::size_t order_lines_max = 50;

// May these bills be paid together, now, for the total that the student saw?
// unsettled: all that the student owes; needed for arrears_first only.
selection judge_selection(
    const std::vector<wish>& chosen,
    const std::vector<bill>& unsettled,
    base::fen total_seen,
    base::epoch_ms now,
    const school_rules& school
);

}  // namespace rules
