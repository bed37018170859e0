// Signing, verifying, deciphering: every case of the signed vectors.
#include <algorithm>

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "tests/wechat/vectors.hpp"
#include "wechat/pay/certificates.hpp"
#include "wechat/pay/cipher.hpp"
#include "wechat/pay/merchant.hpp"
#include "wechat/pay/signer.hpp"
#include "wechat/pay/verifier.hpp"

using namespace wechat::pay;
using vectors::at;

namespace {

signer test_signer() {
    const base::secret pem{vectors::key_file("merchant.private.pem")};
    return signer{vectors::mch_id, vectors::serial_no, private_key::from_pem(pem)};
}

void fill(key_ring& ring, const rapidjson::Value& listed) {
    for (const auto& member : listed.GetObject()) {
        ring.add_pem(
            member.name.GetString(),
            vectors::text(std::string{"wechat-pay/"} + member.value.GetString())
        );
    }
}

}  // namespace

TEST_CASE("request-signing.json: every message and Authorization, byte for byte") {
    const auto file = vectors::json("wechat-pay/request-signing.json");
    const auto hand = test_signer();
    REQUIRE(file["cases"].Size() == 11);
    for (const auto& one : file["cases"].GetArray()) {
        CAPTURE(at(one, "case"));
        const auto message = request_message(
            at(one, "method"),
            at(one, "url"),
            at(one, "timestamp"),
            at(one, "nonce_str"),
            at(one, "body")
        );
        CHECK(message == at(one, "message"));
        CHECK(base::to_base64(message) == at(one, "message_b64"));
        CHECK(base::to_hex(base::sha256(message)) == at(one, "message_sha256"));
        const auto value = hand.authorization(
            at(one, "method"),
            at(one, "url"),
            std::stoll(at(one, "timestamp")),
            at(one, "nonce_str"),
            at(one, "body")
        );
        CHECK(value == at(one, "authorization"));
        CHECK(value.find(at(one, "signature")) != std::string::npos);
    }
}

TEST_CASE("a PKCS#1 private key signs the same") {
    const base::secret pem{vectors::key_file("merchant.private.pkcs1.pem")};
    const base::secret other{vectors::key_file("merchant.private.pem")};
    CHECK(private_key::from_pem(pem).sign("x") == private_key::from_pem(other).sign("x"));
}

TEST_CASE("paysign.json: the parameters of both invocations") {
    const auto file = vectors::json("wechat-pay/paysign.json");
    const auto hand = test_signer();
    REQUIRE(file["cases"].Size() == 2);
    for (const auto& one : file["cases"].GetArray()) {
        CAPTURE(at(one, "case"));
        const auto& expected = one["getBrandWCPayRequest"];
        const auto package = at(expected, "package");
        const auto made = hand.pay_sign(
            at(expected, "appId"),
            package.substr(package.find('=') + 1),
            std::stoll(at(expected, "timeStamp")),
            at(expected, "nonceStr")
        );
        CHECK(made.app_id == at(expected, "appId"));
        CHECK(made.time_stamp == at(expected, "timeStamp"));
        CHECK(made.nonce_str == at(expected, "nonceStr"));
        CHECK(made.package == package);
        CHECK(made.sign_type == at(expected, "signType"));
        CHECK(made.pay_sign == at(expected, "paySign"));
        CHECK(made.pay_sign == at(one["chooseWXPay"], "paySign"));
        CHECK(made.time_stamp == at(one["chooseWXPay"], "timestamp"));
    }
}

TEST_CASE("response-verify.json: every verdict") {
    const auto file = vectors::json("wechat-pay/response-verify.json");
    key_ring ring;
    fill(ring, file["key_ring"]);
    REQUIRE(file["cases"].Size() == 14);
    for (const auto& one : file["cases"].GetArray()) {
        CAPTURE(at(one, "case"));
        const auto body = at(one, "body");
        REQUIRE(base::to_hex(base::sha256(body)) == at(one, "body_sha256"));
        const auto checked =
            verify(ring, vectors::pairs(one["headers"]), body, one["now"].GetInt64());
        CHECK(name_of(checked.what) == at(one, "expect"));
        CHECK(checked.probe == (at(one, "case").find("probe") != std::string::npos));
    }
}

TEST_CASE("the checks come in order: header, type, clock, key, signature") {
    const auto file = vectors::json("wechat-pay/response-verify.json");
    key_ring ring;
    fill(ring, file["key_ring"]);
    const auto& good = file["cases"][0];
    const auto body = at(good, "body");
    const auto now = good["now"].GetInt64();
    const auto headers = vectors::pairs(good["headers"]);
    const auto with = [&](std::string_view name, const std::string& value) {
        auto changed = headers;
        for (auto& line : changed) {
            if (line.first == name) line.second = value;
        }
        return changed;
    };
    const auto verdict_of = [&](const wechat::header_list& lines, std::int64_t when) {
        return verify(ring, lines, body, when).what;
    };

    SUBCASE("names in any case") {
        auto lower = headers;
        for (auto& line : lower) {
            std::transform(line.first.begin(), line.first.end(), line.first.begin(), ::tolower);
        }
        CHECK(verdict_of(lower, now) == verdict::ok);
    }
    SUBCASE("the signature type may be absent, not another") {
        auto without = headers;
        std::erase_if(without, [](const auto& line) {
            return line.first == "Wechatpay-Signature-Type";
        });
        CHECK(verdict_of(without, now) == verdict::ok);
        CHECK(
            verdict_of(with("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3"), now + 9999) ==
            verdict::wrong_type
        );
    }
    SUBCASE("each header exactly once") {
        for (const auto& [name, value] : headers) {
            if (name == "Wechatpay-Signature-Type") continue;
            CAPTURE(name);
            auto twice = headers;
            twice.emplace_back(name, value);
            CHECK(verdict_of(twice, now) == verdict::missing_header);
            CHECK(verdict_of(with(name, ""), now) == verdict::missing_header);
        }
    }
    SUBCASE("clock before key") {
        CHECK(verdict_of(with("Wechatpay-Serial", "AB"), now + 9999) == verdict::clock);
        CHECK(verdict_of(with("Wechatpay-Serial", "AB"), now) == verdict::unknown_serial);
        for (const auto* odd :
             {"",
              " 1795348800",
              "1795348800 ",
              "+1795348800",
              "-1",
              "99999999999999999999",
              "1795348800.0",
              "0x6B"}) {
            CAPTURE(odd);
            CHECK(verdict_of(with("Wechatpay-Timestamp", odd), now) != verdict::ok);
        }
        CHECK(
            verdict_of(with("Wechatpay-Timestamp", "-9223372036854775808"), now) == verdict::clock
        );
    }
    SUBCASE("a changed nonce or time breaks the signature") {
        CHECK(verdict_of(with("Wechatpay-Nonce", "other"), now) == verdict::bad_signature);
        CHECK(verdict_of(with("Wechatpay-Timestamp", "1795348801"), now) == verdict::bad_signature);
    }
    SUBCASE("certificate serials are numbers, public-key ids are exact") {
        auto lower = std::string{vectors::certificate_serial};
        std::transform(lower.begin(), lower.end(), lower.begin(), ::tolower);
        CHECK(ring.find(lower, now));
        CHECK(ring.find("00" + lower, now));
        CHECK_FALSE(ring.find("pub_key_id_0116999999012026112200000000000001", now));
    }
    SUBCASE("a certificate counts within its validity only") {
        CHECK_FALSE(ring.find(vectors::certificate_serial, 0));
        CHECK_FALSE(ring.find(vectors::certificate_serial, now + 20LL * 365 * 86400));
        CHECK(ring.find(vectors::public_key_id, 0));
    }
}

TEST_CASE("notifications.json: what opens with the APIv3 key, and what must not") {
    const auto file = vectors::json("wechat-pay/notifications.json");
    const cipher box{base::secret{at(file, "apiv3_key")}};
    for (const auto& one : file["cases"].GetArray()) {
        CAPTURE(at(one, "case"));
        rapidjson::Document body;
        body.Parse(at(one, "body").c_str());
        const auto& resource = body["resource"];
        const auto plain = box.open(
            at(resource, "ciphertext"), at(resource, "nonce"), at(resource, "associated_data")
        );
        if (at(one, "expect") == "decrypt_failed") {
            CHECK_FALSE(plain);
        } else if (one.HasMember("plaintext")) {
            REQUIRE(plain);
            CHECK(*plain == at(one, "plaintext"));
        }
    }
}

TEST_CASE("a previous APIv3 key is tried second; keys of another length are refused") {
    const auto file = vectors::json("wechat-pay/notifications.json");
    rapidjson::Document body;
    body.Parse(at(file["cases"][0], "body").c_str());
    const auto& resource = body["resource"];
    const auto opened = [&](const cipher& box) {
        return box
            .open(
                at(resource, "ciphertext"), at(resource, "nonce"), at(resource, "associated_data")
            )
            .has_value();
    };
    const base::secret right{vectors::api_v3_key};
    const base::secret other{std::string(32, 'k')};
    CHECK(opened(cipher{right}));
    CHECK(opened(cipher{other, right}));
    CHECK_FALSE(opened(cipher{other}));
    CHECK_THROWS_AS(cipher{base::secret{"short"}}, base::error);
    CHECK_FALSE(cipher{right}.open("AAAA", "twelve bytes", ""));
    CHECK_FALSE(cipher{right}.open(at(resource, "ciphertext"), "short", "transaction"));
    CHECK_FALSE(cipher{right}.open("not base64!", "twelve bytes", ""));
}

TEST_CASE("certificates.json: the list proves itself with the key inside it") {
    const auto file = vectors::json("wechat-pay/certificates.json");
    const cipher box{base::secret{at(file, "apiv3_key")}};
    const auto headers = vectors::pairs(file["headers"]);
    const auto body = at(file, "body");
    const auto now = file["now"].GetInt64();

    const auto read = read_certificates(headers, body, box, now);
    REQUIRE(read.kind == certificates_kind::read);
    REQUIRE(read.found.size() == 1);
    CHECK(read.found[0].serial == at(file["expect"], "serial_no"));
    const auto expected =
        certificate::from_pem(vectors::text("wechat-pay/" + at(file["expect"], "pem_file")));
    REQUIRE(expected);
    CHECK(expected->not_after_s == read.found[0].not_after_s);

    CHECK(read_certificates(headers, body + " ", box, now).kind == certificates_kind::unverifiable);
    CHECK(
        read_certificates(headers, body, box, now + 3600).kind == certificates_kind::unverifiable
    );
    CHECK(read_certificates({}, body, box, now).kind == certificates_kind::unverifiable);
    const cipher other{base::secret{std::string(32, 'k')}};
    CHECK(read_certificates(headers, body, other, now).kind == certificates_kind::unreadable);
    CHECK(
        read_certificates(headers, "{\"data\":[]}", box, now).kind == certificates_kind::unreadable
    );
    auto renamed = body;
    renamed.replace(renamed.find("4B1A7F"), 6, "4B1A70");
    CHECK(read_certificates(headers, renamed, box, now).kind == certificates_kind::unreadable);
}

TEST_CASE("sensitive-field.json: what we encrypt, the platform's key opens") {
    const auto file = vectors::json("wechat-pay/sensitive-field.json");
    const auto key = public_key::from_pem(vectors::text("wechat-pay/" + at(file, "public_key")));
    const auto pem = vectors::text("wechat-pay/" + at(file, "private_key"));
    BIO* source = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    EVP_PKEY* secret = PEM_read_bio_PrivateKey(source, nullptr, nullptr, nullptr);
    BIO_free(source);
    const auto opened = [secret](const std::string& base64) {
        const auto bytes = base::from_base64(base64).value();
        EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(secret, nullptr);
        EVP_PKEY_decrypt_init(context);
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING);
        std::string out(512, '\0');
        std::size_t size = out.size();
        const int good = EVP_PKEY_decrypt(
            context,
            reinterpret_cast<unsigned char*>(out.data()),
            &size,
            reinterpret_cast<const unsigned char*>(bytes.data()),
            bytes.size()
        );
        EVP_PKEY_CTX_free(context);
        out.resize(good == 1 ? size : 0);
        return out;
    };
    CHECK(opened(at(file, "ciphertext")) == at(file, "plaintext"));
    CHECK(opened(key.encrypt(at(file, "plaintext"))) == at(file, "plaintext"));
    CHECK(key.encrypt("a") != key.encrypt("a"));
    EVP_PKEY_free(secret);
}

TEST_CASE("a merchant says which key of the configuration is wrong, and never its content") {
    const auto fault_of = [](const base::merchant_conf& conf) {
        try {
            const merchant made{conf, vectors::app_id};
            return std::string{};
        } catch (const base::error& fault) {
            CHECK(fault.what_code() == base::errc::conf_invalid);
            return fault.detail();
        }
    };
    auto conf = vectors::merchant_conf();
    CHECK(fault_of(conf) == "");

    SUBCASE("private key") {
        conf.private_key = base::secret{"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END"};
        CHECK(fault_of(conf).starts_with("wechat.pay.private_key: "));
        CHECK(fault_of(conf).find("c2VjcmV0") == std::string::npos);
    }
    SUBCASE("a certificate instead of a key") {
        conf.private_key = base::secret{vectors::key_file("merchant.cert.pem")};
        CHECK(fault_of(conf).starts_with("wechat.pay.private_key: "));
    }
    SUBCASE("APIv3 key") {
        conf.api_v3_key = base::secret{"too-short-secret"};
        CHECK(fault_of(conf).starts_with("wechat.pay.api_v3_key: "));
        CHECK(fault_of(conf).find("too-short") == std::string::npos);
    }
    SUBCASE("platform key under a wrong serial") {
        conf.platform_keys["7FFF"] = vectors::key_file("platform_cert.cert.pem");
        CHECK(fault_of(conf).starts_with("wechat.pay.platform_keys: "));
    }
    SUBCASE("public key that is none") {
        conf.platform_keys["PUB_KEY_ID_1"] = "garbage";
        CHECK(fault_of(conf).starts_with("wechat.pay.platform_keys: "));
    }
    SUBCASE("published test keys are for simulators") {
        conf.api_base = "https://api.mch.weixin.qq.com";
        CHECK(fault_of(conf).find("published test key") != std::string::npos);
    }
    SUBCASE("api_base with a path") {
        conf.api_base = "https://api.mch.weixin.qq.com/v3";
        CHECK(fault_of(conf).starts_with("wechat.pay.api_base: "));
    }
}
