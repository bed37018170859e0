#include "wechat/mp/callback.hpp"

#include <doctest/doctest.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "tests/wechat/vectors.hpp"
#include "wechat/mp/envelope.hpp"
#include "wechat/mp/reply.hpp"

using namespace wechat::mp;
using vectors::at;

namespace {

base::account_conf conf_of(const rapidjson::Document& file) {
    base::account_conf made;
    made.app_id = at(file, "appid");
    made.original_id = at(file, "to_user_name");
    made.token = base::secret{at(file, "token")};
    made.encoding_aes_key = base::secret{at(file, "encoding_aes_key")};
    made.mode = "safe";
    return made;
}

const rapidjson::Value& case_named(const rapidjson::Document& file, const std::string& id) {
    for (const auto& one : file["cases"].GetArray()) {
        if (at(one, "id") == id) return one;
    }
    throw std::runtime_error{"no such case"};
}

query_list query_of(const rapidjson::Value& one) {
    return vectors::pairs(one["query"]);
}
std::int64_t time_of(const rapidjson::Value& one) {
    return std::stoll(at(one["query"], "timestamp"));
}

base::account_conf plain_conf(const std::string& token) {
    base::account_conf made;
    made.app_id = "wxfedcba9876543210";
    made.token = base::secret{token};
    made.mode = "plain";
    return made;
}

}  // namespace

TEST_CASE("url-verification.json: echoed exactly, or not at all") {
    const auto file = vectors::json("official-account/url-verification.json");
    REQUIRE(file["cases"].Size() == 8);
    for (const auto& one : file["cases"].GetArray()) {
        CAPTURE(at(one, "id"));
        const callback door{plain_conf(at(one, "token"))};
        const auto echo = door.echo_for(query_of(one));
        if (at(one, "expect") == "echo") {
            REQUIRE(echo);
            CHECK(*echo == at(one, "body"));
            CHECK(
                base::to_hex(base::sha1(at(one, "string_to_hash"))) == at(one, "computed_signature")
            );
        } else {
            CHECK_FALSE(echo);
        }
    }
}

TEST_CASE("the echo accepts the previous token too, and is no reflector") {
    const auto file = vectors::json("official-account/url-verification.json");
    const auto& one = file["cases"][0];
    auto conf = plain_conf("anotherToken");
    conf.previous_token = base::secret{at(one, "token")};
    CHECK(callback{conf}.echo_for(query_of(one)));
    auto query = query_of(one);
    for (auto& [name, value] : query) {
        if (name == "echostr") value = std::string(5000, 'x');
    }
    CHECK_FALSE(callback{conf}.echo_for(query));
}

TEST_CASE("encrypted-message.json: every delivery opens or is refused by the named check") {
    const auto file = vectors::json("official-account/encrypted-message.json");
    auto conf = conf_of(file);
    REQUIRE(file["cases"].Size() == 23);
    for (const auto& one : file["cases"].GetArray()) {
        CAPTURE(at(one, "id"));
        conf.mode = at(one, "mode");
        const bool older = at(one, "key_used") == "previous_encoding_aes_key";
        conf.previous_encoding_aes_key =
            base::secret{older ? at(file, "previous_encoding_aes_key") : std::string{}};
        const callback door{conf};
        const auto got = door.receive(query_of(one), at(one, "request_body"), time_of(one));
        CHECK(name_of(got.what) == at(one, "expect"));
        if (got.what != callback_verdict::ok) {
            CHECK(got.said.fields.empty());
            continue;
        }
        CHECK(got.encrypted);
        CHECK(got.under_previous_key == older);
        CHECK(got.said.from_user == at(file, "openid"));
        if (!one.HasMember("fields")) continue;
        for (const auto& member : one["fields"].GetObject()) {
            CAPTURE(member.name.GetString());
            CHECK(got.said.field(member.name.GetString()) == member.value.GetString());
        }
    }
}

TEST_CASE("encrypted-message.json: signature, plaintext, twin key, and the wrong key") {
    const auto file = vectors::json("official-account/encrypted-message.json");
    const auto key = decode_aes_key(at(file, "encoding_aes_key")).value();
    const auto previous = decode_aes_key(at(file, "previous_encoding_aes_key")).value();
    const auto twin = decode_aes_key(at(file, "noncanonical_twin_of_encoding_aes_key")).value();
    CHECK(base::to_hex(key.reveal()) == at(file, "aes_key_hex"));
    CHECK(base::to_hex(previous.reveal()) == at(file, "previous_aes_key_hex"));
    CHECK(twin.reveal() == key.reveal());
    for (const auto& one : file["cases"].GetArray()) {
        CAPTURE(at(one, "id"));
        const auto& query = one["query"];
        CHECK(
            message_signature(
                at(file, "token"), at(query, "timestamp"), at(query, "nonce"), at(one, "encrypt")
            ) == at(one, "computed_msg_signature")
        );
        const bool older = at(one, "key_used") == "previous_encoding_aes_key";
        const auto opened = unseal(older ? previous : key, at(file, "appid"), at(one, "encrypt"));
        if (at(one, "expect") != "ok") continue;
        CHECK(opened.what == unseal_kind::ok);
        CHECK(opened.message == at(one, "plaintext"));
        const auto random = base::from_hex(at(one["layout"], "random16_hex")).value();
        CHECK(
            seal(older ? previous : key, at(file, "appid"), opened.message, random) ==
            at(one, "encrypt")
        );
    }
    const auto& m9 = case_named(file, "M9");
    CHECK(unseal(key, at(file, "appid"), at(m9, "encrypt")).what != unseal_kind::ok);
}

TEST_CASE("encrypted-reply.json: envelopes byte for byte") {
    const auto file = vectors::json("official-account/encrypted-reply.json");
    const callback door{conf_of(file)};
    const auto key = decode_aes_key(at(file, "encoding_aes_key")).value();
    const auto& list = file.HasMember("cases") ? file["cases"] : file["replies"];
    REQUIRE(list.Size() == 4);
    for (const auto& one : list.GetArray()) {
        CAPTURE(at(one, "id"));
        const auto& inputs = one["inputs"];
        callback_delivery to;
        to.encrypted = true;
        to.nonce = at(inputs, "nonce");
        const auto envelope = door.wrap(
            to,
            at(inputs, "plaintext"),
            std::stoll(at(inputs, "timestamp")),
            base::from_hex(at(inputs, "random16_hex")).value()
        );
        const auto encrypted = read_encrypted_part(envelope).value();
        CHECK(encrypted == at(one["expected"], "encrypt"));
        CHECK(
            envelope.find("<![CDATA[" + at(one["expected"], "msg_signature") + "]]>") !=
            std::string::npos
        );
        CHECK(unseal(key, at(file, "appid"), encrypted).message == at(inputs, "plaintext"));
    }
    callback_delivery to;
    to.encrypted = true;
    CHECK(door.wrap(to, "success", 1, std::string(16, 'r')) == "success");
    CHECK(door.wrap(to, "", 1, std::string(16, 'r')).empty());
    to.encrypted = false;
    CHECK(door.wrap(to, "<xml/>", 1, std::string(16, 'r')) == "<xml/>");
}

TEST_CASE("a message under the previous key is answered under it") {
    const auto file = vectors::json("official-account/encrypted-message.json");
    auto conf = conf_of(file);
    conf.previous_encoding_aes_key = base::secret{at(file, "previous_encoding_aes_key")};
    const callback door{conf};
    const auto& m9 = case_named(file, "M9");
    const auto got = door.receive(query_of(m9), at(m9, "request_body"), time_of(m9));
    REQUIRE(got.what == callback_verdict::ok);
    const auto envelope = door.wrap(got, "<xml/>", 1767225700, std::string(16, 'r'));
    const auto previous = decode_aes_key(at(file, "previous_encoding_aes_key")).value();
    const auto part = read_encrypted_part(envelope).value();
    CHECK(unseal(previous, at(file, "appid"), part).message == "<xml/>");
}

TEST_CASE("modes: safe never falls back, compatible and plain take what they say") {
    const auto file = vectors::json("official-account/encrypted-message.json");
    const auto& m8 = case_named(file, "M8");
    const auto& m1 = case_named(file, "M1");
    auto conf = conf_of(file);
    const std::string plain_body = at(m1, "plaintext");
    query_list plain_query;
    for (const auto& [name, value] : query_of(m1)) {
        if (name != "msg_signature" && name != "encrypt_type")
            plain_query.emplace_back(name, value);
    }
    const auto verdict =
        [&](const std::string& mode, const query_list& query, const std::string& body) {
            conf.mode = mode;
            return callback{conf}.receive(query, body, 1767225700).what;
        };
    CHECK(verdict("safe", query_of(m8), at(m8, "request_body")) == callback_verdict::ok);
    CHECK(verdict("compatible", query_of(m8), at(m8, "request_body")) == callback_verdict::ok);
    CHECK(verdict("plain", query_of(m8), at(m8, "request_body")) == callback_verdict::ok);
    CHECK(verdict("plain", plain_query, plain_body) == callback_verdict::ok);
    CHECK(verdict("compatible", plain_query, plain_body) == callback_verdict::ok);
    CHECK(verdict("safe", plain_query, plain_body) == callback_verdict::not_encrypted);
    // A forged plain body under a captured safe-mode address.
    CHECK(verdict("safe", query_of(m1), plain_body) == callback_verdict::not_encrypted);
    CHECK(verdict("compatible", query_of(m1), plain_body) == callback_verdict::not_encrypted);
    CHECK(verdict("plain", query_of(m1), at(m1, "request_body")) == callback_verdict::bad_xml);
}

TEST_CASE("window, recipient, size, parameters") {
    const auto file = vectors::json("official-account/encrypted-message.json");
    const auto& m1 = case_named(file, "M1");
    auto conf = conf_of(file);
    const callback door{conf};
    const auto body = at(m1, "request_body");
    const auto at_time = [&](std::int64_t now_s, std::int64_t window_s) {
        return door.receive(query_of(m1), body, now_s, window_s).what;
    };
    CHECK(at_time(1767225700 + 300, 300) == callback_verdict::ok);
    CHECK(at_time(1767225700 - 300, 300) == callback_verdict::ok);
    CHECK(at_time(1767225700 + 301, 300) == callback_verdict::clock);
    CHECK(at_time(1767225700 - 301, 300) == callback_verdict::clock);
    CHECK(at_time(1767225700 + 301, 1000) == callback_verdict::ok);
    CHECK(door.receive({}, body, 1767225700).what == callback_verdict::missing_parameter);
    CHECK(
        door.receive(query_of(m1), std::string(70'000, ' '), 1767225700).what ==
        callback_verdict::too_large
    );
    CHECK(door.receive(query_of(m1), "", 1767225700).what == callback_verdict::bad_xml);
    CHECK(
        door.receive(query_of(m1), "<!DOCTYPE xml>" + body, 1767225700).what ==
        callback_verdict::bad_xml
    );
    conf.original_id = "gh_somebodyelse";
    CHECK(
        callback{conf}.receive(query_of(m1), body, 1767225700).what ==
        callback_verdict::wrong_recipient
    );
}

TEST_CASE("published-examples.json: numbers printed in public documents") {
    const auto file = vectors::json("official-account/published-examples.json");
    const auto& url = file["url_verification"];
    CHECK(
        callback_signature(at(url, "token"), at(url, "timestamp"), at(url, "nonce")) ==
        at(url, "signature")
    );
    const callback door{plain_conf(at(url, "token"))};
    CHECK(
        door.echo_for(
            {{"signature", at(url, "signature")},
             {"timestamp", at(url, "timestamp")},
             {"nonce", at(url, "nonce")},
             {"echostr", at(url, "echostr")}}
        ) == at(url, "echostr")
    );
    const auto& plain = file["plain_mode_post"];
    CHECK(
        callback_signature(at(plain, "token"), at(plain, "timestamp"), at(plain, "nonce")) ==
        at(plain, "signature")
    );

    const auto& post = file["safe_mode_post"];
    CHECK(
        callback_signature(at(post, "token"), at(post, "timestamp"), at(post, "nonce")) ==
        at(post, "signature")
    );
    CHECK(
        message_signature(
            at(post, "token"), at(post, "timestamp"), at(post, "nonce"), at(post, "encrypt")
        ) == at(post, "msg_signature")
    );
    const auto key = decode_aes_key(at(post, "encoding_aes_key")).value();
    const auto opened = unseal(key, at(post, "appid"), at(post, "encrypt"));
    CHECK(opened.what == unseal_kind::ok);
    CHECK(opened.message.size() == post["msg_len"].GetUint());

    const auto& reply = file["safe_mode_reply"];
    const auto sealed =
        seal(key, at(reply, "appid"), at(reply, "plaintext"), at(reply, "random16"));
    CHECK(sealed == at(reply, "encrypt"));
    CHECK(
        message_signature(at(reply, "token"), at(reply, "timestamp"), at(reply, "nonce"), sealed) ==
        at(reply, "msg_signature")
    );
}

TEST_CASE("a wrong configuration is named, never shown") {
    const auto file = vectors::json("official-account/encrypted-message.json");
    const auto fault_of = [](const base::account_conf& conf) {
        try {
            const callback made{conf};
            return std::string{};
        } catch (const base::error& fault) {
            return fault.detail();
        }
    };
    auto conf = conf_of(file);
    CHECK(fault_of(conf) == "");
    conf.encoding_aes_key = base::secret{"hunter2"};
    CHECK(fault_of(conf).starts_with("wechat.account.encoding_aes_key"));
    CHECK(fault_of(conf).find("hunter2") == std::string::npos);
    conf = conf_of(file);
    conf.mode = "odd";
    CHECK(fault_of(conf).starts_with("wechat.account.mode"));
    conf = conf_of(file);
    conf.token = base::secret{};
    CHECK(fault_of(conf).starts_with("wechat.account.token"));
}
