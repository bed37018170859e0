#include "server/base/clock.hpp"

#include <atomic>
#include <chrono>
#include <utility>

namespace base {
namespace {

std::function<epoch_ms()>& override_source() {
    static std::function<epoch_ms()> source;
    return source;
}

std::atomic<bool> overridden{false};

}  // namespace

epoch_ms now_ms() {
    if (overridden.load(std::memory_order_acquire)) return override_source()();
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

epoch_ms steady_ms() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

clock_override::clock_override(std::function<epoch_ms()> source) {
    previous_ = std::exchange(override_source(), std::move(source));
    overridden.store(true, std::memory_order_release);
}

clock_override::clock_override(epoch_ms fixed) : clock_override{[fixed] { return fixed; }} {}

clock_override::~clock_override() {
    override_source() = std::move(previous_);
    overridden.store(override_source() != nullptr, std::memory_order_release);
}

}  // namespace base
