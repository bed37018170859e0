#include "server/rules/fee_rules.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using base::fen;
using rules::bill;
using rules::bill_standing;
using rules::fee_category;
using rules::selection_verdict;

namespace {

constexpr base::epoch_ms now = 1'795'348'800'000;

bill owing(std::int64_t id, std::int64_t due, std::int64_t paid = 0) {
    bill one;
    one.id = id;
    one.item_name = "学费";
    one.period = "2026-2027";
    one.mch_id = "1900000001";
    one.due = fen{due};
    one.paid = fen{paid};
    return one;
}

bill in_window(std::optional<base::epoch_ms> from, std::optional<base::epoch_ms> until) {
    auto one = owing(1, 100);
    one.open_from = from;
    one.open_until = until;
    return one;
}

bill in_order(bill one) {
    one.live_order_no = "CP1";
    return one;
}

bill at_merchant(bill one, const std::string& mch_id) {
    one.mch_id = mch_id;
    return one;
}

// All of each, no rule of the school.
rules::selection judge(const std::vector<bill>& chosen, fen seen, base::epoch_ms at) {
    std::vector<rules::wish> wishes;
    for (const auto& one : chosen) wishes.push_back({one, {}});
    return rules::judge_selection(wishes, {}, seen, at, {});
}

}  // namespace

TEST_CASE("categories have an English name, a Chinese one, and are found by either") {
    struct row {
        fee_category category;
        std::string name;
        std::string chinese;
    };
    std::set<std::string> words;
    for (const auto& [category, name, chinese] : {
             row{fee_category::tuition, "tuition", "学费"},
             row{fee_category::lodging, "lodging", "住宿费"},
             row{fee_category::other, "other", "其他"},
             row{fee_category::living, "living", "生活"},
             row{fee_category::enrolment, "enrolment", "报名"},
         }) {
        CAPTURE(name);
        CHECK(rules::name_of(category) == name);
        CHECK(rules::chinese_name_of(category) == chinese);
        CHECK(rules::fee_category_of(name) == category);
        CHECK(rules::fee_category_of(chinese) == category);
        words.insert(name);
        words.insert(chinese);
    }
    CHECK(words.size() == 10);
    for (const std::string word : {"", "学费 ", "Tuition", "books"}) {
        CAPTURE(word);
        CHECK_FALSE(rules::fee_category_of(word));
    }
}

TEST_CASE("owed is due minus paid, never below nothing") {
    struct row {
        std::int64_t due, paid, expected;
    };
    for (const auto& [due, paid, expected] : {
             row{700'000, 0, 700'000},
             row{700'000, 1, 699'999},
             row{700'000, 700'000, 0},
             row{700'000, 700'001, 0},
             row{0, 0, 0},
             row{-500, 0, 0},
         }) {
        CAPTURE(due);
        CAPTURE(paid);
        CHECK(rules::owed_of(owing(1, due, paid)) == fen{expected});
    }
}

TEST_CASE("how a bill stands") {
    struct row {
        std::string name;
        bill one;
        bill_standing expected;
    };
    for (const auto& [name, one, expected] : std::vector<row>{
             {"owed", owing(1, 100), bill_standing::payable},
             {"partly paid", owing(1, 100, 40), bill_standing::payable},
             {"paid", owing(1, 100, 100), bill_standing::settled},
             {"overpaid", owing(1, 100, 120), bill_standing::settled},
             {"nothing due", owing(1, 0), bill_standing::settled},
             {"in an order", in_order(owing(1, 100)), bill_standing::in_order},
             {"paid, order still named", in_order(owing(1, 100, 100)), bill_standing::settled},
             {"before its window", in_window(now + 1, {}), bill_standing::not_yet_open},
             {"first instant", in_window(now, {}), bill_standing::payable},
             {"last instant", in_window({}, now + 1), bill_standing::payable},
             {"end of its window", in_window({}, now), bill_standing::window_closed},
             {"inside", in_window(now - 1, now + 1), bill_standing::payable},
             {"an empty window", in_window(now, now), bill_standing::window_closed},
             {"order outlives the window",
              in_order(in_window({}, now - 1)),
              bill_standing::in_order},
         }) {
        CAPTURE(name);
        CHECK(rules::standing_of(one, now) == expected);
    }
}

TEST_CASE("the wish to be paid by a day closes nothing") {
    auto one = owing(1, 100);
    one.pay_before = now - 1;
    CHECK(rules::standing_of(one, now) == bill_standing::payable);
}

TEST_CASE("people see the newest period first, then the order of settlement, then the name") {
    const auto make = [](std::int64_t id, std::string period, int order, std::string name) {
        auto one = owing(id, 100);
        one.period = std::move(period);
        one.settle_order = order;
        one.item_name = std::move(name);
        return one;
    };
    const std::vector<bill> expected{
        make(9, "2026-2027", 10, "学费"),
        make(2, "2026-2027", 20, "A"),
        make(1, "2026-2027", 20, "B"),
        make(3, "2026-2027", 20, "B"),
        make(4, "2025-2026", 10, "学费"),
    };
    auto bills = expected;
    std::mt19937 draw{3};
    for (int i = 0; i < 100; ++i) {
        std::shuffle(bills.begin(), bills.end(), draw);
        rules::sort_for_display(bills);
        for (std::size_t at = 0; at < bills.size(); ++at) CHECK(bills[at].id == expected[at].id);
    }
}

TEST_CASE("what may be paid together") {
    struct row {
        std::string name;
        std::vector<bill> chosen;
        std::int64_t seen;
        selection_verdict verdict;
        std::int64_t which;
        std::int64_t total;
    };
    const auto first = owing(1, 500'000);
    const auto second = owing(2, 120'000, 20'000);
    const std::vector<bill> fifty_one(rules::order_lines_max + 1, owing(1, 1));
    auto early = owing(3, 100);
    early.open_from = now + 1;
    for (const auto& [name, chosen, seen, verdict, which, total] : std::vector<row>{
             {"one", {first}, 500'000, selection_verdict::ok, 0, 500'000},
             {"two, one partly paid", {first, second}, 600'000, selection_verdict::ok, 0, 600'000},
             {"nothing", {}, 0, selection_verdict::nothing_selected, 0, 0},
             {"less was seen", {first}, 499'999, selection_verdict::total_differs, 0, 500'000},
             {"more was seen", {first}, 500'001, selection_verdict::total_differs, 0, 500'000},
             {"settled", {first, owing(7, 5, 5)}, 500'000, selection_verdict::not_payable, 7, 0},
             {"too early", {early}, 100, selection_verdict::not_payable, 3, 0},
             {"too late", {in_window({}, now)}, 100, selection_verdict::not_payable, 1, 0},
             {"in another order",
              {first, in_order(second)},
              600'000,
              selection_verdict::in_live_order,
              2,
              0},
             {"two receivers",
              {first, at_merchant(second, "1900000002")},
              600'000,
              selection_verdict::several_merchants,
              2,
              0},
             {"two receivers, first of the other kind",
              {at_merchant(first, "1900000002"), second},
              600'000,
              selection_verdict::several_merchants,
              2,
              0},
         }) {
        CAPTURE(name);
        const auto judged = judge(chosen, fen{seen}, now);
        CHECK(judged.verdict == verdict);
        CHECK(judged.which == which);
        CHECK(judged.total == fen{total});
    }
    CHECK(judge(fifty_one, fen{51}, now).verdict == selection_verdict::too_many);
    // Fifty different ones are still taken.
    std::vector<bill> different;
    for (std::int64_t id = 1; id <= 50; ++id) different.push_back(owing(id, 1));
    CHECK(judge(different, fen{50}, now).verdict == selection_verdict::ok);
}

TEST_CASE("the same bill twice is not two debts") {
    const auto judged = judge({owing(1, 500), owing(2, 100), owing(1, 500)}, fen{1100}, now);
    CHECK(judged.verdict == selection_verdict::not_payable);
    CHECK(judged.which == 1);
}

TEST_CASE("an accepted selection is the exact sum of what is owed") {
    std::mt19937_64 draw{11};
    for (int round = 0; round < 2000; ++round) {
        std::vector<bill> chosen;
        std::int64_t sum = 0;
        const auto count = 1 + draw() % rules::order_lines_max;
        for (std::size_t i = 0; i < count; ++i) {
            const auto due = static_cast<std::int64_t>(1 + draw() % 1'000'000);
            const auto paid = static_cast<std::int64_t>(draw() % static_cast<unsigned>(due));
            chosen.push_back(owing(static_cast<std::int64_t>(i) + 1, due, paid));
            sum += due - paid;
        }
        const auto judged = judge(chosen, fen{sum}, now);
        REQUIRE(judged.verdict == selection_verdict::ok);
        REQUIRE(judged.total == fen{sum});
    }
}

TEST_CASE("a loan covers its part until its day, and then no more") {
    struct row {
        std::string name;
        std::int64_t loan, until, payable;
        bill_standing standing;
        bool ticked;
    };
    for (const auto& [name, loan, until, payable, standing, ticked] : std::vector<row>{
             {"none", 0, now + 1, 700, bill_standing::payable, true},
             {"part", 300, now + 1, 400, bill_standing::payable, true},
             {"all", 700, now + 1, 0, bill_standing::covered, false},
             {"more than all", 900, now + 1, 0, bill_standing::covered, false},
             {"its day has come", 700, now, 700, bill_standing::payable, true},
             {"long over", 700, now - 1, 700, bill_standing::payable, true},
         }) {
        CAPTURE(name);
        auto one = owing(1, 1000, 300);
        one.loan = fen{loan};
        one.loan_until = until;
        CHECK(rules::payable_of(one, now) == fen{payable});
        CHECK(rules::covered_of(one, now) == fen{700 - payable});
        CHECK(rules::standing_of(one, now) == standing);
        CHECK(rules::ticked_at_first(one, now) == ticked);
        CHECK(rules::owed_of(one) == fen{700});
    }
}

TEST_CASE("a deferred bill may be paid, and is not ticked by itself") {
    auto one = owing(1, 100);
    one.deferred_until = now + 1;
    CHECK(rules::standing_of(one, now) == bill_standing::payable);
    CHECK_FALSE(rules::ticked_at_first(one, now));
    one.deferred_until = now;
    CHECK(rules::ticked_at_first(one, now));
    one.required = false;
    CHECK_MESSAGE(rules::ticked_at_first(one, now), "what the school charges, required or not");
}

TEST_CASE("a part of a bill, where it allows parts") {
    struct row {
        std::string name;
        bool allowed;
        std::int64_t part;
        selection_verdict verdict;
    };
    for (const auto& [name, allowed, part, verdict] : std::vector<row>{
             {"all of it", false, 50'000, selection_verdict::ok},
             {"a part", true, 20'000, selection_verdict::ok},
             {"the least part", true, 10'000, selection_verdict::ok},
             {"too little", true, 9'999, selection_verdict::part_not_allowed},
             {"nothing", true, 0, selection_verdict::part_not_allowed},
             {"less than nothing", true, -1, selection_verdict::part_not_allowed},
             {"more than is payable", true, 50'001, selection_verdict::part_not_allowed},
             {"not where it is not allowed", false, 20'000, selection_verdict::part_not_allowed},
         }) {
        CAPTURE(name);
        auto one = owing(1, 60'000);
        one.loan = fen{10'000};
        one.loan_until = now + 1;
        one.partial_allowed = allowed;
        const std::vector<rules::wish> wishes{{one, fen{part}}};
        const auto judged = rules::judge_selection(wishes, {}, fen{part}, now, {});
        CHECK(judged.verdict == verdict);
        if (verdict == selection_verdict::ok) CHECK(judged.amounts == std::vector{fen{part}});
    }
    auto rest = owing(1, 100);
    rest.partial_allowed = true;
    CHECK_MESSAGE(judge({rest}, fen{100}, now).verdict == selection_verdict::ok, "a small rest");
}

TEST_CASE("where the school wants it, earlier arrears come first") {
    const auto of_period = [](std::int64_t id, std::string period) {
        auto one = owing(id, 50'000);
        one.period = std::move(period);
        return one;
    };
    const auto now_due = of_period(2, "2026-2027");
    struct row {
        std::string name;
        bill older;
        std::vector<rules::wish> chosen;
        selection_verdict verdict;
    };
    const auto older = of_period(1, "2025-2026");
    auto deferred = older;
    deferred.deferred_until = now + 1;
    auto optional = older;
    optional.required = false;
    auto covered = older;
    covered.loan = fen{50'000};
    covered.loan_until = now + 1;
    auto in_parts = older;
    in_parts.partial_allowed = true;
    for (const auto& [name, debt, chosen, verdict] : std::vector<row>{
             {"left behind", older, {{now_due, {}}}, selection_verdict::arrears_first},
             {"alone", older, {{older, {}}}, selection_verdict::ok},
             {"together", older, {{older, {}}, {now_due, {}}}, selection_verdict::ok},
             {"in part only",
              in_parts,
              {{in_parts, fen{20'000}}, {now_due, {}}},
              selection_verdict::arrears_first},
             {"deferred", deferred, {{now_due, {}}}, selection_verdict::ok},
             {"optional", optional, {{now_due, {}}}, selection_verdict::ok},
             {"a loan pays it", covered, {{now_due, {}}}, selection_verdict::ok},
             {"in an order that somebody has begun",
              in_order(older),
              {{now_due, {}}},
              selection_verdict::ok},
         }) {
        CAPTURE(name);
        fen sum;
        for (const auto& one : chosen) sum += one.part.value_or(rules::payable_of(one.of, now));
        const std::vector<bill> unsettled{debt, now_due};
        const auto strict = rules::judge_selection(chosen, unsettled, sum, now, {true});
        CHECK(strict.verdict == verdict);
        if (verdict == selection_verdict::arrears_first) CHECK(strict.which == 1);
        const auto easy = rules::judge_selection(chosen, unsettled, sum, now, {false});
        CHECK(easy.verdict == selection_verdict::ok);
    }
}
