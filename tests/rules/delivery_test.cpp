#include "server/rules/delivery.hpp"

#include <vector>

#include <doctest/doctest.h>

using rules::delivery_end;
using rules::message_state;

TEST_CASE("what becomes of the notice of a top-up") {
    struct row {
        delivery_end end;
        message_state state;
        std::string_view reason;
    };
    const std::vector<row> table{
        {delivery_end::taken, message_state::sent, ""},
        {delivery_end::unsure, message_state::queued, "outcome_unknown"},
        {delivery_end::not_now, message_state::queued, "busy"},
        {delivery_end::not_trusted, message_state::queued, "settings"},
        {delivery_end::going_back, message_state::queued, "refund_under_way"},
        {delivery_end::refused, message_state::failed, "content_refused"},
        {delivery_end::gone_back, message_state::skipped, "refunded"},
        {delivery_end::gone_back_unsure, message_state::failed, "refunded_unsure"},
        {delivery_end::partly_gone_back, message_state::failed, "partly_refunded"},
        {delivery_end::not_found, message_state::failed, "not_found"},
    };
    for (const auto& one : table) {
        for (const int tries : {1, 5, 1000}) {
            const auto plan = rules::plan_after(one.end, tries, 0);
            CHECK(plan.state == one.state);
            CHECK(plan.reason == one.reason);
            CHECK((plan.wait_ms > 0) == (one.state == message_state::queued));
        }
    }
}

TEST_CASE("the waits widen and stay short enough for somebody who stands at the door") {
    base::epoch_ms before = 0;
    for (int tries = 1; tries < 100; ++tries) {
        const auto wait = rules::plan_after(delivery_end::unsure, tries, 0).wait_ms;
        CHECK(wait >= before);
        CHECK(wait <= 600'000);
        CHECK(rules::plan_after(delivery_end::unsure, tries, 999).wait_ms <= wait + wait / 4);
        before = wait;
    }
    CHECK(rules::plan_after(delivery_end::not_now, 1, 0).wait_ms == 5'000);
    CHECK(before == 600'000);
}

TEST_CASE("the answers of the other system") {
    for (const unsigned status : {401U, 403U}) {
        CHECK(rules::end_of_status(status) == delivery_end::not_trusted);
    }
    for (const unsigned status : {404U, 408U, 425U, 429U}) {
        CHECK(rules::end_of_status(status) == delivery_end::not_now);
    }
    for (const unsigned status : {400U, 409U, 422U}) {
        CHECK(rules::end_of_status(status) == delivery_end::refused);
    }
    // 200 without its word too.
    for (const unsigned status : {200U, 204U, 302U, 500U, 502U, 503U}) {
        CHECK(rules::end_of_status(status) == delivery_end::unsure);
    }
}

TEST_CASE("it is tried for a month, and not when it ends the process each time") {
    constexpr base::epoch_ms day = 86'400'000;
    CHECK(rules::plan_delivery(1, 1, 0, 90 * day).state == message_state::queued);
    CHECK(rules::plan_delivery(2, 1, 0, 30 * day).state == message_state::queued);
    CHECK(rules::plan_delivery(2, 1, 0, 30 * day + 1).reason == "too_old");
    CHECK(rules::plan_delivery(2, 20, 0, 0).state == message_state::queued);
    CHECK(rules::plan_delivery(2, 21, 0, 0).reason == "keeps_failing");
}
