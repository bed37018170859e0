#include "wechat/mp/menu.hpp"

#include <doctest/doctest.h>

#include "tests/wechat/fakes.hpp"

using namespace wechat::mp;
using fakes::plain_answer;
using fakes::run;
using wechat::call_kind;

namespace {

const std::string sample =
    R"({"button":[{"type":"view","name":"缴费入口","url":"https://pay.example.edu.cn/h5/?a=1&b=2"},)"
    R"({"name":"查询","sub_button":[{"type":"view","name":"欠费查询","url":"https://pay.example.edu.cn/h5/fees"},)"
    R"({"type":"click","name":"订单查询","key":"ORDERS"}]},)"
    R"({"type":"click","name":"帮助","key":"PAY_HELP"}]})";

class tokens final : public token_source {
public:
    base::task<std::string> current() override { co_return "T1"; }
    base::task<std::string> renew_after(std::string) override { co_return "T2"; }
};

struct account {
    fakes::transport net;
    tokens source;
    api calls{net, "http://127.0.0.1:8090", source};
};

menu one_button(const menu_button& one) {
    menu made;
    made.buttons.push_back(one);
    return made;
}

menu_button view(const std::string& name, const std::string& url) {
    menu_button made;
    made.type = "view";
    made.name = name;
    made.url = url;
    return made;
}

std::string first_problem(const menu& wanted, const std::vector<std::string>& hosts = {}) {
    const auto found = check_menu(wanted, hosts);
    return found.empty() ? "" : found[0].where + "：" + found[0].sentence;
}

}  // namespace

TEST_CASE("a menu is read and written as the platform spells it, raw UTF-8") {
    const auto read = read_menu(sample);
    REQUIRE(read);
    CHECK(write_menu(*read) == sample);
    CHECK(may_be_published(check_menu(*read, {"pay.example.edu.cn"})));
    CHECK(read_menu("{\"menu\":" + sample + "}"));
    CHECK_FALSE(read_menu("{}"));
    CHECK_FALSE(read_menu("[]"));
    CHECK_FALSE(read_menu("{\"button\":[1]}"));
    std::string deep = "{\"button\":[";
    for (int i = 0; i < 50; ++i) deep += "{\"name\":\"a\",\"sub_button\":[";
    for (int i = 0; i < 50; ++i) deep += "]}";
    CHECK_FALSE(read_menu(deep + "]}"));
}

TEST_CASE("limits are counted in bytes") {
    const std::string url = "https://pay.example.edu.cn/h5/";
    struct row {
        std::string name;
        menu wanted;
        std::string problem;  // "" none, "*" some
    };
    menu_button parent;
    parent.name = "查询";
    parent.sub_buttons = {view("一二三四五六七八", url)};
    auto long_sub = parent;
    long_sub.sub_buttons[0].name = std::string(61, 'a');
    auto six = parent;
    six.sub_buttons.assign(6, view("a", url));
    auto typed = parent;
    typed.type = "click";
    auto nested = parent;
    nested.sub_buttons[0].sub_buttons = {view("a", url)};
    menu_button click;
    click.name = "帮助";
    click.type = "click";
    auto long_key = click;
    long_key.key = std::string(129, 'k');
    auto good_key = click;
    good_key.key = std::string(128, 'k');
    menu_button odd = click;
    odd.type = "text";
    menu four;
    four.buttons.assign(4, view("a", url));
    menu_button mini = view("小程序", url);
    mini.type = "miniprogram";
    const row rows[] = {
        {"good", one_button(view("缴费入口", url)), ""},
        {"16 bytes", one_button(view("abcdefghijklmnop", url)), "*"},
        {"17 bytes",
         one_button(view("abcdefghijklmnopq", url)),
         "第1个菜单：名称过长：最多 16 字节（一个汉字 3 字节），现为 17 字节"},
        {"6 characters", one_button(view("一二三四五六", url)), "*"},
        {"no buttons", menu{}, "菜单：一级菜单应为 1 至 3 个"},
        {"four buttons", four, "菜单：一级菜单应为 1 至 3 个"},
        {"parent", one_button(parent), ""},
        {"long sub name", one_button(long_sub), "*"},
        {"six subs", one_button(six), "第1个菜单：子菜单应为 1 至 5 个"},
        {"typed parent", one_button(typed), "第1个菜单：有子菜单的菜单不能再设置动作"},
        {"two levels", one_button(nested), "第1个菜单的第1个子菜单：子菜单只能有一级"},
        {"no key", one_button(click), "第1个菜单：缺少 KEY"},
        {"long key", one_button(long_key), "第1个菜单：KEY 最多 128 字节"},
        {"good key", one_button(good_key), ""},
        {"website type", one_button(odd), "第1个菜单：不支持的动作类型：text"},
        {"no name", one_button(view("", url)), "第1个菜单：名称不能为空"},
        {"emoji", one_button(view("缴费🎓", url)), "第1个菜单：名称不能含控制字符或表情符号"},
        {"blank", one_button(view(" 缴费", url)), "第1个菜单：名称首尾不能有空格"},
        {"no url", one_button(view("缴费", "")), "第1个菜单：缺少链接"},
        {"http",
         one_button(view("缴费", "http://pay.example.edu.cn/")),
         "第1个菜单：链接应以 https:// 开头"},
        {"loopback", one_button(view("缴费", "http://127.0.0.1:8080/h5/")), ""},
        {"script", one_button(view("缴费", "javascript:alert(1)")), "*"},
        {"long url",
         one_button(view("缴费", url + std::string(1024, 'x'))),
         "第1个菜单：链接最多 1024 字节"},
        {"mini program", one_button(mini), "第1个菜单：缺少小程序的 AppID"},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        const auto problem = first_problem(expected.wanted);
        if (std::string{expected.problem} == "*") {
            CHECK(problem != "");
        } else {
            CHECK(problem == expected.problem);
        }
    }
    // Warnings do not stop a menu; errors do.
    CHECK(may_be_published(check_menu(one_button(view("一二三四五", url)), {})));
    CHECK_FALSE(may_be_published(check_menu(one_button(view("一二三四五六", url)), {})));
    CHECK(
        first_problem(one_button(view("缴费", url)), {"other.example.edu.cn"}) ==
        "第1个菜单：链接的域名不在允许的范围内：pay.example.edu.cn"
    );
}

TEST_CASE("create sends exactly the given bytes; get and delete name their endings") {
    account one;
    one.net.then(plain_answer(200, R"({"errcode":0,"errmsg":"ok"})"));
    CHECK(run(create_menu(one.calls, sample)).kind == call_kind::done);
    CHECK(one.net.asked[0].body == sample);
    CHECK(one.net.asked[0].url.find("/cgi-bin/menu/create?") != std::string::npos);
    one.net.then(plain_answer(200, R"({"errcode":40018,"errmsg":"invalid button name size"})"));
    CHECK(run(create_menu(one.calls, sample)).why.code == "40018");
    one.net.then(wechat::transport_result::unknown("timed out"));
    CHECK(run(create_menu(one.calls, sample)).kind == call_kind::unknown);

    one.net.then(plain_answer(200, "{\"menu\":" + sample + ",\"conditionalmenu\":[]}"));
    const auto got = run(get_menu(one.calls));
    REQUIRE(got.kind == call_kind::done);
    REQUIRE(got.value->has_value());
    CHECK(differences(read_menu(sample).value(), **got.value).empty());
    one.net.then(plain_answer(200, R"({"errcode":46003,"errmsg":"menu no exist"})"));
    const auto none = run(get_menu(one.calls));
    CHECK(none.kind == call_kind::done);
    CHECK_FALSE(none.value->has_value());
    one.net.then(plain_answer(200, R"({"errcode":48001,"errmsg":"api unauthorized"})"));
    CHECK(run(get_menu(one.calls)).kind == call_kind::refused);
    one.net.then(plain_answer(200, "{}"));
    CHECK(run(get_menu(one.calls)).kind == call_kind::unknown);
    one.net.then(plain_answer(200, R"({"errcode":0,"errmsg":"ok"})"));
    CHECK(run(delete_menu(one.calls)).kind == call_kind::done);
    CHECK(one.net.asked.back().method == "GET");
}

TEST_CASE("the live menu has another form, and may have been made in the website") {
    account one;
    one.net.then(plain_answer(
        200,
        R"({"is_menu_open":1,"selfmenu_info":{"button":[{"type":"view","name":"缴费入口","url":"https://a/"},)"
        R"({"name":"更多","sub_button":{"list":[{"type":"text","name":"简介","value":"x"},)"
        R"({"type":"news","name":"新闻","value":"y","news_info":{"list":[]}}]}}]}})"
    ));
    const auto got = run(get_live_menu(one.calls));
    REQUIRE(got.kind == call_kind::done);
    CHECK(got.value->open);
    REQUIRE(got.value->shown.buttons.size() == 2);
    CHECK(got.value->shown.buttons[1].sub_buttons.size() == 2);
    CHECK(got.value->website_made == std::vector<std::string>{"简介", "新闻"});
    CHECK_FALSE(read_live_menu("{}"));
    CHECK(read_live_menu(R"({"is_menu_open":0})")->shown.buttons.empty());
}

TEST_CASE("differences read like sentences") {
    const auto wanted = read_menu(sample).value();
    auto found = wanted;
    CHECK(differences(wanted, found).empty());
    found.buttons[0].url = "https://old/";
    found.buttons[1].sub_buttons.pop_back();
    found.buttons[2].name = "客服";
    CHECK(
        differences(wanted, found) ==
        std::vector<std::string>{
            "第1个菜单：链接应为“https://pay.example.edu.cn/h5/?a=1&b=2”，实际为“https://old/”",
            "缺少第2个菜单的第2个子菜单“订单查询”",
            "第3个菜单：名称应为“帮助”，实际为“客服”",
        }
    );
    CHECK(differences(menu{}, wanted).size() == 3);
    CHECK(differences(menu{}, wanted)[0] == "多出第1个菜单“缴费入口”");
}
