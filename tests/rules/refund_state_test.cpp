#include "server/rules/refund_state.hpp"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "server/base/error.hpp"

namespace {

using rules::refund_event;
using rules::refund_state;

constexpr std::array states{
    refund_state::asked,
    refund_state::rejected,
    refund_state::accepted,
    refund_state::processing,
    refund_state::success,
    refund_state::closed,
    refund_state::abnormal,
    refund_state::refused,
};
constexpr std::array events{
    refund_event::released,
    refund_event::rejected,
    refund_event::acknowledged,
    refund_event::succeeded,
    refund_event::closed,
    refund_event::went_wrong,
    refund_event::refused,
    refund_event::sent_again,
    refund_event::given_up,
};

// A line for each state, a column for each event in the order above; "-" is nothing. The table in
// the source is compared with this one, not with itself.
constexpr std::array<std::array<std::string_view, events.size()>, states.size()> expected{{
    {"accepted", "rejected", "-", "-", "-", "-", "-", "-", "-"},                     // asked
    {"-", "-", "-", "-", "-", "-", "-", "-", "-"},                                   // rejected
    {"-", "-", "processing", "success", "closed", "abnormal", "refused", "-", "-"},  // accepted
    {"-", "-", "-", "success", "closed", "abnormal", "-", "-", "-"},                 // processing
    {"-", "-", "-", "-", "-", "-", "-", "-", "-"},                                   // success
    {"-", "-", "-", "-", "-", "-", "-", "-", "-"},                                   // closed
    {"-", "-", "processing", "success", "closed", "-", "-", "-", "-"},               // abnormal
    {"-",
     "-",
     "processing",
     "success",
     "closed",
     "abnormal",
     "-",
     "accepted",
     "closed"},  // refused
}};

}  // namespace

TEST_CASE("every state of a refund answers every event as written here") {
    for (std::size_t s = 0; s < states.size(); ++s) {
        for (std::size_t e = 0; e < events.size(); ++e) {
            CAPTURE(std::string{rules::name_of(states[s])});
            CAPTURE(e);
            const auto to = rules::next(states[s], events[e]);
            CHECK((to ? rules::name_of(*to) : "-") == expected[s][e]);
        }
    }
}

TEST_CASE("which states hold money, and which have taken it from us") {
    const std::set<refund_state> free{refund_state::rejected, refund_state::closed};
    const std::set<refund_state> away{refund_state::processing, refund_state::abnormal};
    for (const auto state : states) {
        CHECK(rules::holds_money(state) == !free.contains(state));
        CHECK(rules::is_under_way(state) == away.contains(state));
    }
}

TEST_CASE("names lead back to their states, and have a Chinese word") {
    std::set<std::string_view> names;
    for (const auto state : states) {
        CHECK(rules::refund_state_of(rules::name_of(state)) == state);
        CHECK(rules::chinese_name_of(state) != "?");
        names.insert(rules::name_of(state));
    }
    CHECK(names.size() == states.size());
    CHECK_THROWS_AS(rules::refund_state_of("gone"), base::error);
}
