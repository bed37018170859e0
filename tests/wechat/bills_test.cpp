#include "wechat/pay/bills.hpp"

#include <doctest/doctest.h>

#include "tests/wechat/bill_bytes.hpp"
#include "tests/wechat/fakes.hpp"
#include "tests/wechat/vectors.hpp"
#include "wechat/pay/trade_bill.hpp"

using namespace wechat::pay;
using fakes::plain_answer;
using fakes::run;
using fakes::signed_answer;
using wechat::transport_result;

namespace {

constexpr auto home = "https://api.mch.weixin.qq.com";
constexpr auto backup = "https://api2.mch.weixin.qq.com";
constexpr base::business_day day{2026, 11, 21};
const std::string hash = "dc680e413e9706f0df47eae86ef593e11a030631";
const std::string target =
    "/v3/billdownload/file?token=test-Token_000001-abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRST"
    "&tartype=gzip";

struct shop {
    explicit shop(const std::string& api = home, const std::string& other = {})
        : who{conf(api, other), vectors::app_id} {}

    // The keys of the vectors, as if they were somebody's own: theirs are refused outside a
    // simulator.
    static base::merchant_conf conf(const std::string& api, const std::string& other) {
        auto made = vectors::merchant_conf();
        made.serial_no = "5A1C0DE0000000000000000000000000000000FF";
        made.platform_keys.clear();
        made.platform_keys[public_key_id] = vectors::key_file("platform_pubkey.public.pem");
        made.api_base = api;
        made.backup_api_base = other;
        return made;
    }
    static constexpr auto public_key_id = "PUB_KEY_ID_0116999999012026112200000000000002";

    static transport_result told(const std::string& body) {
        return signed_answer(
            200, body, vectors::base_s, "platform_pubkey.private.pem", public_key_id
        );
    }
    static transport_result error(unsigned status, const std::string& code) {
        return signed_answer(
            status,
            "{\"code\":\"" + code + "\",\"message\":\"说明\"}",
            vectors::base_s,
            "platform_pubkey.private.pem",
            public_key_id
        );
    }

    merchant who;
    fakes::transport net;
    client calls{who, net, fakes::fixed_sources()};
    bills desk{calls};
};

std::string statement(
    const std::string& url = home + target,
    const std::string& sha1 = hash,
    const std::string& kind = "SHA1"
) {
    return R"({"hash_type":")" + kind + R"(","hash_value":")" + sha1 + R"(","download_url":")" +
           url + R"(","tomorrow":1})";
}

transport_result unsigned_error(unsigned status, const std::string& code) {
    return plain_answer(status, "{\"code\":\"" + code + "\",\"message\":\"说明\"}");
}

const std::string packed = vectors::text("wechat-pay/bills/tradebill-all.csv.gz");

}  // namespace

TEST_CASE("a trade bill is asked for, fetched and read") {
    shop one;
    one.net.then(shop::told(statement()));
    one.net.then(plain_answer(200, packed));
    auto got = run(one.desk.fetch_trade(day));
    REQUIRE(got.kind == bill_kind::got);
    CHECK(got.raw == packed);
    CHECK(got.hash_value == hash);

    REQUIRE(one.net.asked.size() == 2);
    const auto& asking = one.net.asked[0];
    CHECK(asking.method == "GET");
    CHECK(
        asking.url ==
        std::string{home} + "/v3/bill/tradebill?bill_date=2026-11-21&bill_type=ALL&tar_type=GZIP"
    );
    CHECK(one.net.limits[0].body_bytes == wechat::exchange_limits{}.body_bytes);
    const auto& loading = one.net.asked[1];
    CHECK(loading.method == "GET");
    CHECK(loading.url == home + target);
    CHECK(loading.body.empty());
    CHECK(wechat::find_header(loading.headers, "Accept") == "application/json");
    CHECK(wechat::find_header(loading.headers, "Wechatpay-Serial") == shop::public_key_id);
    CHECK(
        wechat::find_header(loading.headers, "Authorization") ==
        one.who.hand().authorization(
            "GET", target, vectors::base_s + 1, "5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A", ""
        )
    );
    CHECK(one.net.limits[1].body_bytes == 64 * 1024 * 1024);
    CHECK(one.net.limits[1].deadline_ms == 60'000);

    const auto opened = bill_file::open(std::move(got.raw), got.hash_value);
    REQUIRE(opened.file);
    const auto read = read_trade_bill(*opened.file, {});
    CHECK_FALSE(read.why);
    CHECK(read.sums.rows == 3);
}

TEST_CASE("request-signing.json: both requests of a bill") {
    const auto file = vectors::json("wechat-pay/request-signing.json");
    shop one;
    one.net.then(shop::told(statement()));
    one.net.then(plain_answer(200, packed));
    run(one.desk.fetch_trade(day));
    int seen = 0;
    for (const auto& sample : file["cases"].GetArray()) {
        const auto name = vectors::at(sample, "case");
        if (name != "tradebill" && name != "bill_download") continue;
        ++seen;
        const auto& sent = one.net.asked[name == "tradebill" ? 0 : 1];
        CHECK(sent.url == home + vectors::at(sample, "url"));
        CHECK(sent.method == vectors::at(sample, "method"));
        CHECK(sent.body == vectors::at(sample, "body"));
    }
    CHECK(seen == 2);
}

TEST_CASE("a fund-flow bill is asked for by its account") {
    shop one;
    one.net.then(shop::told(statement()));
    one.net.then(plain_answer(200, packed));
    CHECK(run(one.desk.fetch_fund_flow({2026, 1, 2})).kind == bill_kind::got);
    CHECK(one.net.asked[0].url.ends_with(
        "/v3/bill/fundflowbill?bill_date=2026-01-02&account_type=BASIC&tar_type=GZIP"
    ));
}

TEST_CASE("every ending of asking for a bill has its name") {
    struct row {
        std::string name;
        transport_result answer;
        bill_kind expected;
    };
    auto tampered = shop::told(statement());
    tampered.answer.body = statement(home + target, "ac680e413e9706f0df47eae86ef593e11a030631");
    const row rows[] = {
        {"nothing that day", shop::error(400, "NO_STATEMENT_EXIST"), bill_kind::no_statement},
        {"nothing, on somebody's word",
         unsigned_error(400, "NO_STATEMENT_EXIST"),
         bill_kind::unknown},
        {"not ready", shop::error(400, "STATEMENT_CREATING"), bill_kind::not_ready},
        {"not ready, unsigned", unsigned_error(400, "STATEMENTCREATING"), bill_kind::not_ready},
        {"limited", shop::error(429, "FREQUENCY_LIMITED"), bill_kind::rate_limited},
        {"limited by a gateway", plain_answer(429, "<html>"), bill_kind::rate_limited},
        {"of the future", shop::error(400, "INVALID_REQUEST"), bill_kind::refused},
        {"parameter", shop::error(400, "PARAM_ERROR"), bill_kind::refused},
        {"other merchant", shop::error(403, "NO_AUTH"), bill_kind::refused},
        {"signature", unsigned_error(401, "SIGN_ERROR"), bill_kind::refused},
        {"system error", shop::error(500, "SYSTEM_ERROR"), bill_kind::unknown},
        {"gateway", plain_answer(502, "<html>"), bill_kind::unknown},
        {"time-out", transport_result::unknown("timed out"), bill_kind::unknown},
        {"not sent", transport_result::not_sent("connection"), bill_kind::unknown},
        {"unsigned", plain_answer(200, statement()), bill_kind::unknown},
        {"tampered", tampered, bill_kind::unknown},
        {"not JSON", shop::told("<html>"), bill_kind::unknown},
        {"empty", shop::told("{}"), bill_kind::unknown},
        {"other hash", shop::told(statement(home + target, hash, "SM3")), bill_kind::unknown},
        {"short hash", shop::told(statement(home + target, "dc68")), bill_kind::unknown},
        {"no hash", shop::told(statement(home + target, "")), bill_kind::unknown},
        {"hash in words",
         shop::told(statement(home + target, std::string(40, 'x'))),
         bill_kind::unknown},
        {"other host", shop::told(statement("https://evil.example" + target)), bill_kind::unknown},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        shop one;
        one.net.then(expected.answer);
        one.net.then(plain_answer(200, packed));
        const auto got = run(one.desk.fetch_trade(day));
        CHECK(got.kind == expected.expected);
        CHECK(got.raw.empty());
        CHECK(one.net.asked.size() == 1);
        CHECK(got.reason.empty() == (got.kind != bill_kind::unknown));
    }
}

TEST_CASE("every ending of the download has its name") {
    struct row {
        std::string name;
        transport_result answer;
        bill_kind expected;
    };
    const row rows[] = {
        {"limited", unsigned_error(429, "FREQUENCY_LIMITED"), bill_kind::rate_limited},
        {"other merchant", unsigned_error(403, "NO_AUTH"), bill_kind::refused},
        {"signature", unsigned_error(401, "SIGN_ERROR"), bill_kind::refused},
        {"gone", plain_answer(404, "<html>"), bill_kind::refused},
        {"system error", unsigned_error(500, "SYSTEM_ERROR"), bill_kind::unknown},
        {"redirect", plain_answer(302, ""), bill_kind::unknown},
        {"nothing", plain_answer(204, ""), bill_kind::unknown},
        {"in part", plain_answer(206, packed), bill_kind::unknown},
        {"time-out", transport_result::unknown("timed out"), bill_kind::unknown},
        {"not sent", transport_result::not_sent("connection"), bill_kind::unknown},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        shop one;
        one.net.then(shop::told(statement()));
        one.net.then(expected.answer);
        const auto got = run(one.desk.fetch_trade(day));
        CHECK(got.kind == expected.expected);
        CHECK(got.raw.empty());
        CHECK(one.net.asked.size() == 2);
        CHECK_FALSE(got.why.proven);
    }
}

TEST_CASE("an address that expired is asked for once more, and not for ever") {
    const auto other = "/v3/billdownload/file?token=second&tartype=gzip";
    SUBCASE("fresh") {
        shop one;
        one.net.then(shop::told(statement()));
        one.net.then(unsigned_error(400, "INVALID_REQUEST"));
        one.net.then(shop::told(statement(std::string{home} + other)));
        one.net.then(plain_answer(200, packed));
        const auto got = run(one.desk.fetch_trade(day));
        CHECK(got.kind == bill_kind::got);
        CHECK(got.raw == packed);
        REQUIRE(one.net.asked.size() == 4);
        CHECK(one.net.asked[2].url == one.net.asked[0].url);
        CHECK(one.net.asked[3].url == std::string{home} + other);
    }
    SUBCASE("expired again") {
        shop one;
        for (int i = 0; i < 3; ++i) {
            one.net.then(shop::told(statement()));
            one.net.then(unsigned_error(400, "INVALID_REQUEST"));
        }
        const auto got = run(one.desk.fetch_trade(day));
        CHECK(got.kind == bill_kind::unknown);
        CHECK(got.reason == "download_url expired twice");
        CHECK(one.net.asked.size() == 4);
    }
    SUBCASE("gone meanwhile") {
        shop one;
        one.net.then(shop::told(statement()));
        one.net.then(unsigned_error(400, "INVALID_REQUEST"));
        one.net.then(shop::error(400, "STATEMENT_CREATING"));
        CHECK(run(one.desk.fetch_trade(day)).kind == bill_kind::not_ready);
        CHECK(one.net.asked.size() == 3);
    }
}

TEST_CASE("only addresses of WeChat Pay's bills are signed for") {
    const shop real;
    const shop with_backup{"https://pay.example.edu.cn:8443", "https://pay2.example.edu.cn"};
    const shop simulated{"http://127.0.0.1:8090"};
    const std::string query = "?token=t&tartype=gzip";
    const auto file = "/v3/billdownload/file" + query;
    const auto base_of = [](const shop& one, const std::string& url) {
        const auto read = read_bill_address(one.who, url);
        return read ? read->base : "";
    };
    CHECK(base_of(real, home + file) == home);
    CHECK(base_of(real, backup + file) == backup);
    CHECK(base_of(real, "https://api.mch.weixin.qq.com:443" + file) == home);
    CHECK(
        base_of(with_backup, "https://pay.example.edu.cn:8443" + file) ==
        "https://pay.example.edu.cn:8443"
    );
    CHECK(
        base_of(with_backup, "https://pay2.example.edu.cn" + file) == "https://pay2.example.edu.cn"
    );
    CHECK(base_of(simulated, "http://127.0.0.1:8090" + file) == "http://127.0.0.1:8090");
    CHECK(read_bill_address(real.who, home + target)->target == target);

    const std::string refused[] = {
        "",
        file,
        "http://api.mch.weixin.qq.com" + file,
        "http://api.mch.weixin.qq.com:443" + file,
        "https://api.mch.weixin.qq.com:8443" + file,
        "https://api.mch.weixin.qq.com.evil.example" + file,
        "https://api.mch.weixin.qq.com@evil.example" + file,
        "https://evil.example/" + std::string{home} + file,
        "https://evil.example" + file,
        "https://127.0.0.1:8090" + file,
        "http://127.0.0.1:8090" + file,
        "ftp://api.mch.weixin.qq.com" + file,
        home + file + "#x",
        home + file + " HTTP/1.1",
        home + file + "\r\nX: y",
        home + std::string{"/v3/billdownload/file"},
        home + std::string{"/v3/billdownload/fileX"} + query,
        home + std::string{"/v3/billdownload/../refund/domestic/refunds"} + query,
        home + std::string{"/v3/refund/domestic/refunds"} + query,
        home + std::string{"/V3/billdownload/file"} + query,
        home + std::string{"//v3/billdownload/file"} + query,
        home + file + std::string(2048, 'x'),
    };
    for (const auto& url : refused) {
        CAPTURE(url);
        CHECK_FALSE(read_bill_address(real.who, url));
    }
    CHECK_FALSE(read_bill_address(simulated.who, home + file));
    CHECK_FALSE(read_bill_address(simulated.who, "http://127.0.0.1:8091" + file));
    CHECK_FALSE(read_bill_address(with_backup.who, home + file));
}

TEST_CASE("a file is fetched from the other host only when nothing was sent to the first") {
    SUBCASE("not sent") {
        shop one{home, backup};
        one.net.then(transport_result::not_sent("connection"));
        one.net.then(shop::told(statement()));
        one.net.then(transport_result::not_sent("connection"));
        one.net.then(plain_answer(200, packed));
        CHECK(run(one.desk.fetch_trade(day)).kind == bill_kind::got);
        REQUIRE(one.net.asked.size() == 4);
        CHECK(one.net.asked[2].url == home + target);
        CHECK(one.net.asked[3].url == backup + target);
    }
    SUBCASE("lies at the backup") {
        shop one{home, backup};
        one.net.then(shop::told(statement(backup + target)));
        one.net.then(transport_result::not_sent("connection"));
        one.net.then(plain_answer(200, packed));
        CHECK(run(one.desk.fetch_trade(day)).kind == bill_kind::got);
        REQUIRE(one.net.asked.size() == 3);
        CHECK(one.net.asked[1].url == backup + target);
        CHECK(one.net.asked[2].url == home + target);
    }
    SUBCASE("perhaps sent") {
        shop one{home, backup};
        one.net.then(shop::told(statement()));
        one.net.then(transport_result::unknown("reset"));
        CHECK(run(one.desk.fetch_trade(day)).kind == bill_kind::unknown);
        CHECK(one.net.asked.size() == 2);
    }
}

TEST_CASE("a proxy's page in place of the file is no file") {
    shop one;
    one.net.then(shop::told(statement()));
    one.net.then(plain_answer(200, "<html>"));
    auto got = run(one.desk.fetch_trade(day));
    CHECK(got.kind == bill_kind::got);
    const auto opened = bill_file::open(std::move(got.raw), got.hash_value);
    CHECK_FALSE(opened.file);
    CHECK(opened.why.what == bill_fault::hash_differs);
}

TEST_CASE("a hash in upper case is the same hash") {
    shop one;
    one.net.then(shop::told(statement(home + target, "DC680E413E9706F0DF47EAE86EF593E11A030631")));
    one.net.then(plain_answer(200, packed));
    CHECK(run(one.desk.fetch_trade(day)).hash_value == hash);
}
