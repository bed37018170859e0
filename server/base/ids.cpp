#include "server/base/ids.hpp"

#include <atomic>

#include <fmt/format.h>

#include "server/base/beijing.hpp"
#include "server/base/encoding.hpp"

namespace base {
namespace {

constexpr epoch_ms first_ms = 1735689600000;  // 2025-01-01 UTC; leaves 41 bits for 69 years
constexpr unsigned drawn_bits = 12;
constexpr unsigned counter_bits = 10;

std::int64_t drawn_part() {
    static const std::int64_t drawn = random_below(1U << drawn_bits);
    return drawn;
}

}  // namespace

std::int64_t next_id() {
    // Counts in units of (ms, counter): a burst of more than 1,024 in one millisecond borrows from
    // the next ones, and a clock that steps back never repeats a value.
    static std::atomic<std::int64_t> last{0};
    const std::int64_t now = (now_ms() - first_ms) << counter_bits;
    std::int64_t seen = last.load();
    std::int64_t mine = 0;
    do {
        mine = now > seen ? now : seen + 1;
    } while (!last.compare_exchange_weak(seen, mine));
    const std::int64_t ms = mine >> counter_bits;
    const std::int64_t count = mine & ((1 << counter_bits) - 1);
    return ms << (drawn_bits + counter_bits) | drawn_part() << counter_bits | count;
}

std::string new_order_no(std::string_view prefix, epoch_ms now) {
    constexpr std::string_view letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    const auto text = to_rfc3339(now);  // 2026-11-22T20:00:00+08:00
    std::string out{prefix};
    for (const char c : std::string_view{text}.substr(0, 19)) {
        if (c >= '0' && c <= '9') out += c;
    }
    for (int i = 0; i < 10; ++i) out += letters[random_below(letters.size())];
    return out;
}

const std::string& instance_name() {
    static const std::string name = random_token();
    return name;
}

}  // namespace base
