#include "server/rules/watching.hpp"

#include <limits>

#include <doctest/doctest.h>

namespace {

constexpr base::epoch_ms now = 1'795'348'800'000;
constexpr base::epoch_ms minute = 60'000;

}  // namespace

TEST_CASE("WeChat is asked after 5, 10, 20, 40 seconds, then every 45") {
    struct row {
        int asked;
        base::epoch_ms expected;
    };
    for (const auto& [asked, expected] : {
             row{0, 5'000},
             row{1, 10'000},
             row{2, 20'000},
             row{3, 40'000},
             row{4, 45'000},
             row{5, 45'000},
             row{1000, 45'000},
             row{std::numeric_limits<int>::max(), 45'000},
             row{-1, 5'000},
         }) {
        CAPTURE(asked);
        CHECK(rules::ask_wait_ms(asked) == expected);
    }
}

TEST_CASE("whenever the student pays, the next question comes within the promised minute") {
    for (int asked = 0; asked < 100; ++asked) {
        CHECK(rules::ask_wait_ms(asked) > 0);
        CHECK(rules::ask_wait_ms(asked) <= 60'000 - 10'000);  // ten seconds stay for the answer
    }
}

TEST_CASE("an order is given up a minute after its end, not earlier") {
    CHECK_FALSE(rules::must_close(now, now - 1));
    CHECK_FALSE(rules::must_close(now, now));
    CHECK_FALSE(rules::must_close(now, now + minute - 1));
    CHECK(rules::must_close(now, now + minute));
    CHECK(rules::must_close(now, now + 24 * 60 * minute));
}

TEST_CASE("a prepay id is renewed well inside WeChat's two hours") {
    CHECK(rules::prepay_life_ms < 120 * minute);
    CHECK(rules::prepay_life_ms > 60 * minute);
}
