// Thousands of damaged inputs: none may crash, and none that needs a signature may pass.
#include <random>

#include <doctest/doctest.h>

#include "tests/wechat/bill_bytes.hpp"
#include "tests/wechat/fakes.hpp"
#include "tests/wechat/vectors.hpp"
#include "wechat/answer_reader.hpp"
#include "wechat/mp/callback.hpp"
#include "wechat/mp/envelope.hpp"
#include "wechat/mp/menu.hpp"
#include "wechat/pay/bills.hpp"
#include "wechat/pay/certificates.hpp"
#include "wechat/pay/fund_flow.hpp"
#include "wechat/pay/notice.hpp"
#include "wechat/pay/orders.hpp"
#include "wechat/pay/refunds.hpp"
#include "wechat/pay/trade_bill.hpp"
#include "wechat/url.hpp"

using vectors::at;

namespace {

class damage {
public:
    explicit damage(unsigned seed) : chance_{seed} {}

    std::size_t below(std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>{0, bound - 1}(chance_);
    }
    std::string of(std::string text) {
        static const std::string spice[] = {
            "<",
            ">",
            "]]>",
            "<![CDATA[",
            "<!DOCTYPE x>",
            "{",
            "}",
            "[",
            "\"",
            "\\u0000",
            "&#0;",
            std::string(1, '\0'),
            "\xff\xfe",
            "99999999999999999999",
            "-1",
            "\r\n",
            "null",
            "🎓"};
        for (auto times = 1 + below(4); times-- > 0;) {
            if (text.empty()) text = "x";
            const auto at = below(text.size());
            const auto some = std::min<std::size_t>(1 + below(40), text.size() - at);
            switch (below(5)) {
                case 0:
                    text[at] = static_cast<char>(below(256));
                    break;
                case 1:
                    text.erase(at, some);
                    break;
                case 2:
                    text.insert(at, spice[below(std::size(spice))]);
                    break;
                case 3:
                    text.insert(at, text.substr(at, some));
                    break;
                default:
                    text.resize(at);
                    break;
            }
        }
        return text;
    }

private:
    std::mt19937 chance_;
};

constexpr int rounds = 3000;

}  // namespace

TEST_CASE("damaged HTTP answers, in pieces of any size") {
    damage some{1};
    const std::string originals[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nX: y\r\n\r\nhello, world",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;x=y\r\n, "
        "world\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    };
    using wechat::detail::answer_reader;
    for (int i = 0; i < rounds; ++i) {
        const auto text = some.of(originals[some.below(std::size(originals))]);
        answer_reader reader{64};
        auto state = answer_reader::state::hungry;
        for (std::size_t from = 0; from < text.size() && state == answer_reader::state::hungry;) {
            const auto size = std::min<std::size_t>(1 + some.below(20), text.size() - from);
            state = reader.feed(std::string_view{text}.substr(from, size));
            from += size;
        }
        if (state == answer_reader::state::hungry) state = reader.end_of_stream();
        CHECK(state != answer_reader::state::hungry);
        if (state == answer_reader::state::complete) CHECK(reader.taken().body.size() <= 64);
    }
}

TEST_CASE("damaged deliveries of the account") {
    damage some{2};
    const auto file = vectors::json("official-account/encrypted-message.json");
    const auto plain = vectors::json("official-account/incoming-plain.json");
    base::account_conf conf;
    conf.app_id = at(file, "appid");
    conf.token = base::secret{at(file, "token")};
    conf.encoding_aes_key = base::secret{at(file, "encoding_aes_key")};
    conf.mode = "compatible";
    const wechat::mp::callback door{conf};
    const auto key = wechat::mp::decode_aes_key(at(file, "encoding_aes_key")).value();
    const auto& one = file["cases"][0];
    for (int i = 0; i < rounds; ++i) {
        const auto& sample = plain["samples"][static_cast<unsigned>(some.below(32))];
        const auto read = wechat::mp::read_message(some.of(at(sample, "xml")));
        if (read) CHECK(read->dedup_key().size() <= 120);
        wechat::mp::unseal(key, conf.app_id, some.of(at(one, "encrypt")));

        auto query = vectors::pairs(one["query"]);
        auto& changed = query[some.below(query.size())].second;
        changed = some.of(changed);
        const auto got =
            door.receive(query, some.of(at(one, "request_body")), 1767225700, 1'000'000);
        if (got.what == wechat::mp::callback_verdict::ok) {
            // Only what the signature does not cover was hit.
            CHECK(got.said.content == "怎么缴学费？");
        }
    }
}

TEST_CASE("damaged ciphertext never opens: the AppID must come out whole") {
    damage some{3};
    const auto file = vectors::json("official-account/encrypted-message.json");
    const auto key = wechat::mp::decode_aes_key(at(file, "encoding_aes_key")).value();
    const auto sealed = at(file["cases"][0], "encrypt");
    int opened = 0;
    for (int i = 0; i < rounds; ++i) {
        auto text = sealed;
        text[text.size() - 3 - some.below(40)] ^= 1;  // in the last blocks: padding and AppID
        if (wechat::mp::unseal(key, at(file, "appid"), text).what == wechat::mp::unseal_kind::ok) {
            ++opened;
        }
    }
    CHECK(opened == 0);
}

TEST_CASE("damaged notices are never taken for payments") {
    damage some{4};
    const auto file = vectors::json("wechat-pay/notifications.json");
    const auto& one = file["cases"][0];
    const wechat::pay::merchant ours{vectors::merchant_conf(), vectors::app_id};
    const auto body = at(one, "body");
    for (int i = 0; i < rounds; ++i) {
        auto headers = vectors::pairs(one["headers"]);
        auto sent = body;
        if (some.below(2) == 0) {
            sent = some.of(body);
            if (sent == body) continue;
        } else {
            auto& value = headers[some.below(4)].second;
            const auto before = value;
            value = some.of(value);
            if (value == before) continue;
        }
        const auto read = wechat::pay::read_notice({&ours}, headers, sent, vectors::base_s);
        CHECK(read.kind == wechat::pay::notice_kind::refused);
    }
}

TEST_CASE("authentic but damaged contents do not crash") {
    damage some{5};
    const auto file = vectors::json("wechat-pay/notifications.json");
    const wechat::pay::merchant ours{vectors::merchant_conf(), vectors::app_id};
    const auto certificates = vectors::json("wechat-pay/certificates.json");
    const wechat::pay::cipher box{base::secret{vectors::api_v3_key}};
    for (int i = 0; i < rounds; ++i) {
        wechat::pay::read_trade(some.of(at(file["cases"][0], "plaintext")));
        wechat::pay::read_refund(some.of(at(file["cases"][2], "plaintext")));
        wechat::mp::read_menu(some.of(R"({"button":[{"name":"a","sub_button":{"list":[{}]}}]})"));
        wechat::mp::read_live_menu(some.of(R"({"is_menu_open":1,"selfmenu_info":{"button":[]}})"));
        wechat::read_url(some.of("https://user@pay.example.edu.cn:443/a?b=c#d"));
        const auto cleaned = wechat::pay::clean_description(some.of("2026-2027学年学费、住宿费"));
        CHECK(base::is_utf8(cleaned));
        CHECK(cleaned.size() <= 127);
        if (i % 10 != 0) continue;
        const auto sent = some.of(at(file["cases"][0], "body"));
        const auto headers = fakes::signed_answer(200, sent).answer.headers;
        wechat::pay::read_notice({&ours}, headers, sent, vectors::base_s);
        wechat::pay::read_certificates(
            vectors::pairs(certificates["headers"]),
            some.of(at(certificates, "body")),
            box,
            vectors::base_s
        );
    }
}

TEST_CASE("a damaged bill file is no file") {
    damage some{6};
    const auto plain = vectors::text("wechat-pay/bills/tradebill-all.csv");
    const auto packed = vectors::text("wechat-pay/bills/tradebill-all.csv.gz");
    const auto hash = bill_bytes::sha1_hex(plain);
    for (int i = 0; i < rounds; ++i) {
        const auto sent = some.of(i % 2 == 0 ? plain : packed);
        const auto made = wechat::pay::bill_file::open(sent, hash, 1'000'000);
        // Where the damage is none: the same byte again, or one that says nothing.
        if (made.file) CHECK(made.file->unpacked_size() == plain.size());
    }
}

TEST_CASE("a damaged bill with the right hash gives its money or none") {
    damage some{7};
    const auto trade = vectors::text("wechat-pay/bills/tradebill-all.csv");
    const auto flow = vectors::text("wechat-pay/bills/fundflow-basic.csv");
    int refused = 0;
    for (int i = 0; i < rounds; ++i) {
        int rows = 0;
        const auto count = [&rows](const auto&) { ++rows; };
        const auto of_trade =
            wechat::pay::read_trade_bill(bill_bytes::opened(some.of(trade)), count);
        CHECK(rows == (of_trade.why ? 0 : 3));
        if (!of_trade.why) {
            CHECK(of_trade.sums.order_amount == base::fen{560990});
            CHECK(of_trade.sums.refund_applied == base::fen{120000});
        }
        rows = 0;
        const auto of_flow = wechat::pay::read_fund_flow(bill_bytes::opened(some.of(flow)), count);
        CHECK(rows == (of_flow.why ? 0 : 3));
        if (!of_flow.why) CHECK(of_flow.sums.income == base::fen{560000});
        refused += (of_trade.why ? 1 : 0) + (of_flow.why ? 1 : 0);
    }
    CHECK(refused > rounds);
    CHECK(refused < 2 * rounds);
}

TEST_CASE("damaged answers about refunds and bills never count as the right one") {
    damage some{8};
    const wechat::pay::merchant ours{vectors::merchant_conf(), vectors::app_id};
    fakes::transport net;
    wechat::pay::client calls{ours, net, fakes::fixed_sources()};
    wechat::pay::refund_request facts;
    facts.out_trade_no = "JLCP20261122AB_0001";
    facts.out_refund_no = "RF20261122-0001";
    facts.amount_refund = base::fen{120000};
    facts.amount_total = base::fen{560000};
    const auto body = wechat::pay::write_refund_body(facts);
    const auto file = vectors::json("wechat-pay/notifications.json");
    const auto told = at(file["cases"][2], "plaintext");
    int accepted = 0;
    for (int i = 0; i < rounds / 10; ++i) {
        net.then(fakes::signed_answer(200, some.of(told)));
        const auto made = fakes::run(wechat::pay::refunds{calls}.apply(body));
        if (made.accepted) {
            ++accepted;
            CHECK(made.accepted->out_refund_no == "RF20261122-0001");
            CHECK(made.accepted->amount_refund == base::fen{120000});
        }
        const auto address = wechat::pay::read_bill_address(
            ours, some.of("http://127.0.0.1:1/v3/billdownload/file?token=t&tartype=gzip")
        );
        if (address) CHECK(address->base == "http://127.0.0.1:1");
    }
    CHECK(accepted > 0);
}

TEST_CASE("nesting does not exhaust the stack") {
    const std::string open(200'000, '[');
    CHECK_FALSE(wechat::pay::read_trade(open));
    CHECK_FALSE(wechat::pay::read_trade("{\"a\":" + open + std::string(200'000, ']') + "}"));
    wechat::transport_result came = fakes::plain_answer(200, open);
    CHECK_FALSE(wechat::mp::read_menu(open));
}
