#include "server/rules/leaver_rules.hpp"

#include <doctest/doctest.h>

using base::business_day;
using base::fen;
using rules::fee_category;
using rules::leaver_way;

namespace {

constexpr base::epoch_ms noon = 1'795'320'000'000;  // 2026-11-22 12:00 Beijing
constexpr base::epoch_ms day = 24LL * 3600 * 1000;
const std::string year = "2026-2027学年";

rules::leaver_bill tuition(std::int64_t due, std::int64_t paid, std::string period = year) {
    return {fee_category::tuition, std::move(period), fen{due}, fen{paid}, {}};
}

struct month_row {
    const char* what;
    std::string period;
    business_day left_on;
    int months;
    int used;
};

}  // namespace

TEST_CASE("a school year is ten months, and a month that has begun counts") {
    const month_row rows[] = {
        {"before it begins", year, {2026, 8, 31}, 10, 0},
        {"on its first day", year, {2026, 9, 1}, 10, 1},
        {"on the last of the month", year, {2026, 9, 30}, 10, 1},
        {"on the first of the next", year, {2026, 10, 1}, 10, 2},
        {"at the end of the calendar's year", year, {2026, 12, 31}, 10, 4},
        {"after new year", year, {2027, 1, 1}, 10, 5},
        {"in the last month but one", year, {2027, 5, 31}, 10, 9},
        {"in the last month", year, {2027, 6, 1}, 10, 10},
        {"in the holidays", year, {2027, 7, 15}, 10, 10},
        {"years later", year, {2030, 1, 1}, 10, 10},
        {"years before", year, {2024, 12, 1}, 10, 0},
        {"first term", year + "第一学期", {2026, 11, 3}, 5, 3},
        {"first term, over", year + "第一学期", {2027, 3, 1}, 5, 5},
        {"second term, not begun", year + "第二学期", {2027, 1, 31}, 5, 0},
        {"second term", year + "第2学期", {2027, 3, 31}, 5, 2},
    };
    for (const auto& one : rows) {
        CAPTURE(one.what);
        const auto share = share_of_leaver(tuition(1000, 1000, one.period), one.left_on, {});
        CHECK(share.way == leaver_way::by_month);
        CHECK(share.months == one.months);
        CHECK(share.used == one.used);
    }
}

TEST_CASE("a school decides which months do not count, and when its year begins") {
    const rules::leaver_rule winter{9, {2, 8}, true};
    CHECK(share_of_leaver(tuition(1000, 1000), {2027, 1, 31}, winter).used == 5);
    CHECK(share_of_leaver(tuition(1000, 1000), {2027, 2, 20}, winter).used == 5);
    CHECK(share_of_leaver(tuition(1000, 1000), {2027, 3, 1}, winter).used == 6);
    const rules::leaver_rule spring{3, {1, 2}, true};
    CHECK(share_of_leaver(tuition(1000, 1000), {2026, 3, 1}, spring).used == 1);
    const rules::leaver_rule none{9, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, true};
    CHECK(
        share_of_leaver(tuition(1000, 1000), {2027, 1, 1}, none).way == leaver_way::period_unknown
    );
}

TEST_CASE("what is kept and what goes back") {
    struct money_row {
        const char* what;
        std::int64_t due, paid, on_its_way, keep, back;
    };
    const business_day third_month{2026, 11, 22};
    const money_row rows[] = {
        {"paid in full", 530000, 530000, 0, 159000, 371000},
        {"paid less than was used", 530000, 100000, 0, 159000, 0},
        {"paid exactly what was used", 530000, 159000, 0, 159000, 0},
        {"paid a fen more", 530000, 159001, 0, 159000, 1},
        {"paid in part", 530000, 200000, 0, 159000, 41000},
        {"some of it is on its way back", 530000, 530000, 371000, 159000, 0},
        {"more than is due stands paid", 100000, 130000, 0, 30000, 100000},
        {"odd fen stay with the school", 999, 999, 0, 300, 699},
        {"one fen", 1, 1, 0, 1, 0},
        {"nothing is due any more", 0, 500, 0, 0, 500},
        {"nothing paid", 530000, 0, 0, 159000, 0},
    };
    for (const auto& one : rows) {
        CAPTURE(one.what);
        auto bill = tuition(one.due, one.paid);
        bill.on_its_way = fen{one.on_its_way};
        const auto share = share_of_leaver(bill, third_month, {});
        CHECK(share.used == 3);
        CHECK(share.keep == fen{one.keep});
        CHECK(share.back == fen{one.back});
    }
    CHECK(share_of_leaver(tuition(530000, 530000), {2026, 8, 1}, {}).back == fen{530000});
    CHECK(share_of_leaver(tuition(530000, 530000), {2027, 6, 1}, {}).back == fen{0});
}

TEST_CASE("other fees and other periods are left to people") {
    for (const auto* period :
         {"2026",
          "2026-2028学年",
          "2026-2027",
          "2026年秋",
          "2026-2027学年暑假",
          "abcd-2027学年",
          "2026-2027学年第三学期",
          ""}) {
        CAPTURE(period);
        const auto share = share_of_leaver(tuition(100, 100, period), {2026, 11, 1}, {});
        CHECK(share.way == leaver_way::period_unknown);
        CHECK(share.back == fen{0});
    }
    auto bill = tuition(100, 100);
    for (const auto category :
         {fee_category::other, fee_category::living, fee_category::enrolment}) {
        bill.category = category;
        CHECK(share_of_leaver(bill, {2026, 11, 1}, {}).way == leaver_way::not_by_month);
    }
    bill.category = fee_category::lodging;
    CHECK(share_of_leaver(bill, {2026, 11, 1}, {}).back == fen{70});
    CHECK(share_of_leaver(bill, {2026, 11, 1}, {9, {7, 8}, false}).way == leaver_way::not_by_month);
}

TEST_CASE("each figure says how it came about") {
    auto bill = tuition(530000, 530000);
    const auto whole = share_of_leaver(bill, {2026, 11, 22}, {});
    CHECK(
        how_of(bill, whole) ==
        "应缴5,300.00元，按10个月计，已用3个月（当月开始即计入），应收1,590.00元；"
        "已缴5,300.00元，应退3,710.00元"
    );
    bill.on_its_way = fen{100000};
    const auto less = share_of_leaver(bill, {2026, 11, 22}, {});
    CHECK(how_of(bill, less).find("其中退款途中1,000.00元") != std::string::npos);
    CHECK(rules::sentence_of({}).find("学费和住宿费按月计退剩余部分，一学年按10个月计") == 0);
    CHECK(rules::sentence_of({9, {7, 8}, false}).find("学费按月") == 0);
}

TEST_CASE("money goes back from the newest payment on, and WeChat's year is the end of it") {
    const std::vector<rules::leaver_source> sources{
        {"CP1", 1, fen{300}, noon - 100 * day, true},
        {"CP2", 2, fen{500}, noon - 10 * day, true},
        {"CP3", 1, fen{900}, noon - 365 * day, true},
        {"CP4", 1, fen{900}, noon - 5 * day, false},
    };
    const auto some = spread_leaver(fen{600}, sources, noon);
    REQUIRE(some.parts.size() == 2);
    CHECK(some.parts[0].order_no == "CP2");
    CHECK(some.parts[0].amount == fen{500});
    CHECK(some.parts[1].order_no == "CP1");
    CHECK(some.parts[1].amount == fen{100});
    CHECK(some.other_way == fen{0});
    const auto all = spread_leaver(fen{1000}, sources, noon);
    CHECK(all.total == fen{800});
    CHECK(all.other_way == fen{200});
    CHECK(spread_leaver(fen{0}, sources, noon).parts.empty());
    CHECK(rules::spread_leaver(fen{10}, {}, noon).other_way == fen{10});
}
