#include "server/rules/watching.hpp"

#include <algorithm>

namespace rules {

base::epoch_ms next_ask_ms(int asked, base::epoch_ms now) {
    auto wait = first_ask_after_ms;
    for (int i = 0; i < asked && wait < ask_interval_max_ms; ++i) wait *= 2;
    return now + std::min(wait, ask_interval_max_ms);
}

}  // namespace rules
