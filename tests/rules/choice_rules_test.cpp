#include "server/rules/choice_rules.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "server/rules/plain_text.hpp"
#include "server/rules/target_pattern.hpp"

using base::fen;
using rules::choice_item;
using rules::choice_state;
using rules::choice_verdict;
using rules::fee_category;

namespace {

constexpr base::epoch_ms now = 1'795'348'800'000;

choice_item item(fee_category category) {
    choice_item out;
    out.id = 1;
    out.name = "项目";
    out.category = category;
    if (category == fee_category::living) {
        out.least = fen{1000};
        out.most = fen{50000};
        out.target_label = "宿舍";
        out.target_hint = "如12-305";
        out.target_pattern = "9{1,2}-9{3}";
    } else {
        out.price = fen{10000};
    }
    return out;
}

rules::choice_wish wish(std::int64_t amount, std::string target = "") {
    return {fen{amount}, std::move(target), {}};
}

}  // namespace

TEST_CASE("what is offered") {
    CHECK(rules::is_offered(item(fee_category::other)));
    CHECK(rules::is_offered(item(fee_category::living)));
    CHECK(rules::is_offered(item(fee_category::enrolment)));
    CHECK(!rules::is_offered(item(fee_category::tuition)));
    CHECK(!rules::is_offered(item(fee_category::lodging)));
    auto one = item(fee_category::other);
    one.required = true;
    CHECK(!rules::is_offered(one));
    one = item(fee_category::other);
    one.price = fen{};
    CHECK(!rules::is_offered(one));
    one.price.reset();
    CHECK(!rules::is_offered(one));
    one = item(fee_category::enrolment);
    one.price = fen{};
    CHECK(rules::is_offered(one));
    one.price.reset();
    CHECK(!rules::is_offered(one));
    one = item(fee_category::living);
    one.most.reset();
    CHECK(!rules::is_offered(one));
    one = item(fee_category::living);
    one.most = fen{999};
    CHECK(!rules::is_offered(one));
}

TEST_CASE("windows, places and what a student reads") {
    auto one = item(fee_category::enrolment);
    CHECK(rules::state_of(one, now) == choice_state::open);
    CHECK(rules::note_of(one, choice_state::open) == "");
    one.open_from = now + 1;
    CHECK(rules::state_of(one, now) == choice_state::not_yet_open);
    CHECK(rules::note_of(one, choice_state::not_yet_open) == "2026-11-22开放，请届时办理");
    one.before_text = "九月开放";
    CHECK(rules::note_of(one, choice_state::not_yet_open) == "九月开放");
    CHECK(rules::state_of(one, now + 1) == choice_state::open);
    one.open_until = now + 2;
    CHECK(rules::state_of(one, now + 2) == choice_state::window_closed);
    CHECK(rules::note_of(one, choice_state::window_closed) == "已于2026-11-22截止");
    one.after_text = "下学期再来";
    CHECK(rules::note_of(one, choice_state::window_closed) == "下学期再来");
    one.capacity = 2;
    one.places_taken = 1;
    CHECK(rules::state_of(one, now + 1) == choice_state::open);
    CHECK(rules::places_left(one) == 1);
    one.places_taken = 2;
    CHECK(rules::state_of(one, now + 1) == choice_state::full);
    CHECK(rules::note_of(one, choice_state::full) == "名额已满");
    one.places_taken = 3;
    CHECK(rules::places_left(one) == 0);
    one.capacity.reset();
    CHECK(!rules::places_left(one));
    CHECK(rules::state_of(one, now + 1) == choice_state::open);
}

TEST_CASE("amounts") {
    struct row {
        fee_category category;
        std::int64_t amount;
        choice_verdict verdict;
    };
    const std::vector<row> table{
        {fee_category::other, 10000, choice_verdict::ok},
        {fee_category::other, 9999, choice_verdict::price_changed},
        {fee_category::enrolment, 0, choice_verdict::price_changed},
        {fee_category::living, 999, choice_verdict::amount_outside},
        {fee_category::living, 1000, choice_verdict::ok},
        {fee_category::living, 50000, choice_verdict::ok},
        {fee_category::living, 50001, choice_verdict::amount_outside},
        {fee_category::living, -1000, choice_verdict::amount_outside},
    };
    for (const auto& one : table) {
        const auto target = one.category == fee_category::living ? "12-305" : "";
        const auto judged = rules::judge_choice(item(one.category), wish(one.amount, target), now);
        CHECK(judged.verdict == one.verdict);
        CHECK(judged.sentence.empty() == (one.verdict == choice_verdict::ok));
    }
    const auto outside = rules::judge_choice(item(fee_category::living), wish(1, "12-305"), now);
    CHECK(outside.sentence == "金额应在10.00元到500.00元之间");
}

TEST_CASE("targets") {
    const auto judge = [](std::string target) {
        return rules::judge_choice(item(fee_category::living), wish(1000, std::move(target)), now);
    };
    CHECK(judge("12-305").verdict == choice_verdict::ok);
    CHECK(judge(" 2-305　").verdict == choice_verdict::ok);
    CHECK(judge("").verdict == choice_verdict::target_missing);
    CHECK(judge("  ").verdict == choice_verdict::target_missing);
    for (const auto* wrong :
         {"12-30", "123-305", "12-3055", "12 305", "12-30a", "12-305💥", "１２-305", "x"}) {
        CHECK(judge(wrong).verdict == choice_verdict::target_unfit);
    }
    CHECK(judge("x").sentence == "宿舍格式不正确，如12-305");
    CHECK(judge(std::string(1000, '1')).verdict == choice_verdict::target_unfit);
    auto any = item(fee_category::living);
    any.target_pattern.clear();
    const auto free = [&](std::string target) {
        return rules::judge_choice(any, wish(1000, std::move(target)), now).verdict;
    };
    CHECK(free("东区12栋305") == choice_verdict::ok);
    CHECK(free("💥") == choice_verdict::target_unfit);
    CHECK(free("a\nb") == choice_verdict::target_unfit);
    CHECK(free(std::string(41, 'a')) == choice_verdict::target_unfit);
    const auto none = rules::judge_choice(item(fee_category::other), wish(10000, "12-305"), now);
    CHECK(none.verdict == choice_verdict::target_unfit);
}

TEST_CASE("patterns are read, and the rest of the world is refused") {
    struct row {
        const char* pattern;
        const char* good;
        const char* bad;
        const char* expression;
    };
    const std::vector<row> table{
        {"9{8}", "12345678", "1234567", "^[0-9]{8}$"},
        {"9{1,2}-9{3}", "1-305", "1-30", "^[0-9]{1,2}-[0-9]{3}$"},
        {"A9{2,4}", "B123", "1123", "^[A-Za-z][0-9]{2,4}$"},
        {"N{3}", "a1B", "a1-", "^[0-9A-Za-z]{3}$"},
        {"\\A区9{1,2}栋9{3}", "A区3栋101", "B区3栋101", "^A区[0-9]{1,2}栋[0-9]{3}$"},
        {"9{1,3}9{2}", "123", "1", "^[0-9]{1,3}[0-9]{2}$"},
        {"9{0,1}x", "x", "99x", "^[0-9]{0,1}x$"},
        {"9.9", "1.2", "1x2", "^[0-9]\\.[0-9]$"},
    };
    for (const auto& one : table) {
        const auto pattern = rules::target_pattern_of(one.pattern);
        REQUIRE(pattern);
        CHECK(rules::fits(*pattern, one.good));
        CHECK(!rules::fits(*pattern, one.bad));
        CHECK(!rules::fits(*pattern, ""));
        CHECK(rules::expression_of(*pattern) == one.expression);
    }
    for (const auto* wrong :
         {"",
          "9{",
          "9}",
          "{3}",
          "9{3",
          "9{a}",
          "9{4,2}",
          "9{0}",
          "9{100}",
          "\\",
          "9{0,3}",
          "9{99}",
          "9{,3}",
          "9{3,}"}) {
        CHECK(!rules::target_pattern_of(wrong));
    }
}

TEST_CASE("forms are read") {
    std::string why;
    const auto form =
        rules::form_of("姓名拼音*:文本; 尺码＊：单选（S/M、L）；手机*:手机号;备注", why);
    REQUIRE(form);
    REQUIRE(form->size() == 4);
    CHECK((*form)[0].label == "姓名拼音");
    CHECK((*form)[0].required);
    CHECK((*form)[1].kind == rules::field_kind::choice);
    CHECK((*form)[1].options == std::vector<std::string>{"S", "M", "L"});
    CHECK((*form)[2].kind == rules::field_kind::phone);
    CHECK((*form)[3].kind == rules::field_kind::text);
    CHECK(!(*form)[3].required);
    CHECK(rules::form_of("", why)->empty());
    for (const auto* wrong :
         {"姓名:数组",
          "*:文本",
          "尺码:单选",
          "尺码:单选(S)",
          "尺码:单选(S/M",
          "甲:文本(1/2)",
          "甲:文本;甲:文本",
          "💥:文本",
          "一二三四五六七八九十一二三四五六七八九十一:文本",
          "1;2;3;4;5;6;7;8;9;10;11;12;13"}) {
        why.clear();
        CHECK(!rules::form_of(wrong, why));
        CHECK(why != "");
    }
}

TEST_CASE("answers") {
    std::string why;
    const auto form = rules::form_of(
        "姓名*:文本;尺码*:单选(S/M);手机:手机号;人数:数字;日期:日期;证件:证件号码", why
    );
    REQUIRE(form);
    const auto today = base::business_day_of(now);
    const auto flaw = [&](rules::answers given) {
        given.emplace("姓名", "甲");
        given.emplace("尺码", "S");
        return rules::flaw_of(*form, given, today);
    };
    CHECK(flaw({}) == "");
    CHECK(rules::flaw_of(*form, {}, today) == "请填写“姓名”");
    CHECK(flaw({{"姓名", " 　"}}) == "请填写“姓名”");
    CHECK(flaw({{"尺码", "XL"}}) == "“尺码”请从给出的选项中选择");
    CHECK(flaw({{"姓名", std::string(101, 'a')}}) == "“姓名”过长，最多100个字");
    CHECK(flaw({{"姓名", "甲💥"}}) == "“姓名”含有表情或不能使用的字符");
    CHECK(flaw({{"姓名", "𠮷"}}) == "");
    CHECK(flaw({{"手机", "13800000000"}}) == "");
    CHECK(flaw({{"手机", "1380000000"}}) == "“手机”应为11位手机号");
    CHECK(flaw({{"人数", "-1.5"}}) == "");
    CHECK(flaw({{"人数", "1e5"}}) == "“人数”应为数字");
    CHECK(flaw({{"日期", "2028-02-29"}}) == "");
    CHECK(flaw({{"日期", "2026-02-29"}}) == "“日期”应为如2026-09-01的日期");
    CHECK(flaw({{"日期", "2026-9-1"}}) == "“日期”应为如2026-09-01的日期");
    CHECK(flaw({{"证件", "220101200605180611"}}) == "“证件”不是正确的证件号码");
    CHECK(flaw({{"鞋码", "42"}}) == "报名表已更新，请刷新后重新填写");
}

TEST_CASE("answers are packed and unpacked") {
    const rules::answers given{{"甲", " 1 "}, {"乙", "="}, {"丙", "  "}};
    const auto kept = rules::tidy(given);
    CHECK(kept == rules::answers{{"甲", "1"}, {"乙", "="}});
    CHECK(rules::unpacked(rules::packed(kept)) == kept);
    CHECK(rules::packed({}) == "");
    CHECK(rules::unpacked("").empty());
}
