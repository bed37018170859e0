#include "server/base/clock.hpp"

#include <chrono>
#include <thread>

#include <doctest/doctest.h>

namespace {

base::epoch_ms system_ms() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

TEST_CASE("now is the system's time in milliseconds") {
    const auto before = system_ms();
    const auto now = base::now_ms();
    const auto after = system_ms();
    CHECK(now >= before);
    CHECK(now <= after);
    CHECK(base::now_s() >= before / 1000);
    CHECK(base::now_s() <= system_ms() / 1000);
}

TEST_CASE("a test sets the clock, and gives it back") {
    {
        const base::clock_override fixed{1'700'000'000'123};
        CHECK(base::now_ms() == 1'700'000'000'123);
        CHECK(base::now_s() == 1'700'000'000);
    }
    CHECK(base::now_ms() >= system_ms() - 1000);
}

TEST_CASE("a moving source is asked each time") {
    base::epoch_ms at = 1000;
    const base::clock_override moving{[&at] { return at; }};
    CHECK(base::now_ms() == 1000);
    at += 5;
    CHECK(base::now_ms() == 1005);
}

TEST_CASE("an inner clock gives the outer one back") {
    const base::clock_override outer{1000};
    {
        const base::clock_override inner{2000};
        CHECK(base::now_ms() == 2000);
    }
    CHECK(base::now_ms() == 1000);
}

TEST_CASE("steady time runs on, whatever the clock says") {
    const base::clock_override fixed{0};
    const auto before = base::steady_ms();
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    const auto after = base::steady_ms();
    CHECK(after >= before + 4);
}
