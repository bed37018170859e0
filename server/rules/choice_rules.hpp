#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/rules/choice_form.hpp"
#include "server/rules/fee_rules.hpp"

// What a payer may start himself: an optional item at its price, a top-up with an amount and a
// target of his own, a sign-up for a project.
namespace rules {

struct choice_item {
    std::int64_t id = 0;
    std::string name;
    fee_category category = fee_category::other;
    std::string mch_id;
    int settle_order = 100;
    bool required = false;
    std::string description;
    std::string period;
    std::optional<base::fen> price;  // other, enrolment; 0: a free project
    std::optional<base::fen> least;  // living
    std::optional<base::fen> most;
    std::string target_label;
    std::string target_hint;
    std::string target_pattern;  // as written
    std::optional<base::epoch_ms> open_from;
    std::optional<base::epoch_ms> open_until;
    std::string before_text;
    std::string after_text;
    std::string form_text;  // as written
    std::optional<int> capacity;
    int places_taken = 0;
};

// Everything that a page may offer; all else is charged by bills alone.
bool is_offered(const choice_item& one);

enum class choice_state { open, not_yet_open, window_closed, full };

std::string_view name_of(choice_state state);  // "not_yet_open"
choice_state state_of(const choice_item& one, base::epoch_ms now);
// What a student reads when he cannot choose it now: the school's words, or ours. "" when open.
std::string note_of(const choice_item& one, choice_state state);

std::optional<int> places_left(const choice_item& one);  // none: without limit

// What a student wants.
struct choice_wish {
    base::fen amount;
    std::string target;
    answers filled_in;
};

enum class choice_verdict {
    ok,
    not_open,       // outside the window
    full,           // no place left
    price_changed,  // what the student saw is not the price now
    amount_outside,
    target_missing,
    target_unfit,
    answers_unfit,
};

struct choice_judgement {
    choice_verdict verdict = choice_verdict::ok;
    std::string sentence;  // for the student; "" when ok
};

// May this be chosen, as asked, now? Whether a place is really left is decided by the database.
choice_judgement judge_choice(
    const choice_item& one, const choice_wish& wanted, base::epoch_ms now
);

}  // namespace rules
