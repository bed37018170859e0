#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/clock.hpp"

// The only place that knows the business time zone: +08:00 without summer time.
namespace base {

// A calendar day in Beijing.
struct business_day {
    int year = 1970;
    int month = 1;
    int day = 1;
    auto operator<=>(const business_day&) const = default;
};

business_day business_day_of(epoch_ms instant);
epoch_ms start_of(business_day day);
epoch_ms end_of(business_day day);  // first instant of the next day
business_day plus_days(business_day day, int count);
std::optional<business_day> parse_day(std::string_view text);  // "2026-11-22", must exist
std::string to_text(business_day day);                         // "2026-11-22"
std::string to_compact(business_day day);                      // "20261122"

std::string to_rfc3339(epoch_ms instant);                      // "2026-11-22T20:00:00+08:00"
std::optional<epoch_ms> parse_rfc3339(std::string_view text);  // any offset, fraction, Z
std::string to_minute_text(epoch_ms instant);                  // "2026-11-22 20:00"
std::string to_chinese_text(epoch_ms instant);                 // "2026年11月22日 20:00"

}  // namespace base
