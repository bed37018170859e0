#include "server/rules/operator_form.hpp"

#include <doctest/doctest.h>

#include "server/rules/browser_name.hpp"

using rules::operator_role;

TEST_CASE("login names are small letters, digits, dots and dashes, from a letter on") {
    for (const auto* good :
         {"li", "wang.fang", "caiwu-2", "a1", "abcdefghijklmnopqrstuvwxyz012345"}) {
        CHECK_MESSAGE(rules::flaw_of_operator_name(good).empty(), good);
    }
    for (const auto* bad :
         {"",
          "a",
          "Li",
          "1li",
          ".li",
          "李",
          "li ming",
          "li_ming",
          "li:ming",
          "li\n",
          "abcdefghijklmnopqrstuvwxyz0123456"}) {
        CHECK_MESSAGE(!rules::flaw_of_operator_name(bad).empty(), bad);
    }
    CHECK(rules::normal_operator_name("  Wang.Fang　") == "wang.fang");
    CHECK(rules::normal_operator_name("   ").empty());
}

TEST_CASE("a form says what is wrong with it") {
    rules::operator_form form{"王芳", operator_role::finance, {"汽车工程学院", "轨道交通学院"}};
    CHECK(rules::flaw_of(form).empty());
    form.colleges.emplace_back("汽车工程学院");
    CHECK(rules::flaw_of(form) == "同一个学院只能选择一次");
    form.colleges.assign(51, "x");
    CHECK_FALSE(rules::flaw_of(form).empty());
    form.colleges = {" x"};
    CHECK_FALSE(rules::flaw_of(form).empty());
    // An admin of one college could give himself the others.
    form = {"王芳", operator_role::admin, {"汽车工程学院"}};
    CHECK(rules::flaw_of(form) == "管理员不限学院，请不要选择学院");
    form.colleges.clear();
    CHECK(rules::flaw_of(form).empty());
    for (const auto* bad : {"", " ", "王芳 ", "王\n芳", "💥", "王\xE2\x80\x8B芳"}) {
        form.display_name = bad;
        CHECK_MESSAGE(!rules::flaw_of(form).empty(), bad);
    }
    form.display_name.clear();
    for (int i = 0; i < 32; ++i) form.display_name += "王";
    CHECK(rules::flaw_of(form).empty());
    form.display_name += "王";
    CHECK_FALSE(rules::flaw_of(form).empty());
}

TEST_CASE("an operator's password is longer than a student's and not his name") {
    CHECK(rules::flaw_of_operator_password("river-42-stone", "wang.fang").empty());
    CHECK(rules::flaw_of_operator_password("river-42-", "wang.fang") == "新密码至少 10 位");
    CHECK(
        rules::flaw_of_operator_password("xx-Wang.Fang-1", "wang.fang") == "新密码不能包含登录名"
    );
    CHECK_FALSE(rules::flaw_of_operator_password("1234567890123", "wang.fang").empty());
    CHECK_FALSE(rules::flaw_of_operator_password("river 42 stone", "wang.fang").empty());
}

TEST_CASE("a browser is named by words of ours alone") {
    CHECK(
        rules::browser_name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, "
                            "like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0") == "Edge · Windows"
    );
    CHECK(
        rules::browser_name("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
        ) == "Firefox · Linux"
    );
    CHECK(rules::browser_name("curl/8 <script>") == "其他浏览器");
    CHECK(rules::browser_name("") == "其他浏览器");
}
