#include "wechat/pay/orders.hpp"

#include <doctest/doctest.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "tests/wechat/fakes.hpp"
#include "tests/wechat/vectors.hpp"

using namespace wechat::pay;
using fakes::plain_answer;
using fakes::run;
using fakes::signed_answer;
using wechat::transport_result;

namespace {

struct shop {
    explicit shop(vectors::mode how = vectors::mode::both, const std::string& backup = {})
        : who{with_backup(how, backup), vectors::app_id} {}

    static base::merchant_conf with_backup(vectors::mode how, const std::string& backup) {
        auto conf = vectors::merchant_conf(how);
        conf.backup_api_base = backup;
        return conf;
    }

    merchant who;
    fakes::transport net;
    client calls{who, net, fakes::fixed_sources()};
    orders desk{calls};
};

order_facts facts() {
    order_facts made;
    made.out_trade_no = "JLCP20261122AB_0001";
    made.description = "2026-2027学年学费";
    made.amount = base::fen{560000};
    made.expires_at = (vectors::base_s + 1800) * 1000;
    made.notify_url = "https://pay.example.edu.cn/wechat/pay/notify";
    return made;
}

const std::string paid_trade =
    R"({"appid":"wx0123456789abcdef","mchid":"1699999901","out_trade_no":"JLCP20261122AB_0001",)"
    R"("transaction_id":"4200002611202611221234567890","trade_type":"NATIVE","trade_state":"SUCCESS",)"
    R"("trade_state_desc":"支付成功","bank_type":"OTHERS","attach":"","tomorrow":{"new":1},)"
    R"("success_time":"2026-11-22T11:59:58.250Z","payer":{"openid":"oTEST"},)"
    R"("amount":{"total":560000,"payer_total":559000,"currency":"CNY","payer_currency":"CNY"}})";

std::string error_body(const std::string& code) {
    return "{\"code\":\"" + code + "\",\"message\":\"说明\"}";
}

}  // namespace

TEST_CASE("order bodies hold what WeChat wants and nothing else") {
    const shop one;
    CHECK(
        jsapi_order_body(one.who, facts(), "oTEST") ==
        R"({"appid":"wx0123456789abcdef","mchid":"1699999901","description":"2026-2027学年学费",)"
        R"("out_trade_no":"JLCP20261122AB_0001","time_expire":"2026-11-22T20:30:00+08:00",)"
        R"("notify_url":"https://pay.example.edu.cn/wechat/pay/notify",)"
        R"("amount":{"total":560000,"currency":"CNY"},"payer":{"openid":"oTEST"}})"
    );
    auto native = facts();
    native.attach = "a";
    const auto body = native_order_body(one.who, native);
    CHECK(body.find("payer") == std::string::npos);
    CHECK(body.find(R"("attach":"a")") != std::string::npos);
}

TEST_CASE("fields that WeChat would refuse do not leave the house") {
    const shop one;
    const auto refused = [&one](void (*change)(order_facts&)) {
        auto changed = facts();
        change(changed);
        try {
            native_order_body(one.who, changed);
            return false;
        } catch (const base::error&) {
            return true;
        }
    };
    CHECK(refused([](order_facts& f) { f.description = ""; }));
    CHECK(refused([](order_facts& f) { f.description = std::string(128, 'x'); }));
    CHECK(refused([](order_facts& f) { f.description = "学费🎓"; }));
    CHECK(refused([](order_facts& f) { f.description = "\xff"; }));
    CHECK(refused([](order_facts& f) { f.out_trade_no = "short"; }));
    CHECK(refused([](order_facts& f) { f.out_trade_no = std::string(33, 'A'); }));
    CHECK(refused([](order_facts& f) { f.out_trade_no = "中文订单号"; }));
    CHECK(refused([](order_facts& f) { f.amount = base::fen{0}; }));
    CHECK(refused([](order_facts& f) { f.amount = base::fen{-1}; }));
    CHECK(refused([](order_facts& f) { f.expires_at = 0; }));
    CHECK(refused([](order_facts& f) { f.notify_url = "http://pay.example.edu.cn/n"; }));
    CHECK(refused([](order_facts& f) { f.notify_url += "?a=1"; }));
    CHECK(refused([](order_facts& f) { f.attach = std::string(129, 'x'); }));
    CHECK_FALSE(refused([](order_facts& f) { f.notify_url = "http://127.0.0.1:8080/n"; }));
    CHECK_FALSE(refused([](order_facts& f) { f.description = std::string(127, 'x'); }));
    CHECK_THROWS_AS(jsapi_order_body(one.who, facts(), ""), base::error);
}

TEST_CASE("descriptions are cleaned between characters") {
    CHECK(clean_description("学费、住宿费") == "学费、住宿费");
    CHECK(clean_description("学费🎓`a`\n\x7f") == "学费a");
    CHECK(clean_description("a\xff\xe5") == "a");
    std::string many;
    for (int i = 0; i < 60; ++i) many += "费";
    CHECK(clean_description(many).size() == 126);
    CHECK(base::is_utf8(clean_description(many)));
}

TEST_CASE("an order is prepared by a verified answer, sent signed and unchanged") {
    shop one;
    const std::string body = "{\"kept\":\"as stored\" }\n";
    one.net.then(signed_answer(200, R"({"prepay_id":"wx22200000000000"})"));
    const auto made = run(one.desk.prepare_jsapi(body));
    CHECK(made.kind == prepare_kind::prepared);
    CHECK(made.prepay_id == "wx22200000000000");
    REQUIRE(one.net.asked.size() == 1);
    const auto& sent = one.net.asked[0];
    CHECK(sent.method == "POST");
    CHECK(sent.url == "http://127.0.0.1:1/v3/pay/transactions/jsapi");
    CHECK(sent.body == body);
    CHECK(wechat::find_header(sent.headers, "Wechatpay-Serial") == vectors::public_key_id);
    CHECK(wechat::find_header(sent.headers, "Accept") == "application/json");
    CHECK(wechat::find_header(sent.headers, "Content-Type") == "application/json");
    const auto expected = one.who.hand().authorization(
        "POST",
        "/v3/pay/transactions/jsapi",
        vectors::base_s + 1,
        "5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A",
        body
    );
    CHECK(wechat::find_header(sent.headers, "Authorization") == expected);

    one.net.then(signed_answer(200, R"({"code_url":"weixin://wxpay/bizpayurl?pr=x"})"));
    const auto native = run(one.desk.prepare_native(body));
    CHECK(native.kind == prepare_kind::prepared);
    CHECK(native.code_url == "weixin://wxpay/bizpayurl?pr=x");
}

TEST_CASE("every ending of an order call has its name") {
    struct row {
        std::string name;
        transport_result answer;
        prepare_kind expected;
    };
    const auto stale = signed_answer(200, R"({"prepay_id":"x"})", vectors::base_s - 600);
    auto tampered = signed_answer(200, R"({"prepay_id":"x"})");
    tampered.answer.body = R"({"prepay_id":"y"})";
    auto tampered_error = signed_answer(400, error_body("ORDER_CLOSED"));
    tampered_error.answer.body = error_body("ORDERPAID");
    const row rows[] = {
        {"time-out", transport_result::unknown("timed out"), prepare_kind::unknown},
        {"not sent", transport_result::not_sent("connection"), prepare_kind::unknown},
        {"2xx unsigned", plain_answer(200, R"({"prepay_id":"x"})"), prepare_kind::unknown},
        {"2xx stale", stale, prepare_kind::unknown},
        {"2xx tampered", tampered, prepare_kind::unknown},
        {"2xx without the member", signed_answer(200, "{}"), prepare_kind::unknown},
        {"2xx not JSON", signed_answer(200, "<html>"), prepare_kind::unknown},
        {"accepted only", signed_answer(202, "{}"), prepare_kind::unknown},
        {"redirect", plain_answer(302, ""), prepare_kind::unknown},
        {"paid", signed_answer(400, error_body("ORDERPAID")), prepare_kind::already_paid_or_used},
        {"paid, other spelling",
         signed_answer(400, error_body("ORDER_PAID")),
         prepare_kind::already_paid_or_used},
        {"used",
         signed_answer(403, error_body("OUT_TRADE_NO_USED")),
         prepare_kind::already_paid_or_used},
        {"closed", signed_answer(400, error_body("ORDER_CLOSED")), prepare_kind::closed},
        {"closed, other spelling",
         signed_answer(400, error_body("ORDERCLOSED")),
         prepare_kind::closed},
        {"mismatch",
         signed_answer(400, error_body("INVALID_REQUEST")),
         prepare_kind::parameter_mismatch},
        {"parameter", signed_answer(400, error_body("PARAM_ERROR")), prepare_kind::refused},
        {"no auth", signed_answer(403, error_body("NO_AUTH")), prepare_kind::refused},
        {"signature", plain_answer(401, error_body("SIGN_ERROR")), prepare_kind::refused},
        {"limited",
         signed_answer(429, error_body("FREQUENCY_LIMITED")),
         prepare_kind::rate_limited},
        {"limited, other spelling",
         plain_answer(429, error_body("RATELIMIT_EXCEEDED")),
         prepare_kind::rate_limited},
        {"limited by a gateway", plain_answer(429, "<html>"), prepare_kind::rate_limited},
        {"system error", signed_answer(500, error_body("SYSTEM_ERROR")), prepare_kind::unknown},
        {"bank error", signed_answer(500, error_body("BANKERROR")), prepare_kind::unknown},
        {"openid of another account",
         signed_answer(500, error_body("OPENID_MISMATCH")),
         prepare_kind::refused},
        {"gateway", plain_answer(502, "<html>"), prepare_kind::unknown},
        {"error that fails verification", tampered_error, prepare_kind::unknown},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        shop one;
        one.net.then(expected.answer);
        const auto made = run(one.desk.prepare_jsapi("{}"));
        CHECK(made.kind == expected.expected);
        CHECK(made.prepay_id.empty());
        CHECK(made.not_sent == (std::string{expected.name} == "not sent"));
        CHECK(one.net.asked.size() == 1);
    }
}

TEST_CASE("an unsigned refusal is a hint, a signed one is proof") {
    shop one;
    one.net.then(plain_answer(400, error_body("ORDER_CLOSED")));
    one.net.then(signed_answer(400, error_body("ORDER_CLOSED")));
    const auto hint = run(one.desk.prepare_jsapi("{}"));
    CHECK(hint.kind == prepare_kind::closed);
    CHECK_FALSE(hint.why.proven);
    const auto proof = run(one.desk.prepare_jsapi("{}"));
    CHECK(proof.why.proven);
    CHECK(proof.why.code == "ORDER_CLOSED");
    CHECK(proof.why.http_status == 400);
    CHECK(proof.why.request_id == "08F9-0");
}

TEST_CASE("a query tells the trade, if it is the one that was asked for") {
    shop one;
    one.net.then(signed_answer(200, paid_trade));
    const auto made = run(one.desk.query("JLCP20261122AB_0001"));
    REQUIRE(made.kind == query_kind::found);
    const auto& trade = *made.found;
    CHECK(trade.state == trade_state::success);
    CHECK(is_paid(trade.state));
    CHECK(trade.transaction_id == "4200002611202611221234567890");
    CHECK(trade.amount_total.value() == base::fen{560000});
    CHECK(trade.payer_total.value() == base::fen{559000});
    CHECK(trade.currency == "CNY");
    CHECK(trade.payer_openid == "oTEST");
    CHECK(trade.trade_type == "NATIVE");
    CHECK(trade.bank_type == "OTHERS");
    CHECK(trade.success_time.value() == (vectors::base_s - 2) * 1000 + 250);
    CHECK(one.net.asked[0].method == "GET");
    CHECK(
        one.net.asked[0].url ==
        "http://127.0.0.1:1/v3/pay/transactions/out-trade-no/JLCP20261122AB_0001"
        "?mchid=1699999901"
    );

    one.net.then(signed_answer(200, paid_trade));
    CHECK(run(one.desk.query("JLCP20261122AB_0002")).kind == query_kind::unknown);
    one.net.then(signed_answer(200, "[]"));
    CHECK(run(one.desk.query("JLCP20261122AB_0001")).kind == query_kind::unknown);
    one.net.then(signed_answer(200, paid_trade));
    run(one.desk.query("A|B*1"));
    CHECK(one.net.asked.back().url.find("/A%7CB%2A1?") != std::string::npos);
}

TEST_CASE("every trade state is read; one of tomorrow is not final") {
    struct row {
        std::string text;
        trade_state state;
        bool paid;
    };
    const row rows[] = {
        {"SUCCESS", trade_state::success, true},
        {"REFUND", trade_state::refund, true},
        {"NOTPAY", trade_state::not_pay, false},
        {"CLOSED", trade_state::closed, false},
        {"REVOKED", trade_state::revoked, false},
        {"USERPAYING", trade_state::user_paying, false},
        {"PAYERROR", trade_state::pay_error, false},
        {"ACCEPT", trade_state::accept, false},
        {"SOMETHING_NEW", trade_state::unrecognised, false},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.text);
        const auto read = read_trade(
            R"({"out_trade_no":"N","trade_state":")" + std::string{expected.text} + "\"}"
        );
        REQUIRE(read);
        CHECK(read->state == expected.state);
        CHECK(is_paid(read->state) == expected.paid);
        CHECK_FALSE(read->amount_total);
        if (expected.state != trade_state::unrecognised) {
            CHECK(name_of(read->state) == expected.text);
        }
    }
    CHECK_FALSE(read_trade("{\"trade_state\":\"SUCCESS\"}"));
    // Money is an integer or it is not there.
    for (const auto* total : {"5600.0", "\"5600\"", "1e3", "99999999999999999999"}) {
        const auto read = read_trade(
            R"({"out_trade_no":"N","trade_state":"SUCCESS","amount":{"total":)" +
            std::string{total} + "}}"
        );
        CAPTURE(total);
        CHECK((!read || !read->amount_total));
    }
}

TEST_CASE("every ending of query and close has its name") {
    struct row {
        std::string name;
        transport_result answer;
        query_kind query;
        close_kind close;
    };
    const row rows[] = {
        {"time-out",
         transport_result::unknown("timed out"),
         query_kind::unknown,
         close_kind::unknown},
        {"not exist",
         signed_answer(404, error_body("ORDER_NOT_EXIST")),
         query_kind::not_exist,
         close_kind::refused},
        {"not exist, other spelling",
         plain_answer(404, error_body("ORDERNOTEXIST")),
         query_kind::not_exist,
         close_kind::refused},
        {"404 of a proxy", plain_answer(404, "<html>"), query_kind::refused, close_kind::refused},
        {"limited",
         signed_answer(429, error_body("FREQUENCY_LIMITED")),
         query_kind::rate_limited,
         close_kind::rate_limited},
        {"paid",
         signed_answer(400, error_body("ORDERPAID")),
         query_kind::refused,
         close_kind::already_paid},
        {"closed",
         signed_answer(400, error_body("ORDER_CLOSED")),
         query_kind::refused,
         close_kind::closed},
        {"system error",
         signed_answer(500, error_body("SYSTEM_ERROR")),
         query_kind::unknown,
         close_kind::unknown},
        {"unsigned success", plain_answer(204, ""), query_kind::unknown, close_kind::unknown},
        {"signed 204", signed_answer(204, ""), query_kind::unknown, close_kind::closed},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        shop one;
        one.net.then(expected.answer);
        one.net.then(expected.answer);
        CHECK(run(one.desk.query("JLCP20261122AB_0001")).kind == expected.query);
        CHECK(run(one.desk.close("JLCP20261122AB_0001")).kind == expected.close);
        CHECK(one.net.asked[1].method == "POST");
        CHECK(one.net.asked[1].url.ends_with("/JLCP20261122AB_0001/close"));
        CHECK(one.net.asked[1].body == R"({"mchid":"1699999901"})");
    }
}

TEST_CASE("the backup host is asked only when certainly nothing was sent") {
    const std::string backup = "http://127.0.0.2:2";
    SUBCASE("not sent") {
        shop one{vectors::mode::both, backup};
        one.net.then(transport_result::not_sent("connection"));
        one.net.then(signed_answer(200, R"({"prepay_id":"x"})"));
        CHECK(run(one.desk.prepare_jsapi("{}")).kind == prepare_kind::prepared);
        REQUIRE(one.net.asked.size() == 2);
        CHECK(one.net.asked[1].url.starts_with(backup + "/v3/"));
    }
    SUBCASE("perhaps sent") {
        shop one{vectors::mode::both, backup};
        one.net.then(transport_result::unknown("reset"));
        CHECK(run(one.desk.prepare_jsapi("{}")).kind == prepare_kind::unknown);
        CHECK(one.net.asked.size() == 1);
    }
    SUBCASE("an error is an answer") {
        shop one{vectors::mode::both, backup};
        one.net.then(plain_answer(503, ""));
        run(one.desk.prepare_jsapi("{}"));
        CHECK(one.net.asked.size() == 1);
    }
}

TEST_CASE("certificate mode: an unknown serial fetches the list once, then verifies") {
    const auto file = vectors::json("wechat-pay/certificates.json");
    wechat::http_answer listed;
    listed.status = 200;
    listed.headers = vectors::pairs(file["headers"]);
    listed.body = vectors::at(file, "body");
    const auto list = transport_result::done(listed);
    const auto order = signed_answer(
        200,
        R"({"prepay_id":"x"})",
        vectors::base_s,
        "platform_cert.private.pem",
        vectors::certificate_serial
    );

    SUBCASE("from nothing") {
        shop one{vectors::mode::bare};
        CHECK(one.calls.certificates_are_due());
        one.net.then(order);
        one.net.then(list);
        CHECK(run(one.desk.prepare_jsapi("{}")).kind == prepare_kind::prepared);
        CHECK(one.net.asked[1].url.ends_with("/v3/certificates"));
        CHECK_FALSE(one.calls.certificates_are_due());
        one.net.then(order);
        CHECK(run(one.desk.prepare_jsapi("{}")).kind == prepare_kind::prepared);
        CHECK(one.net.asked.size() == 3);
        CHECK(
            wechat::find_header(one.net.asked[2].headers, "Wechatpay-Serial") ==
            vectors::certificate_serial
        );
    }
    SUBCASE("a forged serial does not make us ask again and again") {
        shop one{vectors::mode::bare};
        const auto forged = signed_answer(
            200, R"({"prepay_id":"x"})", vectors::base_s, "platform_cert.private.pem", "7FFF"
        );
        one.net.then(forged);
        one.net.then(list);
        one.net.then(forged);
        CHECK(run(one.desk.prepare_jsapi("{}")).kind == prepare_kind::unknown);
        CHECK(run(one.desk.prepare_jsapi("{}")).kind == prepare_kind::unknown);
        CHECK(one.net.asked.size() == 3);
    }
    SUBCASE("a list that does not prove itself changes nothing") {
        shop one{vectors::mode::bare};
        auto broken = list;
        broken.answer.body += " ";
        one.net.then(broken);
        CHECK_FALSE(run(one.calls.refresh_certificates()));
        CHECK(one.who.keys().empty());
    }
    SUBCASE("public-key mode never asks") {
        shop one{vectors::mode::public_key};
        CHECK_FALSE(one.calls.certificates_are_due());
        one.net.then(order);
        CHECK(run(one.desk.prepare_jsapi("{}")).kind == prepare_kind::unknown);
        CHECK(one.net.asked.size() == 1);
    }
}

TEST_CASE("the pay sheet is signed for the order's own account, now") {
    shop one;
    const auto sheet = one.desk.sheet("wx222");
    CHECK(sheet.app_id == vectors::app_id);
    CHECK(sheet.time_stamp == std::to_string(vectors::base_s + 1));
    CHECK(sheet.package == "prepay_id=wx222");
    CHECK(sheet.nonce_str.size() == 32);
}
