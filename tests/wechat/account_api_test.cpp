// Calls to the official-account API: token, retry, OAuth, JS-SDK, messages.
#include <doctest/doctest.h>

#include "server/base/error.hpp"
#include "tests/wechat/fakes.hpp"
#include "tests/wechat/vectors.hpp"
#include "wechat/mp/access_token.hpp"
#include "wechat/mp/api.hpp"
#include "wechat/mp/customer_message.hpp"
#include "wechat/mp/errcodes.hpp"
#include "wechat/mp/jssdk.hpp"
#include "wechat/mp/oauth.hpp"
#include "wechat/mp/template_message.hpp"

using namespace wechat::mp;
using fakes::plain_answer;
using fakes::run;
using vectors::at;
using wechat::call_kind;
using wechat::transport_result;

namespace {

constexpr auto host = "http://127.0.0.1:8090";

class tokens final : public token_source {
public:
    std::string value = "T1";
    std::vector<std::string> refused;

    base::task<std::string> current() override { co_return value; }
    base::task<std::string> renew_after(std::string refused_token) override {
        refused.push_back(refused_token);
        value = "T2";
        co_return value;
    }
};

struct account {
    fakes::transport net;
    tokens source;
    api calls{net, std::string{host} + "/", source};
};

}  // namespace

TEST_CASE("the token call asks in normal mode and reads the seconds left") {
    fakes::transport net;
    net.then(plain_answer(200, R"({"access_token":"ACCESS","expires_in":7000})"));
    const auto came = run(fetch_access_token(net, host, "wx1", base::secret{"s\"x"}));
    REQUIRE(came.kind == call_kind::done);
    CHECK(came.value->token.reveal() == "ACCESS");
    CHECK(came.value->expires_in_s == 7000);
    CHECK(net.asked[0].method == "POST");
    CHECK(net.asked[0].url == "http://127.0.0.1:8090/cgi-bin/stable_token");
    CHECK(
        net.asked[0].body ==
        R"({"grant_type":"client_credential","appid":"wx1","secret":"s\"x","force_refresh":false})"
    );
}

TEST_CASE("answers of the platform are judged by errcode and by what must be there") {
    struct row {
        std::string name;
        transport_result answer;
        call_kind expected;
    };
    const row rows[] = {
        {"refused",
         plain_answer(200, R"({"errcode":40164,"errmsg":"invalid ip rid: 5f9a-1"})"),
         call_kind::refused},
        {"no token", plain_answer(200, "{}"), call_kind::unknown},
        {"busy",
         plain_answer(200, R"({"errcode":-1,"errmsg":"system error"})"),
         call_kind::unknown},
        {"html", plain_answer(200, "<html>"), call_kind::unknown},
        {"array", plain_answer(200, "[]"), call_kind::unknown},
        {"gateway", plain_answer(502, "{}"), call_kind::unknown},
        {"time-out", transport_result::unknown("timed out"), call_kind::unknown},
        {"not sent", transport_result::not_sent("name"), call_kind::unknown},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        fakes::transport net;
        net.then(expected.answer);
        const auto came = run(fetch_access_token(net, host, "wx1", base::secret{"s"}));
        CHECK(came.kind == expected.expected);
        CHECK(came.not_sent == (std::string{expected.name} == "not sent"));
        if (came.kind != call_kind::refused) continue;
        CHECK(came.why.code == "40164");
        CHECK(came.why.request_id == "5f9a-1");
        CHECK(find_errcode(came.why.code)->what == reaction::configuration);
    }
}

TEST_CASE("a refused token is renewed once and the call repeated once") {
    for (const auto* code : {"40001", "40014", "42001"}) {
        CAPTURE(code);
        account one;
        const auto refused =
            plain_answer(200, std::string{"{\"errcode\":"} + code + ",\"errmsg\":\"x\"}");
        SUBCASE("then it works") {
            one.net.then(refused);
            one.net.then(plain_answer(200, R"({"errcode":0,"errmsg":"ok"})"));
            const auto came = run(one.calls.post("/cgi-bin/x", "{\"a\":1}"));
            CHECK(came.kind == call_kind::done);
            REQUIRE(one.net.asked.size() == 2);
            CHECK(one.net.asked[0].url == "http://127.0.0.1:8090/cgi-bin/x?access_token=T1");
            CHECK(one.net.asked[1].url == "http://127.0.0.1:8090/cgi-bin/x?access_token=T2");
            CHECK(one.net.asked[1].body == "{\"a\":1}");
            CHECK(one.source.refused == std::vector<std::string>{"T1"});
        }
        SUBCASE("refused again: no third try") {
            one.net.then(refused);
            one.net.then(refused);
            const auto came = run(one.calls.get("/cgi-bin/x", "type=jsapi"));
            CHECK(came.kind == call_kind::refused);
            CHECK(one.net.asked.size() == 2);
            CHECK(one.net.asked[1].url.ends_with("?access_token=T2&type=jsapi"));
        }
    }
    account one;
    one.net.then(plain_answer(200, R"({"errcode":48001,"errmsg":"x"})"));
    CHECK(run(one.calls.get("/cgi-bin/x")).why.code == "48001");
    CHECK(one.net.asked.size() == 1);
}

TEST_CASE("oauth-authorize-url.json: byte for byte") {
    const auto file = vectors::json("official-account/oauth-authorize-url.json");
    REQUIRE(file["cases"].Size() == 3);
    for (const auto& one : file["cases"].GetArray()) {
        CAPTURE(at(one, "id"));
        authorize_request wanted;
        wanted.app_id = at(one, "appid");
        wanted.redirect_uri = at(one, "redirect_uri");
        wanted.scope = at(one, "scope");
        wanted.state = at(one, "state");
        wanted.connect_redirect = one["connect_redirect"].GetBool();
        CHECK(authorize_url("https://open.weixin.qq.com", wanted) == at(one, "url"));
        for (const auto* odd : {"", "a b", "a&scope=snsapi_userinfo", "状态"}) {
            wanted.state = odd;
            CHECK_THROWS_AS(authorize_url("https://open.weixin.qq.com", wanted), base::error);
        }
        wanted.state = std::string(129, 'a');
        CHECK_THROWS_AS(authorize_url("https://open.weixin.qq.com", wanted), base::error);
    }
}

TEST_CASE("every ending of a code exchange has its name") {
    struct row {
        std::string body;
        oauth_kind expected;
    };
    const row rows[] = {
        {R"({"access_token":"t","openid":"o1","scope":"snsapi_base"})", oauth_kind::identified},
        {R"({"access_token":"t","openid":"o1","scope":"snsapi_base","is_snapshotuser":1})",
         oauth_kind::snapshot},
        {R"({"access_token":"t"})", oauth_kind::unknown},
        {R"({"errcode":40029,"errmsg":"invalid code"})", oauth_kind::code_spent},
        {R"({"errcode":40163,"errmsg":"code been used"})", oauth_kind::code_spent},
        {R"({"errcode":42003,"errmsg":"expired"})", oauth_kind::code_spent},
        {R"({"errcode":41008,"errmsg":"missing"})", oauth_kind::code_spent},
        {R"({"errcode":40125,"errmsg":"invalid appsecret"})", oauth_kind::refused},
        {R"({"errcode":99999,"errmsg":"of tomorrow"})", oauth_kind::refused},
        {R"({"errcode":-1,"errmsg":"busy"})", oauth_kind::unknown},
        {"", oauth_kind::unknown},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.body);
        fakes::transport net;
        net.then(plain_answer(200, expected.body));
        const auto came = run(exchange_code(net, host, "wx1", base::secret{"s&t"}, "c d"));
        CHECK(came.kind == expected.expected);
        const bool named = came.kind == oauth_kind::identified || came.kind == oauth_kind::snapshot;
        CHECK(came.openid == (named ? "o1" : ""));
        CHECK(
            net.asked[0].url ==
            "http://127.0.0.1:8090/sns/oauth2/access_token?appid=wx1&secret=s%26t&code=c%20d"
            "&grant_type=authorization_code"
        );
    }
}

TEST_CASE("jssdk-signature.json and the published examples") {
    const auto file = vectors::json("official-account/jssdk-signature.json");
    REQUIRE(file["cases"].Size() == 5);
    for (const auto& one : file["cases"].GetArray()) {
        CAPTURE(at(one, "id"));
        const auto made = jssdk_signature(
            at(one, "jsapi_ticket"),
            at(one, "noncestr"),
            one["timestamp"].GetInt64(),
            at(one, "page_url")
        );
        CHECK(made == at(one, "signature"));
        for (const auto& wrong : file["wrong_results_to_recognise"].GetArray()) {
            CHECK(made != at(wrong, "signature"));
        }
    }
    const auto published = vectors::json("official-account/published-examples.json");
    for (const auto* name : {"jssdk_current", "jssdk_older"}) {
        const auto& one = published[name];
        CHECK(
            jssdk_signature(
                at(one, "jsapi_ticket"),
                at(one, "noncestr"),
                one["timestamp"].GetInt64(),
                at(one, "url")
            ) == at(one, "signature")
        );
    }
}

TEST_CASE("the ticket call") {
    account one;
    one.net.then(plain_answer(200, R"({"errcode":0,"errmsg":"ok","ticket":"K","expires_in":7200})")
    );
    const auto came = run(fetch_jsapi_ticket(one.calls));
    REQUIRE(came.kind == call_kind::done);
    CHECK(came.value->ticket == "K");
    CHECK(came.value->expires_in_s == 7200);
    CHECK(one.net.asked[0].url.ends_with("/cgi-bin/ticket/getticket?access_token=T1&type=jsapi"));
    one.net.then(plain_answer(200, R"({"errcode":0,"errmsg":"ok"})"));
    CHECK(run(fetch_jsapi_ticket(one.calls)).kind == call_kind::unknown);
}

TEST_CASE("customer and template messages are raw UTF-8, and fit their types") {
    account one;
    one.net.then(plain_answer(200, R"({"errcode":0,"errmsg":"ok"})"));
    CHECK(
        run(send_customer_text(one.calls, "o1", "缴费\n<a href=\"x\">y</a>")).kind ==
        call_kind::done
    );
    CHECK(
        one.net.asked[0].body ==
        "{\"touser\":\"o1\",\"msgtype\":\"text\",\"text\":{\"content\":\"缴费\\n<a "
        "href=\\\"x\\\">y</a>\"}}"
    );

    template_message wanted;
    wanted.openid = "o1";
    wanted.template_id = "TPL";
    wanted.client_msg_id = "pay-1";
    wanted.values = {{"thing1", "2026学年学费"}, {"amount2", "7000.00元"}, {"thing3", ""}};
    one.net.then(plain_answer(200, R"({"errcode":0,"errmsg":"ok","msgid":3428411849815982087})"));
    const auto sent = run(send_template_message(one.calls, wanted));
    REQUIRE(sent.kind == call_kind::done);
    CHECK(*sent.value == "3428411849815982087");
    CHECK(
        one.net.asked[1].body ==
        R"({"touser":"o1","template_id":"TPL","client_msg_id":"pay-1","data":{)"
        R"("thing1":{"value":"2026学年学费"},"amount2":{"value":"7000.00元"},"thing3":{"value":"无"}}})"
    );
    one.net.then(plain_answer(200, R"({"errcode":43004,"errmsg":"require subscribe"})"));
    const auto refused = run(send_template_message(one.calls, wanted));
    CHECK(find_errcode(refused.why.code)->what == reaction::drop_recipient);

    CHECK(
        fitting_value("thing1", "一二三四五六七八九十一二三四五六七八九十甲") ==
        "一二三四五六七八九十一二三四五六七八九…"
    );
    CHECK(fitting_value("thing1", " a\nb ") == "a b");
    CHECK(fitting_value("name4", "一二三四五六七八九十甲") == "一二三四五六七八九十");
    CHECK(fitting_value("character_string4", "") == "-");
    CHECK(fitting_value("time3", "2026年9月1日 15:01") == "2026年9月1日 15:01");
}

TEST_CASE("the account's own templates and their keys") {
    account one;
    one.net.then(plain_answer(
        200,
        R"({"template_list":[{"template_id":"T1","title":"缴费成功通知","content":)"
        R"("项目：{{thing1.DATA}}\n金额：{{amount2.DATA}}\n{{"},{"template_id":"T2"},7]})"
    ));
    const auto came = run(list_own_templates(one.calls));
    REQUIRE(came.kind == call_kind::done);
    REQUIRE(came.value->size() == 3);
    CHECK(came.value->at(0).id == "T1");
    CHECK(came.value->at(0).title == "缴费成功通知");
    CHECK(came.value->at(0).keys == std::vector<std::string>{"thing1", "amount2"});
    CHECK(came.value->at(1).keys.empty());
    CHECK(
        one.net.asked[0].url.find("/cgi-bin/template/get_all_private_template?") !=
        std::string::npos
    );
    one.net.then(plain_answer(200, "{}"));
    CHECK(run(list_own_templates(one.calls)).kind == call_kind::unknown);
    one.net.then(plain_answer(200, R"({"errcode":48001,"errmsg":"no"})"));
    CHECK(run(list_own_templates(one.calls)).why.code == "48001");
}

TEST_CASE("codes have sentences, unknown ones too") {
    CHECK(find_errcode("40018")->what == reaction::fix_content);
    CHECK(sentence_for("40018") == "一级菜单名称为空或过长（错误码 40018）");
    CHECK(find_errcode("1") == nullptr);
    CHECK(find_errcode("40018x") == nullptr);
    CHECK(sentence_for("12345").find("12345") != std::string::npos);
}
