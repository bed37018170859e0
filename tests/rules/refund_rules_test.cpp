#include "server/rules/refund_rules.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using base::fen;
using rules::refund_part;
using rules::refund_verdict;

namespace {

constexpr base::epoch_ms noon = 1'795'320'000'000;
constexpr base::epoch_ms day = 24LL * 3600 * 1000;

// 1000 paid: 600 and 300 on two lines, 100 in suspense.
rules::refundable payment() {
    rules::refundable out;
    out.left = fen{1000};
    out.surplus_left = fen{100};
    out.paid_at = noon;
    out.lines = {{1, fen{600}}, {2, fen{300}}};
    return out;
}

struct row {
    const char* what;
    std::vector<refund_part> wanted;
    refund_verdict expected;
    std::int64_t total;
};

}  // namespace

TEST_CASE("a sum goes back from suspense first, whole or not at all") {
    const auto judged = rules::judge_sum(payment(), fen{750}, noon);
    REQUIRE(judged.parts.size() == 3);
    CHECK(judged.parts[0].line_no == 0);
    CHECK(judged.parts[2].amount == fen{50});
    CHECK(judged.total == fen{750});
    CHECK(judge_sum(payment(), fen{1001}, noon).verdict == refund_verdict::exceeds_what_is_left);
    CHECK(judge_sum(payment(), fen{0}, noon).verdict == refund_verdict::amount_not_positive);
    CHECK(judge_sum(payment(), fen{-5}, noon).verdict == refund_verdict::amount_not_positive);
    CHECK(judge_sum(payment(), fen{1}, noon + 365 * day).verdict == refund_verdict::too_old);
    auto empty = payment();
    empty.left = empty.surplus_left = fen{};
    empty.lines = {{1, fen{}}};
    CHECK(judge_sum(empty, fen{1}, noon).verdict == refund_verdict::nothing_left);
}

TEST_CASE("what may go back") {
    const row rows[] = {
        {"all that is left", {}, refund_verdict::ok, 1000},
        {"one line", {{1, fen{600}}}, refund_verdict::ok, 600},
        {"a part of a line", {{2, fen{1}}}, refund_verdict::ok, 1},
        {"suspense alone", {{0, fen{100}}}, refund_verdict::ok, 100},
        {"lines and suspense", {{2, fen{300}}, {0, fen{1}}}, refund_verdict::ok, 301},
        {"a fen too much", {{1, fen{601}}}, refund_verdict::exceeds_what_is_left, 0},
        {"of suspense too", {{0, fen{101}}}, refund_verdict::exceeds_what_is_left, 0},
        {"nothing", {{1, fen{0}}}, refund_verdict::amount_not_positive, 0},
        {"less than nothing", {{1, fen{-1}}}, refund_verdict::amount_not_positive, 0},
        {"no such line", {{3, fen{1}}}, refund_verdict::line_unknown, 0},
        {"the same line twice", {{1, fen{1}}, {1, fen{1}}}, refund_verdict::line_named_twice, 0},
    };
    for (const auto& one : rows) {
        CAPTURE(one.what);
        const auto judged = rules::judge_refund(payment(), one.wanted, noon + day);
        CHECK(judged.verdict == one.expected);
        if (one.expected == refund_verdict::ok) CHECK(judged.total == fen{one.total});
    }
}

TEST_CASE("what no line shows: other refunds, age, parts, money that is not settled") {
    auto of = payment();
    of.left = fen{599};
    CHECK(
        rules::judge_refund(of, {{1, fen{600}}}, noon).verdict ==
        refund_verdict::exceeds_what_is_left
    );
    of = payment();
    const auto year = 365 * day;
    CHECK(rules::judge_refund(of, {}, noon + year - 1).verdict == refund_verdict::ok);
    CHECK(rules::judge_refund(of, {}, noon + year).verdict == refund_verdict::too_old);
    of.parts = 49;
    CHECK(rules::judge_refund(of, {}, noon).verdict == refund_verdict::ok);
    of.parts = 50;
    CHECK(rules::judge_refund(of, {}, noon).verdict == refund_verdict::too_many_parts);
    of = payment();
    of.still_settling = true;
    CHECK(rules::judge_refund(of, {}, noon).verdict == refund_verdict::still_settling);
    of = {};
    of.paid_at = noon;
    CHECK(rules::judge_refund(of, {}, noon).verdict == refund_verdict::nothing_left);
}

TEST_CASE("a sum is spread over suspense and lines, never beyond them") {
    const auto spread = [](std::int64_t amount) {
        std::string out;
        for (const auto& part : rules::spread_refund(payment(), fen{amount})) {
            out += std::to_string(part.line_no) + "=" + std::to_string(part.amount.count()) + " ";
        }
        return out;
    };
    CHECK(spread(0) == "");
    CHECK(spread(100) == "0=100 ");
    CHECK(spread(101) == "0=100 1=1 ");
    CHECK(spread(1000) == "0=100 1=600 2=300 ");
    CHECK(spread(1001) == "0=100 1=600 2=300 ");
}

TEST_CASE("reasons decide what becomes of the bills; people choose among their own") {
    using enum rules::refund_reason;
    for (const auto reason : {mistake, overcharged, leaver, reduction}) {
        CHECK(rules::refund_reason_of(rules::name_of(reason)) == reason);
        CHECK(!rules::chinese_name_of(reason).empty());
    }
    for (const auto reason : {late_money, platform}) {
        CHECK(!rules::refund_reason_of(rules::name_of(reason)));
    }
    CHECK(rules::bills_after(mistake) == rules::bills_afterwards::due_again);
    CHECK(rules::bills_after(platform) == rules::bills_afterwards::due_again);
    for (const auto reason : {overcharged, leaver, reduction}) {
        CHECK(rules::bills_after(reason) == rules::bills_afterwards::settled);
    }
}

TEST_CASE("when WeChat is asked about a refund, and when it is tried again") {
    const auto question = [](int asked) { return rules::refund_question_wait_ms(asked) / 1000; };
    const std::int64_t expected[] = {60, 60, 60, 60, 60, 300, 600, 1200, 1800, 1800};
    for (int i = 0; i < 10; ++i) CHECK(question(i) == expected[i]);
    const auto retry = [](int tries) { return rules::refund_try_wait_ms(tries) / 1000; };
    const std::int64_t retries[] = {5, 10, 20, 40, 60, 60};
    for (int i = 0; i < 6; ++i) CHECK(retry(i) == retries[i]);
}
