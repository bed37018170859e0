#include "server/rules/sending.hpp"

#include <algorithm>
#include <array>

#include "server/base/beijing.hpp"

namespace rules {
namespace {

constexpr base::epoch_ms second_ms = 1'000;
constexpr base::epoch_ms minute_ms = 60 * second_ms;
constexpr base::epoch_ms hour_ms = 60 * minute_ms;
constexpr base::epoch_ms day_ms = 24 * hour_ms;

constexpr base::epoch_ms age_max_ms = 3 * day_ms;
constexpr int strikes_max = 8;
// 5, 10, … 160 s: 315 s in all, well within WeChat's ten minutes.
constexpr int harmless_repeats = 6;
constexpr std::array careful_waits{30 * second_ms, 10 * minute_ms, hour_ms};

struct widening {
    base::epoch_ms first;
    base::epoch_ms most;
};
constexpr widening soon{5 * second_ms, 15 * minute_ms};
constexpr widening slowly{minute_ms, hour_ms};
constexpr widening much_later{15 * minute_ms, 6 * hour_ms};

base::epoch_ms with_jitter(base::epoch_ms wait, int jitter) {
    return wait + wait / 4 * std::clamp(jitter, 0, 999) / 1000;
}

base::epoch_ms widened(widening how, int tries) {
    auto wait = how.first;
    for (int i = 1; i < tries && wait < how.most; ++i) wait *= 2;
    return std::min(wait, how.most);
}

message_plan again(std::string_view reason, base::epoch_ms wait, base::epoch_ms hold = 0) {
    return {message_state::queued, reason, wait, hold};
}

message_plan plan_after_unsure(const message_history& so_far, int jitter) {
    constexpr std::string_view reason = "outcome_unknown";
    const int free_ones = so_far.repeat_is_harmless ? harmless_repeats : 0;
    if (so_far.unsure <= free_ones) {
        return again(reason, with_jitter(widened(soon, so_far.unsure), jitter));
    }
    const auto careful = static_cast<std::size_t>(std::max(so_far.unsure - free_ones, 1));
    if (careful > careful_waits.size()) return {message_state::failed, reason};
    return again(reason, with_jitter(careful_waits[careful - 1], jitter));
}

// WeChat counts its quotas anew at midnight in Beijing.
base::epoch_ms until_tomorrow(base::epoch_ms now) {
    return base::end_of(base::business_day_of(now)) + 5 * minute_ms - now;
}

}  // namespace

std::string_view name_of(message_state state) {
    switch (state) {
        case message_state::queued:
            return "queued";
        case message_state::sent:
            return "sent";
        case message_state::skipped:
            return "skipped";
        case message_state::failed:
            return "failed";
    }
    return "failed";
}

message_state message_state_of(std::string_view name) {
    if (name == "queued") return message_state::queued;
    if (name == "sent") return message_state::sent;
    return name == "skipped" ? message_state::skipped : message_state::failed;
}

message_plan plan_after(
    try_end end, const message_history& so_far, base::epoch_ms now, int jitter
) {
    const auto later = [&](widening how) {
        return with_jitter(widened(how, so_far.tries), jitter);
    };
    switch (end) {
        case try_end::accepted:
            return {message_state::sent, ""};
        case try_end::not_delivered:
            return again("not_delivered", later(much_later));
        case try_end::nobody:
            return {message_state::skipped, "nobody_to_tell"};
        case try_end::not_reachable:
            return {message_state::skipped, "not_reachable"};
        case try_end::not_found:
            return {message_state::failed, "not_found"};
        case try_end::bad_content:
            return {message_state::failed, "content_refused"};
        case try_end::unsure:
            return plan_after_unsure(so_far, jitter);
        case try_end::busy:
            return again("busy", later(soon));
        case try_end::too_fast:
            return again("too_fast", with_jitter(minute_ms, jitter), minute_ms);
        case try_end::quota:
            return again(
                "quota", until_tomorrow(now) + with_jitter(minute_ms, jitter), until_tomorrow(now)
            );
        case try_end::settings:
            return again("settings", later(slowly), minute_ms);
    }
    return {message_state::failed, "not_found"};
}

message_plan plan_before(int tries, int strikes, base::epoch_ms created_at, base::epoch_ms now) {
    if (strikes > strikes_max) return {message_state::failed, "keeps_failing"};
    // Each message has one try, however late; and one more when a person asks for it.
    if (tries > 1 && now - created_at > age_max_ms) return {message_state::failed, "too_old"};
    return again("", 0);
}

base::epoch_ms wait_after_fault_ms(int tries, int jitter) {
    return with_jitter(widened(soon, tries), jitter);
}

}  // namespace rules
