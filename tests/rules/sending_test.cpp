#include "server/rules/sending.hpp"

#include <doctest/doctest.h>

#include "server/base/beijing.hpp"

using rules::message_state;
using rules::try_end;

namespace {

constexpr base::epoch_ms second = 1'000;
constexpr base::epoch_ms minute = 60 * second;
constexpr base::epoch_ms hour = 60 * minute;
constexpr base::epoch_ms now = 1'795'320'000'000;  // 2026-11-22 12:00 Beijing

rules::message_history after(int tries, int unsure = 0, bool harmless = false) {
    rules::message_history out;
    out.tries = tries;
    out.unsure = unsure;
    out.repeat_is_harmless = harmless;
    return out;
}

}  // namespace

TEST_CASE("what ends a message, and as what") {
    struct row {
        try_end end;
        message_state state;
        const char* reason;
    };
    for (const auto& [end, state, reason] : {
             row{try_end::accepted, message_state::sent, ""},
             row{try_end::nobody, message_state::skipped, "nobody_to_tell"},
             row{try_end::not_reachable, message_state::skipped, "not_reachable"},
             row{try_end::not_found, message_state::failed, "not_found"},
             row{try_end::bad_content, message_state::failed, "content_refused"},
         }) {
        CAPTURE(std::string{reason});
        const auto plan = rules::plan_after(end, after(1), now, 0);
        CHECK(plan.state == state);
        CHECK(plan.reason == reason);
        CHECK(plan.hold_ms == 0);
    }
}

TEST_CASE("what is tried again, when, and what rests meanwhile") {
    struct row {
        try_end end;
        int tries;
        base::epoch_ms wait;
        base::epoch_ms hold;
    };
    for (const auto& [end, tries, wait, hold] : {
             row{try_end::busy, 1, 5 * second, 0},
             row{try_end::busy, 2, 10 * second, 0},
             row{try_end::busy, 8, 640 * second, 0},
             row{try_end::busy, 9, 15 * minute, 0},
             row{try_end::busy, 1'000'000, 15 * minute, 0},
             row{try_end::too_fast, 1, minute, minute},
             row{try_end::too_fast, 9, minute, minute},
             row{try_end::settings, 1, minute, minute},
             row{try_end::settings, 3, 4 * minute, minute},
             row{try_end::settings, 50, hour, minute},
             row{try_end::not_delivered, 1, 15 * minute, 0},
             row{try_end::not_delivered, 50, 6 * hour, 0},
         }) {
        CAPTURE(tries);
        const auto plan = rules::plan_after(end, after(tries), now, 0);
        CHECK(plan.state == message_state::queued);
        CHECK_FALSE(plan.reason.empty());
        CHECK(plan.wait_ms == wait);
        CHECK(plan.hold_ms == hold);
    }
}

TEST_CASE("a used-up quota waits for five past midnight in Beijing, in any hour of the day") {
    for (const auto at : {now, now + 11 * hour, now - 12 * hour, now + 12 * hour - 1}) {
        const auto plan = rules::plan_after(try_end::quota, after(1), at, 0);
        CHECK(base::to_rfc3339(at + plan.hold_ms) == "2026-11-23T00:05:00+08:00");
        CHECK(plan.wait_ms == plan.hold_ms + minute);
        CHECK(rules::plan_after(try_end::quota, after(1), at, 999).wait_ms > plan.wait_ms);
    }
    const auto next_day = rules::plan_after(try_end::quota, after(1), now + 12 * hour, 0);
    CHECK(next_day.hold_ms == 24 * hour + 5 * minute);
}

TEST_CASE("what may have arrived is repeated freely only while WeChat knows a repeat") {
    base::epoch_ms spent = 0;
    for (int unsure = 1; unsure <= 6; ++unsure) {
        const auto plan = rules::plan_after(try_end::unsure, after(unsure, unsure, true), now, 999);
        CHECK(plan.state == message_state::queued);
        spent += plan.wait_ms + 10 * second;  // and what the calls take
    }
    CHECK_MESSAGE(spent < 10 * minute, "the last free repeat lies within WeChat's ten minutes");
    for (const bool harmless : {true, false}) {
        const int free_ones = harmless ? 6 : 0;
        const base::epoch_ms waits[] = {30 * second, 10 * minute, hour};
        for (int careful = 1; careful <= 3; ++careful) {
            const int unsure = free_ones + careful;
            const auto plan =
                rules::plan_after(try_end::unsure, after(unsure, unsure, harmless), now, 0);
            CHECK(plan.state == message_state::queued);
            CHECK(plan.wait_ms == waits[careful - 1]);
        }
        const auto last =
            rules::plan_after(try_end::unsure, after(9, free_ones + 4, harmless), now, 0);
        CHECK(last.state == message_state::failed);
        CHECK(last.reason == "outcome_unknown");
    }
}

TEST_CASE("jitter spreads by a quarter at most, whatever is drawn") {
    for (const int drawn : {-5, 0, 500, 999, 1'000'000}) {
        const auto wait = rules::wait_after_fault_ms(1, drawn);
        CHECK(wait >= 5 * second);
        CHECK(wait <= 6 * second + 250);
    }
    CHECK(rules::wait_after_fault_ms(100, 0) == 15 * minute);
}

TEST_CASE("given up before the try: too often broken off, or too old") {
    struct row {
        int tries;
        int strikes;
        base::epoch_ms age;
        const char* reason;  // "": go on
    };
    for (const auto& [tries, strikes, age, reason] : {
             row{1, 1, 0, ""},
             row{8, 8, hour, ""},
             row{9, 9, hour, "keeps_failing"},
             row{500, 1, 72 * hour, ""},
             row{500, 1, 72 * hour + 1, "too_old"},
             row{1, 1, 1000 * hour, ""},
             row{2, 1, 1000 * hour, "too_old"},
             row{2, 1, -hour, ""},
         }) {
        CAPTURE(tries);
        CAPTURE(strikes);
        const auto plan = rules::plan_before(tries, strikes, now - age, now);
        CHECK(plan.reason == reason);
        CHECK((plan.state == message_state::queued) == (plan.reason.empty()));
        if (!plan.reason.empty()) CHECK(plan.state == message_state::failed);
    }
}

TEST_CASE("states have names and come back from them") {
    for (const auto state :
         {message_state::queued,
          message_state::sent,
          message_state::skipped,
          message_state::failed}) {
        CHECK(rules::message_state_of(rules::name_of(state)) == state);
    }
}
