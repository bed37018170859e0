#pragma once

#include <array>
#include <optional>
#include <string_view>

// The life of an order: every state, every event, and nothing that is not in this table. The
// database repeats only the guard `WHERE id = ? AND state = ?`.
namespace rules {

enum class order_state { opened, awaiting, paid, closed, paid_late };

enum class order_event {
    prepared,         // WeChat gave a prepay id or a code
    confirmed,        // WeChat says that it has the money
    close_confirmed,  // WeChat says that nobody can pay it any more
};

struct order_step {
    order_state from;
    order_event event;
    order_state to;
};

inline constexpr std::array order_steps{
    order_step{order_state::opened, order_event::prepared, order_state::awaiting},
    order_step{order_state::opened, order_event::confirmed, order_state::paid},
    order_step{order_state::opened, order_event::close_confirmed, order_state::closed},
    // Asked again for fresh parameters of the same number.
    order_step{order_state::awaiting, order_event::prepared, order_state::awaiting},
    order_step{order_state::awaiting, order_event::confirmed, order_state::paid},
    order_step{order_state::awaiting, order_event::close_confirmed, order_state::closed},
    // Money that arrives after closing is real: it is kept, and credited or sent back.
    order_step{order_state::closed, order_event::confirmed, order_state::paid_late},
};

// nullopt: this cannot happen in this state, and changes nothing.
constexpr std::optional<order_state> next(order_state from, order_event event) {
    for (const auto& step : order_steps) {
        if (step.from == from && step.event == event) return step.to;
    }
    return std::nullopt;
}

// Live: holds its bills, may still be paid.
constexpr bool is_live(order_state state) {
    return state == order_state::opened || state == order_state::awaiting;
}

constexpr bool has_money(order_state state) {
    return state == order_state::paid || state == order_state::paid_late;
}

std::string_view name_of(order_state state);
// Throws base::error{internal} for a word that is not in the table.
order_state order_state_of(std::string_view name);

}  // namespace rules
