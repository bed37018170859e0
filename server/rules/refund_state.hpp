#pragma once

#include <array>
#include <optional>
#include <string_view>

// The life of a refund: every state, every event, and nothing that is not in this table.
namespace rules {

enum class refund_state {
    asked,       // waits for a second person; its amount is reserved already
    rejected,    // the second person said no, or the first one took it back
    accepted,    // released: it will be sent, or was sent and WeChat has not answered clearly
    processing,  // WeChat has it
    success,     // the payer has the money
    closed,      // it came to nothing, the money is still ours
    abnormal,    // the payer's account cannot take it: a person must help it along
    refused,     // WeChat certainly did not take it: a person decides
};

enum class refund_event {
    released,      // by another person than the one who asked
    rejected,      // by a person
    acknowledged,  // WeChat has accepted it
    succeeded,     // WeChat says that the payer has it
    closed,        // WeChat says that it came to nothing
    went_wrong,    // WeChat says ABNORMAL
    refused,       // WeChat refuses, and a question confirms that it has no such refund
    sent_again,    // a person wants the same one to be tried again
    given_up,      // a person ends a refused one
};

struct refund_step {
    refund_state from;
    refund_event event;
    refund_state to;
};

inline constexpr std::array refund_steps{
    refund_step{refund_state::asked, refund_event::released, refund_state::accepted},
    refund_step{refund_state::asked, refund_event::rejected, refund_state::rejected},
    refund_step{refund_state::accepted, refund_event::acknowledged, refund_state::processing},
    refund_step{refund_state::accepted, refund_event::succeeded, refund_state::success},
    refund_step{refund_state::accepted, refund_event::closed, refund_state::closed},
    refund_step{refund_state::accepted, refund_event::went_wrong, refund_state::abnormal},
    refund_step{refund_state::accepted, refund_event::refused, refund_state::refused},
    refund_step{refund_state::processing, refund_event::succeeded, refund_state::success},
    refund_step{refund_state::processing, refund_event::closed, refund_state::closed},
    refund_step{refund_state::processing, refund_event::went_wrong, refund_state::abnormal},
    refund_step{refund_state::abnormal, refund_event::acknowledged, refund_state::processing},
    refund_step{refund_state::abnormal, refund_event::succeeded, refund_state::success},
    refund_step{refund_state::abnormal, refund_event::closed, refund_state::closed},
    refund_step{refund_state::refused, refund_event::sent_again, refund_state::accepted},
    refund_step{refund_state::refused, refund_event::given_up, refund_state::closed},
    // A refusal that WeChat itself takes back: what it did counts, not what it said.
    refund_step{refund_state::refused, refund_event::acknowledged, refund_state::processing},
    refund_step{refund_state::refused, refund_event::succeeded, refund_state::success},
    refund_step{refund_state::refused, refund_event::closed, refund_state::closed},
    refund_step{refund_state::refused, refund_event::went_wrong, refund_state::abnormal},
};

// nullopt: this cannot happen in this state, and changes nothing.
constexpr std::optional<refund_state> next(refund_state from, refund_event event) {
    for (const auto& step : refund_steps) {
        if (step.from == from && step.event == event) return step.to;
    }
    return std::nullopt;
}

// Its amount cannot be given to another refund.
constexpr bool holds_money(refund_state state) {
    return state != refund_state::rejected && state != refund_state::closed;
}

// WeChat has taken the money from us and not given it back.
constexpr bool is_under_way(refund_state state) {
    return state == refund_state::processing || state == refund_state::abnormal;
}

std::string_view name_of(refund_state state);
std::string_view chinese_name_of(refund_state state);
// Throws base::error{internal} for a word that is not in the table.
refund_state refund_state_of(std::string_view name);

}  // namespace rules
