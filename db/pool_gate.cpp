#include "db/pool_gate.hpp"

#include <algorithm>
#include <utility>

namespace db {

pool_gate::pool_gate(
    int after, std::chrono::milliseconds open_for, int connects_per_second, int burst
)
    : after_{after},
      open_for_{open_for},
      gap_{std::chrono::nanoseconds{std::chrono::seconds{1}} / std::max(1, connects_per_second)},
      burst_{burst} {}

bool pool_gate::closed_to_new(clock::time_point now) const {
    return now < open_until_.load();
}

void pool_gate::succeeded() {
    if (in_a_row_.load() == 0) return;
    in_a_row_ = 0;
    open_until_ = clock::time_point{};
}

bool pool_gate::failed(clock::time_point now) {
    if (++in_a_row_ < after_) return false;
    // From here on each further failure refreshes the pause; one success ends it.
    return open_until_.exchange(now + open_for_) <= now;
}

pool_gate::clock::time_point pool_gate::turn_to_connect(clock::time_point now) {
    const std::lock_guard hold{mutex_};
    // A full bucket means: the last `burst` turns are unused.
    next_connect_ = std::max(next_connect_, now - gap_ * burst_) + gap_;
    return std::max(now, next_connect_);
}

std::optional<int> pool_gate::turn_to_tell(clock::time_point now) {
    const std::lock_guard hold{mutex_};
    ++untold_;
    if (now < next_line_) return std::nullopt;
    next_line_ = now + std::chrono::seconds{1};
    return std::exchange(untold_, 0);
}

}  // namespace db
