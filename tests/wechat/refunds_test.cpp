#include "wechat/pay/refunds.hpp"

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
    merchant who{vectors::merchant_conf(), vectors::app_id};
    fakes::transport net;
    client calls{who, net, fakes::fixed_sources()};
    refunds desk{calls};
};

refund_request facts() {
    refund_request made;
    made.out_trade_no = "JLCP20261122AB_0001";
    made.out_refund_no = "RF20261122-0001";
    made.reason = "退宿";
    made.notify_url = "https://pay.example.edu.cn/wechat/notify/refund";
    made.amount_refund = base::fen{120000};
    made.amount_total = base::fen{560000};
    return made;
}

const std::string accepted_refund =
    R"({"refund_id":"50300000002026112200000000001","out_refund_no":"RF20261122-0001",)"
    R"("transaction_id":"4200002611202611221234567890","out_trade_no":"JLCP20261122AB_0001",)"
    R"("channel":"ORIGINAL","user_received_account":"支付用户零钱",)"
    R"("create_time":"2026-11-22T20:00:00+08:00","status":"PROCESSING","funds_account":"UNSETTLED",)"
    R"("tomorrow":[{}],"amount":{"total":560000,"refund":120000,"from":[],"payer_total":559000,)"
    R"("payer_refund":119786,"settlement_refund":120000,"settlement_total":560000,)"
    R"("discount_refund":214,"currency":"CNY","refund_fee":0}})";

std::string with(const std::string& from, const std::string& to) {
    auto text = accepted_refund;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

std::string error_body(const std::string& code) {
    return "{\"code\":\"" + code + "\",\"message\":\"说明\"}";
}

bool is_refused(void (*change)(refund_request&)) {
    auto changed = facts();
    change(changed);
    try {
        write_refund_body(changed);
        return false;
    } catch (const base::error&) {
        return true;
    }
}

}  // namespace

TEST_CASE("request-signing.json: the refund's body, byte for byte") {
    const auto file = vectors::json("wechat-pay/request-signing.json");
    bool seen = false;
    for (const auto& one : file["cases"].GetArray()) {
        if (vectors::at(one, "case") != "refund") continue;
        seen = true;
        CHECK(write_refund_body(facts()) == vectors::at(one, "body"));
    }
    CHECK(seen);
}

TEST_CASE("a refund's body holds both numbers when both are known, and nothing empty") {
    auto both = facts();
    both.transaction_id = "4200002611202611221234567890";
    both.reason = "`\n";
    both.notify_url = "";
    CHECK(
        write_refund_body(both) ==
        R"({"transaction_id":"4200002611202611221234567890","out_trade_no":"JLCP20261122AB_0001",)"
        R"("out_refund_no":"RF20261122-0001",)"
        R"("amount":{"refund":120000,"total":560000,"currency":"CNY"}})"
    );
    both.out_trade_no = "";
    CHECK(write_refund_body(both).find("out_trade_no") == std::string::npos);
}

TEST_CASE("a reason is cleaned and cut between characters") {
    const auto reason_of = [](std::string text) {
        auto made = facts();
        made.reason = std::move(text);
        rapidjson::Document body;
        body.Parse(write_refund_body(made).c_str());
        return vectors::at(body, "reason");
    };
    CHECK(reason_of("退宿\r\n\t\x7f\xc2\x85\"x\"") == "退宿\"x\"");
    CHECK(reason_of("退🎓宿\xff") == "退宿");
    CHECK(reason_of(std::string(81, 'x')) == std::string(80, 'x'));
    std::string many;
    for (int i = 0; i < 30; ++i) many += "费";
    CHECK(reason_of(many) == many.substr(0, 78));
    CHECK(reason_of("ab" + many) == "ab" + many.substr(0, 78));
}

TEST_CASE("refunds that WeChat would refuse do not leave the house") {
    CHECK(is_refused([](refund_request& f) { f.out_trade_no = ""; }));
    CHECK(is_refused([](refund_request& f) { f.out_trade_no = std::string(33, 'A'); }));
    CHECK(is_refused([](refund_request& f) { f.out_trade_no = "JL@P20261122AB"; }));
    CHECK(is_refused([](refund_request& f) { f.transaction_id = std::string(33, '4'); }));
    CHECK(is_refused([](refund_request& f) { f.transaction_id = "42 00"; }));
    CHECK(is_refused([](refund_request& f) { f.out_refund_no = ""; }));
    CHECK(is_refused([](refund_request& f) { f.out_refund_no = std::string(65, 'R'); }));
    CHECK(is_refused([](refund_request& f) { f.out_refund_no = "退款"; }));
    CHECK(is_refused([](refund_request& f) { f.out_refund_no = "R/1"; }));
    CHECK(is_refused([](refund_request& f) { f.out_refund_no = "R.."; }));
    CHECK(is_refused([](refund_request& f) { f.amount_refund = base::fen{0}; }));
    CHECK(is_refused([](refund_request& f) { f.amount_refund = base::fen{-1}; }));
    CHECK(is_refused([](refund_request& f) { f.amount_refund = base::fen{560001}; }));
    CHECK(is_refused([](refund_request& f) { f.amount_total = base::fen{-560000}; }));
    CHECK(is_refused([](refund_request& f) { f.notify_url += "?a=1"; }));
    CHECK(is_refused([](refund_request& f) { f.notify_url = "http://pay.example.edu.cn/n"; }));
    CHECK_FALSE(is_refused([](refund_request& f) {
        f.out_refund_no = "R_-|*@" + std::string(58, '0');
    }));
    CHECK_FALSE(is_refused([](refund_request& f) { f.amount_refund = f.amount_total; }));
    CHECK_FALSE(is_refused([](refund_request& f) { f.amount_refund = base::fen{1}; }));
}

TEST_CASE("a refund is accepted by a verified answer, sent signed and unchanged") {
    shop one;
    const auto body = write_refund_body(facts());
    one.net.then(signed_answer(200, accepted_refund));
    const auto made = run(one.desk.apply(body));
    REQUIRE(made.kind == apply_kind::accepted);
    REQUIRE(made.accepted);
    CHECK(made.accepted->refund_id == "50300000002026112200000000001");
    CHECK(made.accepted->state == refund_state::processing);
    CHECK(made.accepted->channel == "ORIGINAL");
    CHECK(made.accepted->created_at == vectors::base_s * 1000);
    CHECK_FALSE(made.accepted->success_time);
    CHECK(made.accepted->amount_refund == base::fen{120000});
    CHECK(made.accepted->payer_refund == base::fen{119786});
    CHECK(made.accepted->currency == "CNY");

    REQUIRE(one.net.asked.size() == 1);
    const auto& sent = one.net.asked[0];
    CHECK(sent.method == "POST");
    CHECK(sent.url == "http://127.0.0.1:1/v3/refund/domestic/refunds");
    CHECK(sent.body == body);
    const auto expected = one.who.hand().authorization(
        "POST",
        "/v3/refund/domestic/refunds",
        vectors::base_s + 1,
        "5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A",
        body
    );
    CHECK(wechat::find_header(sent.headers, "Authorization") == expected);
}

TEST_CASE("an answer about another refund accepts nothing") {
    struct row {
        std::string name;
        std::string answer;
        apply_kind expected;
    };
    const row rows[] = {
        {"as asked", accepted_refund, apply_kind::accepted},
        {"done already", with("PROCESSING", "SUCCESS"), apply_kind::accepted},
        {"a state of tomorrow", with("PROCESSING", "THINKING"), apply_kind::accepted},
        {"no currency", with(R"("currency":"CNY",)", ""), apply_kind::accepted},
        {"other number", with("RF20261122-0001", "RF20261122-0002"), apply_kind::unknown},
        {"other case", with("RF20261122-0001", "rf20261122-0001"), apply_kind::unknown},
        {"other order", with("AB_0001", "AB_0002"), apply_kind::unknown},
        {"other payment", with("1234567890\"", "1234567891\""), apply_kind::unknown},
        {"other amount", with("\"refund\":120000", "\"refund\":120001"), apply_kind::unknown},
        {"amount as text", with("\"refund\":120000", "\"refund\":\"120000\""), apply_kind::unknown},
        {"amount with a point",
         with("\"refund\":120000", "\"refund\":120000.0"),
         apply_kind::unknown},
        {"no amount", with("\"amount\"", "\"amounts\""), apply_kind::unknown},
        {"other total", with("\"total\":560000", "\"total\":56000"), apply_kind::unknown},
        {"other currency", with("CNY", "USD"), apply_kind::unknown},
        {"no state", with("\"status\"", "\"state\""), apply_kind::unknown},
        {"not an object", "[]", apply_kind::unknown},
        {"cut off", accepted_refund.substr(0, 200), apply_kind::unknown},
        {"empty", "", apply_kind::unknown},
    };
    auto both = facts();
    both.transaction_id = "4200002611202611221234567890";
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        shop one;
        one.net.then(signed_answer(200, expected.answer));
        const auto made = run(one.desk.apply(write_refund_body(both)));
        CHECK(made.kind == expected.expected);
        CHECK(made.accepted.has_value() == (expected.expected == apply_kind::accepted));
        CHECK(made.reason.empty() == (expected.expected == apply_kind::accepted));
    }
}

TEST_CASE("every ending of an application and of its query has its name") {
    struct row {
        std::string name;
        transport_result answer;
        apply_kind apply;
        refund_query_kind query;
    };
    auto tampered = signed_answer(200, accepted_refund);
    tampered.answer.body += " ";
    auto tampered_error = signed_answer(403, error_body("NO_AUTH"));
    tampered_error.answer.body = error_body("NO_AUTH ");
    const auto u = apply_kind::unknown;
    const auto qu = refund_query_kind::unknown;
    const auto r = apply_kind::refused;
    const auto qr = refund_query_kind::refused;
    const auto l = apply_kind::rate_limited;
    const auto ql = refund_query_kind::rate_limited;
    const row rows[] = {
        {"time-out", transport_result::unknown("timed out"), u, qu},
        {"not sent", transport_result::not_sent("connection"), u, qu},
        {"2xx unsigned", plain_answer(200, accepted_refund), u, qu},
        {"2xx stale", signed_answer(200, accepted_refund, vectors::base_s - 600), u, qu},
        {"2xx tampered", tampered, u, qu},
        {"202", signed_answer(202, accepted_refund), u, qu},
        {"204", signed_answer(204, ""), u, qu},
        {"redirect", plain_answer(302, ""), u, qu},
        {"short of money",
         signed_answer(403, error_body("NOT_ENOUGH")),
         apply_kind::not_enough,
         qr},
        {"short, unsigned", plain_answer(403, error_body("NOTENOUGH")), apply_kind::not_enough, qr},
        {"conflict",
         signed_answer(400, error_body("INVALID_REQUEST")),
         apply_kind::conflicting,
         qr},
        {"conflict, unsigned",
         plain_answer(400, error_body("INVALID_REQUEST")),
         apply_kind::conflicting,
         qr},
        {"limited", signed_answer(429, error_body("FREQUENCY_LIMITED")), l, ql},
        {"limited, other spelling", plain_answer(429, error_body("RATELIMIT_EXCEEDED")), l, ql},
        {"limited by a gateway", plain_answer(429, "<html>"), l, ql},
        {"limited, code of tomorrow", signed_answer(429, error_body("SLOWER")), l, ql},
        {"absent",
         signed_answer(404, error_body("RESOURCE_NOT_EXISTS")),
         r,
         refund_query_kind::not_exist},
        {"absent, unsigned",
         plain_answer(404, error_body("RESOURCE_NOT_EXISTS")),
         u,
         refund_query_kind::not_exist},
        {"404 of a proxy", plain_answer(404, "<html>"), u, qr},
        {"parameter", signed_answer(400, error_body("PARAM_ERROR")), r, qr},
        {"parameter, unsigned", plain_answer(400, error_body("PARAM_ERROR")), u, qr},
        {"payer's account is gone", signed_answer(403, error_body("USER_ACCOUNT_ABNORMAL")), r, qr},
        {"no permission", signed_answer(403, error_body("NO_AUTH")), r, qr},
        {"no permission, tampered", tampered_error, u, qu},
        {"signed, without a code", signed_answer(403, "{}"), u, qr},
        {"signature", plain_answer(401, error_body("SIGN_ERROR")), u, qr},
        {"system error", signed_answer(500, error_body("SYSTEM_ERROR")), u, qu},
        {"system error as a 4xx", signed_answer(400, error_body("SYSTEM_ERROR")), u, qr},
        {"gateway", plain_answer(502, "<html>"), u, qu},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        shop one;
        one.net.then(expected.answer);
        one.net.then(expected.answer);
        const auto applied = run(one.desk.apply(write_refund_body(facts())));
        CHECK(applied.kind == expected.apply);
        CHECK_FALSE(applied.accepted);
        CHECK(applied.not_sent == (expected.name == "not sent"));
        if (applied.kind == apply_kind::refused) CHECK(applied.why.proven);
        if (applied.kind == apply_kind::unknown) CHECK_FALSE(applied.reason.empty());
        const auto asked = run(one.desk.query("RF20261122-0001"));
        CHECK(asked.kind == expected.query);
        CHECK_FALSE(asked.found);
        CHECK(one.net.asked.size() == 2);
    }
}

TEST_CASE("response-verify.json: the recorded NOT_ENOUGH is proven") {
    const auto file = vectors::json("wechat-pay/response-verify.json");
    for (const auto& one : file["cases"].GetArray()) {
        if (vectors::at(one, "case") != "ok_signed_error") continue;
        wechat::http_answer answer;
        answer.status = 403;
        answer.headers = vectors::pairs(one["headers"]);
        answer.body = vectors::at(one, "body");
        shop s;
        client calls{s.who, s.net, fakes::fixed_sources(one["now"].GetInt64())};
        s.net.then(transport_result::done(answer));
        const auto made = run(refunds{calls}.apply(write_refund_body(facts())));
        CHECK(made.kind == apply_kind::not_enough);
        CHECK(made.why.proven);
        CHECK(made.why.code == "NOT_ENOUGH");
        return;
    }
    FAIL("no such case");
}

TEST_CASE("an unproven refusal keeps its code for people") {
    shop one;
    one.net.then(plain_answer(401, error_body("SIGN_ERROR")));
    const auto made = run(one.desk.apply(write_refund_body(facts())));
    CHECK(made.kind == apply_kind::unknown);
    CHECK(made.why.code == "SIGN_ERROR");
    CHECK(made.why.http_status == 401);
    CHECK_FALSE(made.why.proven);
    CHECK(made.reason == "refusal not signed");
}

TEST_CASE("only a refund's own body is sent") {
    shop one;
    const std::string bodies[] = {
        "",
        "{}",
        "[]",
        R"({"out_refund_no":"R","amount":{"refund":"1","total":1}})",
        R"({"out_refund_no":"","amount":{"refund":1,"total":1}})",
        R"({"out_refund_no":"R"})",
    };
    for (const auto& body : bodies) {
        CAPTURE(body);
        CHECK_THROWS_AS(run(one.desk.apply(body)), base::error);
    }
    CHECK(one.net.asked.empty());
}

TEST_CASE("a query tells the refund, if it is the one that was asked for") {
    shop one;
    one.net.then(signed_answer(
        200, with("PROCESSING", "SUCCESS\",\"success_time\":\"2026-11-22T20:00:01+08:00")
    ));
    const auto made = run(one.desk.query("RF20261122-0001"));
    REQUIRE(made.kind == refund_query_kind::found);
    CHECK(made.found->state == refund_state::success);
    CHECK(made.found->success_time == (vectors::base_s + 1) * 1000);
    CHECK(made.found->out_trade_no == "JLCP20261122AB_0001");
    CHECK(one.net.asked[0].method == "GET");
    CHECK(one.net.asked[0].body.empty());
    CHECK(one.net.asked[0].url == "http://127.0.0.1:1/v3/refund/domestic/refunds/RF20261122-0001");

    one.net.then(signed_answer(200, accepted_refund));
    CHECK(run(one.desk.query("RF20261122-0002")).kind == refund_query_kind::unknown);
    one.net.then(signed_answer(200, "[]"));
    CHECK(run(one.desk.query("RF20261122-0001")).kind == refund_query_kind::unknown);
    one.net.then(signed_answer(200, accepted_refund));
    run(one.desk.query("R|*@"));
    CHECK(one.net.asked.back().url.ends_with("/refunds/R%7C%2A%40"));
}

TEST_CASE("every refund state is read in both spellings; one of tomorrow is not final") {
    struct row {
        std::string text;
        refund_state state;
    };
    const row rows[] = {
        {"SUCCESS", refund_state::success},
        {"CLOSED", refund_state::closed},
        {"PROCESSING", refund_state::processing},
        {"ABNORMAL", refund_state::abnormal},
        {"SOMETHING_NEW", refund_state::unrecognised},
    };
    for (const auto& expected : rows) {
        for (const auto* member : {"status", "refund_status"}) {
            CAPTURE(expected.text);
            const auto read = read_refund(
                R"({"out_refund_no":"N",")" + std::string{member} + "\":\"" + expected.text + "\"}"
            );
            REQUIRE(read);
            CHECK(read->state == expected.state);
            CHECK(read->state_text == expected.text);
            CHECK_FALSE(read->created_at);
            CHECK(read->channel.empty());
            if (expected.state != refund_state::unrecognised) {
                CHECK(name_of(read->state) == expected.text);
            }
        }
    }
    CHECK(name_of(refund_state::unrecognised) == "unrecognised");
}
