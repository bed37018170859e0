#include "server/rules/family_link.hpp"

#include <doctest/doctest.h>

namespace {

using rules::family_facts;
using rules::family_state;
using rules::order_state;

struct row {
    const char* what;
    family_facts facts;
    family_state expected;
};

family_facts facts(
    std::optional<order_state> order, bool withdrawn, bool ended, bool owes, bool elsewhere
) {
    return {order, withdrawn, ended, owes, elsewhere};
}

}  // namespace

TEST_CASE("what a link is follows from its order, its end and its bills") {
    constexpr auto none = std::nullopt;
    for (const auto& [what, given, expected] : {
             row{"fresh", facts(none, false, false, true, false), family_state::open},
             row{"student pays himself",
                 facts(none, false, false, true, true),
                 family_state::being_paid},
             row{"student has paid",
                 facts(none, false, false, false, false),
                 family_state::settled},
             row{"... and its time is over",
                 facts(none, false, true, false, false),
                 family_state::settled},
             row{"time is over", facts(none, false, true, true, false), family_state::ended},
             row{"... while the student pays",
                 facts(none, false, true, true, true),
                 family_state::ended},
             row{"withdrawn", facts(none, true, false, true, false), family_state::withdrawn},
             row{"withdrawn, then paid otherwise",
                 facts(none, true, true, false, false),
                 family_state::withdrawn},
             row{"opened",
                 facts(order_state::opened, false, false, true, false),
                 family_state::being_paid},
             row{"prepared",
                 facts(order_state::awaiting, false, false, true, false),
                 family_state::being_paid},
             row{"prepared, time over",
                 facts(order_state::awaiting, false, true, true, false),
                 family_state::being_paid},
             row{"prepared, withdrawn",
                 facts(order_state::awaiting, true, false, true, false),
                 family_state::being_paid},
             row{"given up",
                 facts(order_state::closed, false, false, true, false),
                 family_state::open},
             row{"given up, student pays",
                 facts(order_state::closed, false, false, true, true),
                 family_state::being_paid},
             row{"given up, time over",
                 facts(order_state::closed, false, true, true, false),
                 family_state::ended},
             row{"given up, withdrawn",
                 facts(order_state::closed, true, false, true, false),
                 family_state::withdrawn},
             row{"paid", facts(order_state::paid, false, false, false, false), family_state::paid},
             row{"paid, then withdrawn",
                 facts(order_state::paid, true, true, false, false),
                 family_state::paid},
             row{"paid, then refunded",
                 facts(order_state::paid, false, false, true, false),
                 family_state::paid},
             row{"paid late",
                 facts(order_state::paid_late, true, true, true, true),
                 family_state::paid},
         }) {
        CAPTURE(what);
        CHECK(rules::name_of(rules::state_of(given)) == rules::name_of(expected));
        CHECK(rules::may_open(rules::state_of(given)) == (expected == family_state::open));
    }
}
