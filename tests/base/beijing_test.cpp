#include "server/base/beijing.hpp"

#include <random>
#include <string>

#include <doctest/doctest.h>

using base::business_day;
using base::epoch_ms;

namespace {

constexpr epoch_ms hour_ms = 3'600'000;
constexpr epoch_ms day_ms = 24 * hour_ms;

bool is_day(business_day day, int year, int month, int of_month) {
    return day == business_day{year, month, of_month};
}

}  // namespace

TEST_CASE("a business day begins at 16:00 UTC of the day before") {
    struct row {
        epoch_ms instant;
        int year, month, day;
    };
    for (const auto& row : {
             row{0, 1970, 1, 1},  // 08:00 in Beijing
             row{16 * hour_ms - 1, 1970, 1, 1},
             row{16 * hour_ms, 1970, 1, 2},
             row{1'795'363'199'999, 2026, 11, 22},  // 2026-11-22T15:59:59.999Z
             row{1'795'363'200'000, 2026, 11, 23},
             row{1'709'135'999'999, 2024, 2, 28},
             row{1'709'136'000'000, 2024, 2, 29},
             row{1'709'222'400'000, 2024, 3, 1},
             row{1'767'196'799'999, 2025, 12, 31},
             row{1'767'196'800'000, 2026, 1, 1},
             // Before 1970 a division that rounds to zero would put both into the wrong day.
             row{-1, 1970, 1, 1},
             row{-8 * hour_ms, 1970, 1, 1},
             row{-8 * hour_ms - 1, 1969, 12, 31},
             row{-8 * hour_ms - day_ms, 1969, 12, 31},
             row{-8 * hour_ms - day_ms - 1, 1969, 12, 30},
             row{-2'208'988'800'000, 1900, 1, 1},
         }) {
        CAPTURE(row.instant);
        CHECK(is_day(base::business_day_of(row.instant), row.year, row.month, row.day));
    }
}

TEST_CASE("start and end enclose the day, and days touch") {
    business_day day{1968, 12, 25};
    for (int i = 0; i < 25'000; ++i, day = base::plus_days(day, 1)) {
        const auto start = base::start_of(day);
        const auto end = base::end_of(day);
        REQUIRE(end - start == day_ms);
        REQUIRE(base::business_day_of(start) == day);
        REQUIRE(base::business_day_of(end - 1) == day);
        REQUIRE(base::business_day_of(start - 1) == base::plus_days(day, -1));
        REQUIRE(base::business_day_of(end) == base::plus_days(day, 1));
    }
}

TEST_CASE("days are added over month ends, leap days and centuries") {
    struct row {
        business_day from;
        int count;
        business_day expected;
    };
    for (const auto& row : {
             row{{2024, 2, 28}, 1, {2024, 2, 29}},
             row{{2024, 2, 29}, 1, {2024, 3, 1}},
             row{{2025, 2, 28}, 1, {2025, 3, 1}},
             row{{2000, 2, 28}, 1, {2000, 2, 29}},
             row{{1900, 2, 28}, 1, {1900, 3, 1}},
             row{{2100, 2, 28}, 1, {2100, 3, 1}},
             row{{2026, 12, 31}, 1, {2027, 1, 1}},
             row{{2027, 1, 1}, -1, {2026, 12, 31}},
             row{{2024, 2, 29}, 366, {2025, 3, 1}},
             row{{2024, 2, 29}, -366, {2023, 2, 28}},
             row{{1970, 1, 1}, -1, {1969, 12, 31}},
             row{{2026, 11, 22}, 0, {2026, 11, 22}},
         }) {
        CAPTURE(base::to_text(row.from));
        CAPTURE(row.count);
        CHECK(base::plus_days(row.from, row.count) == row.expected);
    }
}

TEST_CASE("a written day must exist") {
    CHECK(base::parse_day("2026-11-22") == business_day{2026, 11, 22});
    CHECK(base::parse_day("2024-02-29") == business_day{2024, 2, 29});
    CHECK(base::parse_day("2000-02-29") == business_day{2000, 2, 29});
    for (const char* text :
         {"",
          "2026-11-31",
          "2025-02-29",
          "1900-02-29",
          "2026-13-01",
          "2026-00-01",
          "2026-01-00",
          "2026-1-01",
          "2026-01-1",
          "20261122",
          "2026/11/22",
          "2026-11-22 ",
          " 2026-11-22",
          "2026-11-2x",
          "-026-11-22",
          "+026-11-22",
          "2026-11--2",
          "２０２６-11-22"}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(base::parse_day(text));
    }
}

TEST_CASE("a day is written in both forms with leading zeros") {
    CHECK(base::to_text({2026, 1, 2}) == "2026-01-02");
    CHECK(base::to_compact({2026, 1, 2}) == "20260102");
    CHECK(base::to_text({987, 1, 2}) == "0987-01-02");
}

TEST_CASE("instants are written in Beijing's time") {
    struct row {
        epoch_ms instant;
        const char* rfc3339;
        const char* minute;
    };
    for (const auto& row : {
             row{0, "1970-01-01T08:00:00+08:00", "1970-01-01 08:00"},
             row{1'795'348'800'000, "2026-11-22T20:00:00+08:00", "2026-11-22 20:00"},
             row{1'795'363'199'999, "2026-11-22T23:59:59+08:00", "2026-11-22 23:59"},
             row{1'795'363'200'000, "2026-11-23T00:00:00+08:00", "2026-11-23 00:00"},
             row{-1, "1970-01-01T07:59:59+08:00", "1970-01-01 07:59"},
             row{-8 * hour_ms - 1, "1969-12-31T23:59:59+08:00", "1969-12-31 23:59"},
         }) {
        CAPTURE(row.instant);
        CHECK(base::to_rfc3339(row.instant) == row.rfc3339);
        CHECK(base::to_minute_text(row.instant) == row.minute);
    }
}

TEST_CASE("a message writes an instant as people say it") {
    CHECK(base::to_chinese_text(1'795'363'199'999) == "2026年11月22日 23:59");
    CHECK(base::to_chinese_text(1'795'363'200'000) == "2026年11月23日 00:00");
    CHECK(base::to_chinese_text(0) == "1970年1月1日 08:00");
}

TEST_CASE("instants are read in every form of RFC 3339") {
    struct row {
        const char* text;
        epoch_ms expected;
    };
    for (const auto& [text, expected] : {
             row{"2026-11-22T20:00:00+08:00", 1'795'348'800'000},
             row{"2026-11-22T12:00:00Z", 1'795'348'800'000},
             row{"2026-11-22t12:00:00z", 1'795'348'800'000},
             row{"2026-11-22T12:00:00+00:00", 1'795'348'800'000},
             row{"2026-11-22T12:00:00-00:00", 1'795'348'800'000},
             row{"2026-11-22T07:00:00-05:00", 1'795'348'800'000},
             row{"2026-11-23T01:45:00+13:45", 1'795'348'800'000},
             row{"2026-11-22T12:00:00.5Z", 1'795'348'800'500},
             row{"2026-11-22T12:00:00.05Z", 1'795'348'800'050},
             row{"2026-11-22T12:00:00.123Z", 1'795'348'800'123},
             row{"2026-11-22T12:00:00.123987654321Z", 1'795'348'800'123},
             row{"2026-11-22T20:00:00.000+08:00", 1'795'348'800'000},
             row{"1969-12-31T23:59:59.999Z", -1},
             row{"1970-01-01T07:59:59+08:00", -1000},
             row{"2016-12-31T23:59:60Z", 1'483'228'800'000},  // a leap second is the next one
         }) {
        CAPTURE(std::string{text});
        CHECK(base::parse_rfc3339(text) == expected);
    }
}

TEST_CASE("a text that is no instant is refused, at every length") {
    for (const char* text :
         {"",
          "2026-11-22",
          "2026-11-22T20:00:00",
          "2026-11-22T20:00:00.",
          "2026-11-22T20:00:00.Z",
          "2026-11-22T20:00:00.5",
          "2026-11-22 20:00:00+08:00",
          "2026-11-22T20:00+08:00",
          "2026-11-22T24:00:00Z",
          "2026-11-22T20:60:00Z",
          "2026-11-22T20:00:61Z",
          "2026-11-31T20:00:00Z",
          "2026-11-22T20:00:00+0800",
          "2026-11-22T20:00:00+08",
          "2026-11-22T20:00:00+08:0",
          "2026-11-22T20:00:00+08:60",
          "2026-11-22T20:00:00+24:00",
          "2026-11-22T20:00:00 08:00",
          "2026-11-22T20:00:00Z ",
          "2026-11-22T20:00:00ZZ",
          "2026-11-22T2a:00:00Z",
          "2026-11-22T20-00-00Z",
          "x026-11-22T20:00:00Z"}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(base::parse_rfc3339(text));
    }
    const std::string whole = "2026-11-22T20:00:00.5+08:00";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(base::parse_rfc3339(whole.substr(0, size)));
    }
}

TEST_CASE("what is written is read back to the second") {
    std::mt19937_64 draw{7};
    std::uniform_int_distribution<epoch_ms> any{-2'000'000'000'000, 4'000'000'000'000};
    for (int i = 0; i < 50'000; ++i) {
        const auto instant = any(draw);
        const auto floor_to_second = instant - ((instant % 1000) + 1000) % 1000;
        REQUIRE(base::parse_rfc3339(base::to_rfc3339(instant)) == floor_to_second);
    }
}
