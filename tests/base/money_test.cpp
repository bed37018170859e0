#include "server/base/money.hpp"

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>

#include "server/base/error.hpp"

using base::fen;

namespace {

constexpr auto int64_max = std::numeric_limits<std::int64_t>::max();
constexpr auto int64_min = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t largest_readable = 9'999'999'999;  // 99,999,999.99 yuan

}  // namespace

// There must be no way from a floating-point number into an amount.
static_assert(!std::is_constructible_v<fen, double>);
static_assert(!std::is_constructible_v<fen, float>);
static_assert(!std::is_convertible_v<int, fen>);
static_assert(!std::is_convertible_v<fen, double>);

TEST_CASE("yuan as people and spreadsheets write them") {
    struct row {
        const char* text;
        std::int64_t expected;
    };
    for (const auto& [text, expected] : {
             row{"0", 0},
             row{"0.00", 0},
             row{"0.01", 1},
             row{"0.1", 10},
             row{"0.10", 10},
             row{"1", 100},
             row{"7000", 700'000},
             row{"7000.5", 700'050},
             row{"7000.50", 700'050},
             row{"7000.05", 700'005},
             row{"7,000.50", 700'050},
             row{"70,000", 7'000'000},
             row{"700,000.99", 70'000'099},
             row{"99,999,999.99", largest_readable},
             row{"99999999.99", largest_readable},
             row{"007", 700},
         }) {
        CAPTURE(std::string{text});
        const auto parsed = base::parse_yuan(text);
        REQUIRE(parsed);
        CHECK(parsed->count() == expected);
    }
}

TEST_CASE("anything else is no amount") {
    for (const char* text :
         {"",         " ",        ".",           ",",         "-1",
          "+1",       "-0",       "1.",          ".5",        "1.234",
          "1.2.3",    "1..2",     "1,2",         "1,00",      "1,0000",
          "7000,50",  ",000",     "1,",          "1,,000",    "1,000,",
          "0x10",     "1e3",      "NaN",         "inf",       " 1",
          "1 ",       "1 000",    "1.5 ",        "1.-5",      "1.+5",
          "１００",   "7000元",   "¥7000",       "100000000", "1000,000",
          "7,000.5,", "1.00,000", "100,000,000", "000000000", "99999999999999999999",
          "1\n",      "12\t"}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(base::parse_yuan(text));
    }
    using namespace std::string_view_literals;
    CHECK_FALSE(base::parse_yuan("1\0"sv));
}

TEST_CASE("amounts are written with two decimals") {
    struct row {
        std::int64_t count;
        const char* plain;
        const char* grouped;
    };
    for (const auto& [count, plain, grouped] : {
             row{0, "0.00", "0.00"},
             row{1, "0.01", "0.01"},
             row{10, "0.10", "0.10"},
             row{99, "0.99", "0.99"},
             row{100, "1.00", "1.00"},
             row{99'999, "999.99", "999.99"},
             row{100'000, "1000.00", "1,000.00"},
             row{700'050, "7000.50", "7,000.50"},
             row{99'999'999, "999999.99", "999,999.99"},
             row{100'000'000, "1000000.00", "1,000,000.00"},
             row{largest_readable, "99999999.99", "99,999,999.99"},
             row{-1, "-0.01", "-0.01"},
             row{-99'999, "-999.99", "-999.99"},
             row{-100'000, "-1000.00", "-1,000.00"},
             row{int64_max, "92233720368547758.07", "92,233,720,368,547,758.07"},
             row{int64_min, "-92233720368547758.08", "-92,233,720,368,547,758.08"},
         }) {
        CAPTURE(count);
        CHECK(base::to_yuan(fen{count}) == plain);
        CHECK(base::to_grouped_yuan(fen{count}) == grouped);
    }
}

TEST_CASE("what is printed is read back, plain and grouped") {
    std::mt19937_64 draw{20261122};
    const auto holds = [](std::int64_t count) {
        CAPTURE(count);
        CHECK(base::parse_yuan(base::to_yuan(fen{count})) == fen{count});
        CHECK(base::parse_yuan(base::to_grouped_yuan(fen{count})) == fen{count});
    };
    for (std::int64_t count = 0; count <= 20'000; ++count) holds(count);
    for (std::int64_t power = 1; power <= largest_readable; power *= 10) {
        holds(power - 1);
        holds(power);
    }
    std::uniform_int_distribution<std::int64_t> any{0, largest_readable};
    for (int i = 0; i < 20'000; ++i) holds(any(draw));
}

TEST_CASE("whatever is read prints as the same amount") {
    // Random texts of the alphabet that an amount may use: refused, or stable from then on.
    std::mt19937_64 draw{42};
    const std::string letters = "0123456789,.-+ ";
    int accepted = 0;
    for (int i = 0; i < 100'000; ++i) {
        std::string text;
        for (auto size = draw() % 11; size > 0; --size) text += letters[draw() % letters.size()];
        const auto parsed = base::parse_yuan(text);
        if (!parsed) continue;
        ++accepted;
        CAPTURE(std::string{text});
        CHECK(parsed->count() >= 0);
        CHECK(parsed->count() <= largest_readable);
        CHECK(base::parse_yuan(base::to_yuan(*parsed)) == parsed);
    }
    CHECK(accepted > 1000);
}

TEST_CASE("sums are exact, and refuse to overflow") {
    CHECK(fen{1} + fen{2} == fen{3});
    CHECK(fen{1} - fen{2} == fen{-1});
    CHECK(-fen{5} == fen{-5});
    CHECK(fen{1} < fen{2});
    CHECK(fen{int64_max - 1} + fen{1} == fen{int64_max});
    CHECK_THROWS_AS(fen{int64_max} + fen{1}, base::error);
    CHECK_THROWS_AS(fen{int64_min} + fen{-1}, base::error);
    CHECK_THROWS_AS(fen{int64_min} - fen{1}, base::error);
    CHECK_THROWS_AS(fen{0} - fen{int64_min}, base::error);
    CHECK_THROWS_AS(-fen{int64_min}, base::error);
}

TEST_CASE("a refused sum leaves the amount as it was") {
    fen amount{int64_max};
    CHECK_THROWS_AS(amount += fen{1}, base::error);
    CHECK(amount == fen{int64_max});
    amount = fen{int64_min};
    CHECK_THROWS_AS(amount -= fen{1}, base::error);
    CHECK(amount == fen{int64_min});
}
