#include "wechat/pay/notice.hpp"

#include <doctest/doctest.h>

#include "server/base/encoding.hpp"
#include "tests/wechat/fakes.hpp"
#include "tests/wechat/vectors.hpp"

using namespace wechat::pay;
using vectors::at;

namespace {

std::string expectation_of(const notice& read) {
    switch (read.kind) {
        case notice_kind::refused:
            return std::string{name_of(read.checked.what)};
        case notice_kind::decrypt_failed:
            return "decrypt_failed";
        case notice_kind::other_event:
            return "other";
        case notice_kind::payment:
        case notice_kind::refund:
            return "ok";
    }
    return "";
}

// A body signed and sealed as WeChat would, around any plaintext.
wechat::header_list signed_headers(const std::string& body) {
    return fakes::signed_answer(200, body).answer.headers;
}

}  // namespace

TEST_CASE("notifications.json: every verdict, plaintext and field") {
    const auto file = vectors::json("wechat-pay/notifications.json");
    const merchant ours{vectors::merchant_conf(), vectors::app_id};
    REQUIRE(file["cases"].Size() == 10);
    for (const auto& one : file["cases"].GetArray()) {
        CAPTURE(at(one, "case"));
        const auto body = at(one, "body");
        REQUIRE(base::to_hex(base::sha256(body)) == at(one, "body_sha256"));
        const auto headers = vectors::pairs(one["headers"]);
        const auto read = read_notice({&ours}, headers, body, one["now"].GetInt64());
        CHECK(expectation_of(read) == at(one, "expect"));
        if (at(one, "expect") != "ok") continue;
        CHECK(read.plaintext == at(one, "plaintext"));
        CHECK(base::to_hex(base::sha256(read.plaintext)) == at(one, "plaintext_sha256"));
        CHECK(read.who == &ours);
        CHECK(read.id.size() == 36);
        REQUIRE(read.create_time);
        CHECK(*read.create_time == vectors::base_s * 1000);

        rapidjson::Document plain;
        plain.Parse(read.plaintext.c_str());
        if (read.kind == notice_kind::payment) {
            REQUIRE(read.paid);
            CHECK(read.paid->state == trade_state::success);
            CHECK(read.paid->out_trade_no == at(plain, "out_trade_no"));
            CHECK(read.paid->transaction_id == at(plain, "transaction_id"));
            CHECK(read.paid->mch_id == at(plain, "mchid"));
            CHECK(read.paid->app_id == at(plain, "appid"));
            CHECK(read.paid->payer_openid == at(plain["payer"], "openid"));
            CHECK(read.paid->currency == "CNY");
            CHECK(read.paid->amount_total.value().count() == plain["amount"]["total"].GetInt64());
            CHECK(read.paid->success_time.value() == (vectors::base_s - 2) * 1000);
        } else {
            REQUIRE(read.refunded);
            CHECK(read.refunded->state_text == at(plain, "refund_status"));
            CHECK(read.refunded->out_refund_no == at(plain, "out_refund_no"));
            CHECK(read.refunded->refund_id == at(plain, "refund_id"));
            CHECK(
                read.refunded->amount_refund.value().count() == plain["amount"]["refund"].GetInt64()
            );
            CHECK(read.refunded->success_time.has_value() == plain.HasMember("success_time"));
        }
    }
}

TEST_CASE("the first notice as raw bytes, and with any byte changed") {
    const auto file = vectors::json("wechat-pay/notifications.json");
    const auto headers = vectors::pairs(file["cases"][0]["headers"]);
    const auto body = vectors::text("wechat-pay/notification-transaction.body.json");
    const merchant ours{vectors::merchant_conf(), vectors::app_id};
    const auto read = read_notice({&ours}, headers, body, vectors::base_s);
    REQUIRE(read.kind == notice_kind::payment);
    CHECK(read.plaintext == vectors::text("wechat-pay/notification-transaction.plaintext.json"));
    for (std::size_t i = 0; i < body.size(); i += 37) {
        auto changed = body;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        const auto got = read_notice({&ours}, headers, changed, vectors::base_s);
        CHECK(got.kind == notice_kind::refused);
        CHECK(got.checked.what == verdict::bad_signature);
        CHECK(got.plaintext.empty());
    }
}

TEST_CASE("among several merchants the one whose keys fit is found") {
    const auto file = vectors::json("wechat-pay/notifications.json");
    const auto& one = file["cases"][0];
    const auto headers = vectors::pairs(one["headers"]);
    auto other_conf = vectors::merchant_conf(vectors::mode::certificate);
    other_conf.mch_id = "1600000002";
    other_conf.api_v3_key = base::secret{std::string(32, 'k')};
    const merchant other{other_conf, vectors::app_id};
    const merchant ours{vectors::merchant_conf(), vectors::app_id};
    const auto now = one["now"].GetInt64();
    CHECK(read_notice({&other, &ours}, headers, at(one, "body"), now).who == &ours);
    CHECK(read_notice({&ours, &other}, headers, at(one, "body"), now).who == &ours);
    const auto strange = read_notice({&other}, headers, at(one, "body"), now);
    CHECK(strange.kind == notice_kind::refused);
    CHECK(strange.checked.what == verdict::unknown_serial);
    CHECK(read_notice({}, headers, at(one, "body"), now).kind == notice_kind::refused);
    // Both know the signing certificate; only one has the APIv3 key.
    const auto& by_certificate = file["cases"][1];
    const auto shared = read_notice(
        {&other, &ours}, vectors::pairs(by_certificate["headers"]), at(by_certificate, "body"), now
    );
    CHECK(shared.kind == notice_kind::payment);
    CHECK(shared.who == &ours);
}

TEST_CASE("authentic, but not what we expect") {
    const merchant ours{vectors::merchant_conf(), vectors::app_id};
    const auto file = vectors::json("wechat-pay/notifications.json");
    const auto original = at(file["cases"][0], "body");
    const auto read = [&ours](const std::string& body) {
        return read_notice({&ours}, signed_headers(body), body, vectors::base_s);
    };
    const auto replaced = [&original](std::string_view from, std::string_view to) {
        auto changed = original;
        changed.replace(changed.find(from), from.size(), to);
        return changed;
    };
    CHECK(read(original).kind == notice_kind::payment);
    CHECK(
        read(replaced("TRANSACTION.SUCCESS", "PAYSCORE.USER_PAID")).kind == notice_kind::other_event
    );
    CHECK(
        read(replaced("TRANSACTION.SUCCESS", "REFUND.SUCCESS")).kind == notice_kind::decrypt_failed
    );
    CHECK(read(replaced("AEAD_AES_256_GCM", "AEAD_SM4_GCM")).kind == notice_kind::decrypt_failed);
    CHECK(read(replaced("encrypt-resource", "plain-resource")).kind == notice_kind::decrypt_failed);
    for (const auto* body : {"", "[]", "{}", "null", "{\"id\":\"1\",\"event_type\":\"X\"}", "{"}) {
        CAPTURE(body);
        CHECK(read(body).kind == notice_kind::decrypt_failed);
    }
}
