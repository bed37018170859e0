#pragma once

#include "server/base/clock.hpp"

// When to ask WeChat about an unfinished order. The promise: whatever is lost on the way, the true
// state shows within 60 seconds.
namespace rules {

inline constexpr base::epoch_ms first_ask_after_ms = 5'000;
inline constexpr base::epoch_ms ask_interval_max_ms = 45'000;

// How long to wait before the next question. asked: how many times already. 5, 10, 20, 40 s, then
// every 45 s until the order has ended. A wait and no instant: the database's clock counts, or one
// server whose clock is ahead would put all questions off.
base::epoch_ms ask_wait_ms(int asked);

// After the end of paying, with room for clocks that differ and a payment that is just finishing.
inline constexpr base::epoch_ms close_grace_ms = 60'000;
constexpr bool must_close(base::epoch_ms pay_until, base::epoch_ms now) {
    return now >= pay_until + close_grace_ms;
}

// A prepay id lives two hours; a fresh one is asked for well before that.
inline constexpr base::epoch_ms prepay_life_ms = 110LL * 60 * 1000;

}  // namespace rules
