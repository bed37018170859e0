#include "server/rules/order_state.hpp"

#include <array>
#include <optional>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "server/base/error.hpp"

namespace {

using rules::order_event;
using rules::order_state;

constexpr std::array states{
    order_state::opened,
    order_state::awaiting,
    order_state::paid,
    order_state::closed,
    order_state::paid_late,
};
constexpr std::array events{
    order_event::prepared, order_event::confirmed, order_event::close_confirmed};

struct row {
    order_state from;
    order_event event;
    std::optional<order_state> expected;
};

// Every state and every event, written out: the table in the source is compared with this one, not
// with itself.
constexpr std::array all{
    row{order_state::opened, order_event::prepared, order_state::awaiting},
    row{order_state::opened, order_event::confirmed, order_state::paid},
    row{order_state::opened, order_event::close_confirmed, order_state::closed},
    row{order_state::awaiting, order_event::prepared, order_state::awaiting},
    row{order_state::awaiting, order_event::confirmed, order_state::paid},
    row{order_state::awaiting, order_event::close_confirmed, order_state::closed},
    row{order_state::paid, order_event::prepared, std::nullopt},
    row{order_state::paid, order_event::confirmed, std::nullopt},
    row{order_state::paid, order_event::close_confirmed, std::nullopt},
    row{order_state::closed, order_event::prepared, std::nullopt},
    row{order_state::closed, order_event::confirmed, order_state::paid_late},
    row{order_state::closed, order_event::close_confirmed, std::nullopt},
    row{order_state::paid_late, order_event::prepared, std::nullopt},
    row{order_state::paid_late, order_event::confirmed, std::nullopt},
    row{order_state::paid_late, order_event::close_confirmed, std::nullopt},
};
static_assert(all.size() == states.size() * events.size());
static_assert(rules::next(order_state::closed, order_event::confirmed) == order_state::paid_late);

}  // namespace

TEST_CASE("every state answers every event as written here") {
    std::set<std::pair<order_state, order_event>> seen;
    for (const auto& [from, event, expected] : all) {
        CAPTURE(std::string{rules::name_of(from)});
        CAPTURE(static_cast<int>(event));
        CHECK(seen.insert({from, event}).second);
        CHECK(rules::next(from, event) == expected);
    }
    CHECK(seen.size() == states.size() * events.size());
}

TEST_CASE("the table names each step once") {
    std::set<std::pair<order_state, order_event>> seen;
    for (const auto& step : rules::order_steps) CHECK(seen.insert({step.from, step.event}).second);
}

TEST_CASE("money is never forgotten, and money that came ends the life of an order") {
    for (const auto from : states) {
        for (const auto event : events) {
            const auto to = rules::next(from, event);
            CAPTURE(std::string{rules::name_of(from)});
            if (rules::has_money(from)) CHECK_FALSE(to);
            // The only way to money is WeChat's word.
            if (to && rules::has_money(*to)) CHECK(event == order_event::confirmed);
            // An order without money can always take it.
            if (event == order_event::confirmed && !rules::has_money(from)) {
                REQUIRE(to);
                CHECK(rules::has_money(*to));
            }
            // A closed order never holds its bills again.
            if (from == order_state::closed && to) CHECK_FALSE(rules::is_live(*to));
        }
    }
}

TEST_CASE("a state is live, has money, or neither; never both") {
    struct kind {
        order_state state;
        bool live;
        bool money;
    };
    for (const auto& [state, live, money] : {
             kind{order_state::opened, true, false},
             kind{order_state::awaiting, true, false},
             kind{order_state::paid, false, true},
             kind{order_state::closed, false, false},
             kind{order_state::paid_late, false, true},
         }) {
        CAPTURE(std::string{rules::name_of(state)});
        CHECK(rules::is_live(state) == live);
        CHECK(rules::has_money(state) == money);
    }
}

TEST_CASE("names of states are unique and read back") {
    std::set<std::string_view> names;
    for (const auto state : states) {
        const auto name = rules::name_of(state);
        CHECK(names.insert(name).second);
        CHECK(name != "?");
        CHECK(rules::order_state_of(name) == state);
    }
    for (const std::string word : {"", "?", "PAID", "paid ", "refunded"}) {
        CAPTURE(word);
        CHECK_THROWS_AS(rules::order_state_of(word), base::error);
    }
}
