#pragma once

#include <optional>
#include <string_view>

#include "server/rules/order_state.hpp"

// 家人代付: what a link is at this moment.
namespace rules {

enum class family_state {
    open,        // somebody may pay
    being_paid,  // its bills stand in an unfinished order
    paid,        // through this link
    settled,     // ... or in another way; nothing is owed any more
    withdrawn,
    ended,
};

struct family_facts {
    std::optional<order_state> order;  // of the newest order opened through it
    bool withdrawn = false;
    bool ended = false;           // by time
    bool owes = true;             // one of its bills, still
    bool held_elsewhere = false;  // one of its bills stands in another unfinished order
};

family_state state_of(const family_facts& facts);

// May a new order be opened through it?
constexpr bool may_open(family_state state) {
    return state == family_state::open;
}

std::string_view name_of(family_state state);

}  // namespace rules
