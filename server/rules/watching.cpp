#include "server/rules/watching.hpp"

#include <algorithm>

namespace rules {

base::epoch_ms ask_wait_ms(int asked) {
    auto wait = first_ask_after_ms;
    for (int i = 0; i < asked && wait < ask_interval_max_ms; ++i) wait *= 2;
    return std::min(wait, ask_interval_max_ms);
}

}  // namespace rules
