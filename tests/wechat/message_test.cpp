#include "wechat/mp/message.hpp"

#include <set>

#include <doctest/doctest.h>
#include <tinyxml2.h>

#include "server/base/encoding.hpp"
#include "tests/wechat/vectors.hpp"
#include "wechat/mp/reply.hpp"

using namespace wechat::mp;
using vectors::at;

TEST_CASE("incoming-plain.json: fields and keys of every kind") {
    const auto file = vectors::json("official-account/incoming-plain.json");
    REQUIRE(file["samples"].Size() == 32);
    std::set<std::string> keys;
    for (const auto& one : file["samples"].GetArray()) {
        CAPTURE(at(one, "id"));
        const auto read = read_message(at(one, "xml"));
        REQUIRE(read);
        for (const auto& member : one["fields"].GetObject()) {
            CAPTURE(member.name.GetString());
            const bool absent = member.value.IsNull();
            CHECK(read->field(member.name.GetString()) == (absent ? "" : member.value.GetString()));
        }
        const auto kind = at(one, "kind");
        CHECK((read->is_event() ? "event:" + read->event : read->type) == kind);
        // Events get more: two different ones may share a second.
        CHECK(read->dedup_key().starts_with(at(one, "dedup_key")));
        CHECK((read->dedup_key() == at(one, "dedup_key")) == !read->is_event());
        CHECK(read->dedup_key().size() <= 120);
        CHECK(keys.insert(read->dedup_key()).second);
    }
}

TEST_CASE("nested leaves and lists are kept in order") {
    const auto file = vectors::json("official-account/incoming-plain.json");
    for (const auto& one : file["samples"].GetArray()) {
        const auto read = read_message(at(one, "xml")).value();
        if (at(one, "id") == "P18") {
            CHECK(read.field("ScanCodeInfo/ScanResult") == "https://pay.example.edu.cn/q/1");
        }
        if (at(one, "id") != "P26") continue;
        std::vector<std::string> states;
        for (const auto& [name, value] : read.fields) {
            if (name.ends_with("List/SubscribeStatusString")) states.push_back(value);
        }
        CHECK(states == std::vector<std::string>{"accept", "reject"});
    }
}

TEST_CASE("what is no message is refused") {
    const std::string head =
        "<ToUserName>gh</ToUserName><FromUserName>o</FromUserName><CreateTime>1</CreateTime>";
    CHECK(read_message("<xml>" + head + "<MsgType>text</MsgType></xml>"));
    CHECK_FALSE(read_message(""));
    CHECK_FALSE(read_message("success"));
    CHECK_FALSE(read_message("<xml>" + head + "</xml>"));
    CHECK_FALSE(read_message("<other>" + head + "<MsgType>text</MsgType></other>"));
    CHECK_FALSE(read_message(
        "<!DOCTYPE xml [<!ENTITY a \"b\">]><xml>" + head + "<MsgType>text</MsgType></xml>"
    ));
    CHECK_FALSE(read_message("<xml>" + head + "<MsgType>text</MsgType><!doctype></xml>"));
    CHECK_FALSE(
        read_message("<xml><ToUserName>gh</ToUserName><FromUserName>o</FromUserName>"
                     "<CreateTime>x</CreateTime><MsgType>text</MsgType></xml>")
    );
    std::string deep = "<xml>" + head + "<MsgType>text</MsgType>";
    for (int i = 0; i < 300; ++i) deep += "<a>";
    CHECK_FALSE(read_message(deep));
    for (int i = 0; i < 300; ++i) deep += "</a>";
    CHECK_FALSE(read_message(deep + "</xml>"));
    CHECK_FALSE(
        read_message("<xml>" + head + "<MsgType>" + std::string(500, 'x') + "</MsgType></xml>")
    );
}

TEST_CASE("a CDATA section split in two is one text") {
    const auto read = read_message(
        "<xml><ToUserName>gh</ToUserName><FromUserName>o</FromUserName><CreateTime>1</CreateTime>"
        "<MsgType>text</MsgType><Content><![CDATA[a]]]]><![CDATA[>b]]></Content></xml>"
    );
    REQUIRE(read);
    CHECK(read->content == "a]]>b");
}

TEST_CASE("encrypted-reply.json: our XML is the document's") {
    const auto file = vectors::json("official-account/encrypted-reply.json");
    message to;
    to.from_user = at(file, "openid");
    to.to_user = at(file, "to_user_name");
    const auto& list = file.HasMember("cases") ? file["cases"] : file["replies"];
    const auto plaintext = [&list](unsigned i) { return at(list[i]["inputs"], "plaintext"); };
    CHECK(
        text_reply(
            to,
            "缴费请点击 <a href=\"https://pay.example.edu.cn/h5/\">缴费入口</a>\n"
            "如有疑问请联系财务处。",
            1767225702
        ) == plaintext(0)
    );
    const article shown{
        "2026学年学费缴纳通知",
        "9月1日前完成缴费",
        "https://pay.example.edu.cn/img/a.jpg",
        "https://pay.example.edu.cn/h5/?a=1&b=2"};
    CHECK(news_reply(to, shown, 1767225703) == plaintext(1));
    CHECK(transfer_reply(to, 1767225704) == plaintext(2));
    CHECK(text_reply(to, "a]]>b", 1767225705) == plaintext(3));
}

TEST_CASE("replies that would show a fault notice become success") {
    const message to;
    for (const auto* empty : {"", " \n\t", "\x01\x02\r"})
        CHECK(text_reply(to, empty, 1) == "success");
    CHECK(text_reply(to, "\xff\xfe", 1) == "success");
}

TEST_CASE("whatever is quoted in a reply comes back as it was") {
    message to;
    to.from_user = "o";
    to.to_user = "gh";
    for (const auto* text :
         {"]]>",
          "]]]]>>",
          "a]]",
          "]]>]]>",
          "<Content>x</Content>",
          "&amp;",
          "<![CDATA[",
          "缴费🎓]]>ok",
          "a\nb\tc"}) {
        CAPTURE(text);
        auto xml = text_reply(to, text, 1);
        const auto read = read_message(xml);
        REQUIRE(read);
        CHECK(read->content == text);
    }
    CHECK(read_message(text_reply(to, "a\r\x01\x7f\nb", 1))->content == "a\nb");
    CHECK(without_markup("<a href=x>张三</a>") == "a href=x张三/a");
}

TEST_CASE("long texts are cut between characters, never inside a link") {
    message to;
    to.from_user = "o";
    to.to_user = "gh";
    std::string text;
    for (int i = 0; i < 700; ++i) text += "费";
    const auto cut = read_message(text_reply(to, text, 1))->content;
    CHECK(cut.size() <= 2047);
    CHECK(cut.size() > 2040);
    CHECK(base::is_utf8(cut));
    CHECK(cut.ends_with("费…"));

    std::string with_link(2000, 'x');
    with_link += "<a href=\"https://pay.example.edu.cn/h5/\">缴费入口</a>";
    const auto linked = read_message(text_reply(to, with_link, 1))->content;
    CHECK(linked.find("<a") == std::string::npos);
    CHECK(linked == std::string(2000, 'x') + "…");
    std::string link_first = "<a href=\"https://pay.example.edu.cn/h5/\">缴费入口</a>" + text;
    CHECK(read_message(text_reply(to, link_first, 1))
              ->content.starts_with("<a href=\"https://pay.example.edu.cn/h5/\">缴费入口</a>费"));
}
