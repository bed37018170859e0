#include "server/base/beijing.hpp"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

namespace base {
namespace {

constexpr epoch_ms offset_ms = 8LL * 3600 * 1000;
constexpr epoch_ms day_ms = 24LL * 3600 * 1000;

std::int64_t day_count(business_day day) {
    const std::chrono::year_month_day date{
        std::chrono::year{day.year},
        std::chrono::month{static_cast<unsigned>(day.month)},
        std::chrono::day{static_cast<unsigned>(day.day)}};
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

business_day from_count(std::int64_t count) {
    const std::chrono::year_month_day date{
        std::chrono::sys_days{std::chrono::days{static_cast<int>(count)}}};
    return {
        static_cast<int>(date.year()),
        static_cast<int>(static_cast<unsigned>(date.month())),
        static_cast<int>(static_cast<unsigned>(date.day()))};
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

struct time_of_day {
    int hour, minute, second, ms;
};

time_of_day beijing_time_of(epoch_ms instant) {
    const auto shifted = instant + offset_ms;
    const auto within = shifted - floor_divide(shifted, day_ms) * day_ms;
    return {
        static_cast<int>(within / 3600000),
        static_cast<int>(within / 60000 % 60),
        static_cast<int>(within / 1000 % 60),
        static_cast<int>(within % 1000)};
}

}  // namespace

business_day business_day_of(epoch_ms instant) {
    return from_count(floor_divide(instant + offset_ms, day_ms));
}

epoch_ms start_of(business_day day) {
    return day_count(day) * day_ms - offset_ms;
}
epoch_ms end_of(business_day day) {
    return start_of(day) + day_ms;
}
business_day plus_days(business_day day, int count) {
    return from_count(day_count(day) + count);
}

std::optional<business_day> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = digits_at(text, 0, 4);
    const auto month = digits_at(text, 5, 2);
    const auto day = digits_at(text, 8, 2);
    if (!year || !month || !day) return std::nullopt;
    const business_day parsed{*year, *month, *day};
    const std::chrono::year_month_day date{
        std::chrono::year{*year},
        std::chrono::month{static_cast<unsigned>(*month)},
        std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return parsed;
}

std::string to_text(business_day day) {
    return fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day);
}

std::string to_compact(business_day day) {
    return fmt::format("{:04}{:02}{:02}", day.year, day.month, day.day);
}

std::string to_rfc3339(epoch_ms instant) {
    const auto time = beijing_time_of(instant);
    return fmt::format(
        "{}T{:02}:{:02}:{:02}+08:00",
        to_text(business_day_of(instant)),
        time.hour,
        time.minute,
        time.second
    );
}

std::optional<epoch_ms> parse_rfc3339(std::string_view text) {
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't')) return std::nullopt;
    const auto day = parse_day(text.substr(0, 10));
    const auto hour = digits_at(text, 11, 2);
    const auto minute = digits_at(text, 14, 2);
    const auto second = digits_at(text, 17, 2);
    if (!day || !hour || !minute || !second || text[13] != ':' || text[16] != ':') {
        return std::nullopt;
    }
    if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    epoch_ms instant =
        day_count(*day) * day_ms + *hour * 3600000LL + *minute * 60000LL + *second * 1000LL;
    std::size_t at = 19;
    if (text[at] == '.') {
        epoch_ms weight = 100;
        const auto first = ++at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, weight /= 10) {
            instant += (text[at] - '0') * weight;
        }
        if (at == first) return std::nullopt;
    }
    const auto zone = text.substr(at);
    if (zone == "Z" || zone == "z") return instant;
    const auto zone_hour = digits_at(zone, 1, 2);
    const auto zone_minute = digits_at(zone, 4, 2);
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || !zone_hour ||
        !zone_minute || *zone_hour > 23 || *zone_minute > 59) {
        return std::nullopt;
    }
    const auto shift = (*zone_hour * 60LL + *zone_minute) * 60000LL;
    return zone[0] == '+' ? instant - shift : instant + shift;
}

std::string to_minute_text(epoch_ms instant) {
    const auto time = beijing_time_of(instant);
    return fmt::format("{} {:02}:{:02}", to_text(business_day_of(instant)), time.hour, time.minute);
}

std::string to_chinese_text(epoch_ms instant) {
    const auto day = business_day_of(instant);
    const auto time = beijing_time_of(instant);
    return fmt::format(
        "{}年{}月{}日 {:02}:{:02}", day.year, day.month, day.day, time.hour, time.minute
    );
}

}  // namespace base
