#include "server/rules/family_link.hpp"

namespace rules {

family_state state_of(const family_facts& facts) {
    // What was paid stays paid, and an order that lives may still be paid, whatever has become of
    // the link meanwhile.
    if (facts.order && has_money(*facts.order)) return family_state::paid;
    if (facts.order && is_live(*facts.order)) return family_state::being_paid;
    if (facts.withdrawn) return family_state::withdrawn;
    if (!facts.owes) return family_state::settled;
    if (facts.ended) return family_state::ended;
    return facts.held_elsewhere ? family_state::being_paid : family_state::open;
}

std::string_view name_of(family_state state) {
    switch (state) {
        case family_state::open:
            return "open";
        case family_state::being_paid:
            return "being_paid";
        case family_state::paid:
            return "paid";
        case family_state::settled:
            return "settled";
        case family_state::withdrawn:
            return "withdrawn";
        case family_state::ended:
            return "ended";
    }
    return "ended";
}

}  // namespace rules
