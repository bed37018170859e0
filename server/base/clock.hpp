#pragma once

#include <cstdint>
#include <functional>

namespace base {

// UTC epoch milliseconds. The only source of the time of day; tests replace it.
using epoch_ms = std::int64_t;

epoch_ms now_ms();
inline std::int64_t now_s() {
    return now_ms() / 1000;
}

// Steady time for deadlines; never jumps.
epoch_ms steady_ms();

// For tests: while alive, now_ms() answers what `source` says; then what was answered before.
class clock_override {
public:
    explicit clock_override(std::function<epoch_ms()> source);
    explicit clock_override(epoch_ms fixed);
    ~clock_override();
    clock_override(const clock_override&) = delete;
    clock_override& operator=(const clock_override&) = delete;

private:
    std::function<epoch_ms()> previous_;
};

}  // namespace base
