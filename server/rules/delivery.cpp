#include "server/rules/delivery.hpp"

#include <algorithm>

namespace rules {
namespace {

constexpr base::epoch_ms second_ms = 1'000;
constexpr base::epoch_ms minute_ms = 60 * second_ms;
constexpr base::epoch_ms day_ms = 24 * 60 * minute_ms;

// Over any holiday; after that a person decides.
constexpr base::epoch_ms age_max_ms = 30 * day_ms;
// Claims that ended without a word: a notice that kills the process must not do so for ever.
constexpr int strikes_max = 20;

// first, twice that, … most
base::epoch_ms widened(base::epoch_ms first, base::epoch_ms most, int tries, int jitter) {
    auto wait = first;
    for (int i = 1; i < tries && wait < most; ++i) wait *= 2;
    wait = std::min(wait, most);
    return wait + wait / 4 * std::clamp(jitter, 0, 999) / 1000;
}

message_plan again(std::string_view reason, base::epoch_ms wait) {
    return {message_state::queued, reason, wait};
}

}  // namespace

message_plan plan_after(delivery_end end, int tries, int jitter) {
    switch (end) {
        case delivery_end::taken:
            return {message_state::sent, ""};
        case delivery_end::unsure:
            return again("outcome_unknown", widened(5 * second_ms, 10 * minute_ms, tries, jitter));
        case delivery_end::not_now:
            return again("busy", widened(5 * second_ms, 10 * minute_ms, tries, jitter));
        case delivery_end::not_trusted:
            return again("settings", widened(minute_ms, 30 * minute_ms, tries, jitter));
        case delivery_end::going_back:
            return again("refund_under_way", widened(minute_ms, 10 * minute_ms, tries, jitter));
        case delivery_end::gone_back:
            return {message_state::skipped, "refunded"};
        case delivery_end::gone_back_unsure:
            return {message_state::failed, "refunded_unsure"};
        case delivery_end::partly_gone_back:
            return {message_state::failed, "partly_refunded"};
        case delivery_end::refused:
            return {message_state::failed, "content_refused"};
        case delivery_end::not_found:
            break;
    }
    return {message_state::failed, "not_found"};
}

message_plan plan_delivery(int tries, int strikes, base::epoch_ms created_at, base::epoch_ms now) {
    if (strikes > strikes_max) return {message_state::failed, "keeps_failing"};
    if (tries > 1 && now - created_at > age_max_ms) return {message_state::failed, "too_old"};
    return again("", 0);
}

delivery_end end_of_status(unsigned status) {
    if (status == 401 || status == 403) return delivery_end::not_trusted;
    // Not there yet, too slow, too fast: no word about this one top-up.
    if (status == 404 || status == 408 || status == 425 || status == 429) {
        return delivery_end::not_now;
    }
    if (status >= 400 && status < 500) return delivery_end::refused;
    // 200 without its word, or 5xx: it may have been taken before something broke.
    return delivery_end::unsure;
}

}  // namespace rules
