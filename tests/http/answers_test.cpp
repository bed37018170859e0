#include <memory>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "server/http/cookies.hpp"
#include "server/http/proxies.hpp"
#include "server/http/target.hpp"
#include "test_site.hpp"
#include "wire_client.hpp"

namespace {

using tests::body_of;
using tests::header_of;
using tests::status_of;
using tests::wire_client;

std::string ask(
    tests::test_server& site,
    const std::string& path,
    const std::string& headers = "",
    const std::string& method = "GET"
) {
    wire_client client{site.port()};
    client.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
    return client.read_answer(method != "HEAD");
}

constexpr const char* policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

}  // namespace

TEST_CASE("every answer carries the security headers, whatever its status") {
    auto options = tests::test_options();
    options.https = true;
    options.extra_headers.emplace_back("X-School", "demo");
    tests::test_server site{std::move(options)};
    for (const auto* path :
         {"/hello", "/nothing", "/nowhere", "/busy", "/broken", "/%00", "/now"}) {
        CAPTURE(path);
        const auto answer = ask(site, path);
        CHECK(header_of(answer, "Content-Security-Policy") == policy);
        CHECK(header_of(answer, "X-Content-Type-Options") == "nosniff");
        CHECK(header_of(answer, "Referrer-Policy") == "no-referrer");
        CHECK(header_of(answer, "Strict-Transport-Security") == "max-age=31536000");
        CHECK(header_of(answer, "Cross-Origin-Opener-Policy") == "same-origin");
        CHECK_FALSE(header_of(answer, "Permissions-Policy").empty());
        CHECK(header_of(answer, "Cache-Control") == "no-store");
        CHECK(header_of(answer, "X-School") == "demo");
        CHECK(header_of(answer, "X-Request-Id").size() == 16);
        CHECK(header_of(answer, "Date").ends_with(" GMT"));
        CHECK(header_of(answer, "Server").empty());
    }
    tests::test_server plain;
    CHECK(header_of(ask(plain, "/hello"), "Strict-Transport-Security").empty());
}

TEST_CASE("a reply may replace a common header, once") {
    tests::test_server site;
    const auto answer = ask(site, "/policy");
    CHECK(header_of(answer, "content-security-policy") == "default-src 'self'");
    CHECK(header_of(answer, "Content-Security-Policy").empty());
    CHECK(header_of(answer, "Cache-Control") == "private, max-age=60");
    CHECK(header_of(answer, "X-Content-Type-Options") == "nosniff");
}

TEST_CASE("204 has neither body nor length") {
    tests::test_server site;
    const auto answer = ask(site, "/nothing");
    CHECK(status_of(answer) == 204);
    CHECK(header_of(answer, "Content-Length").empty());
}

TEST_CASE("what handlers throw becomes an answer that tells nothing of our inside") {
    tests::test_server site;
    const auto busy = ask(site, "/busy");
    CHECK(status_of(busy) == 503);
    CHECK(header_of(busy, "Retry-After") == "5");
    CHECK(body_of(busy) == "{\"code\":\"busy\",\"message\":\"当前访问人数较多，请稍后再试\"}");
    CHECK(header_of(busy, "Content-Type") == "application/json; charset=utf-8");

    const auto words = ask(site, "/words");
    CHECK(status_of(words) == 400);
    CHECK(body_of(words) == "{\"code\":\"bad_request\",\"message\":\"姓名里有\\\"引号\\\"\"}");

    for (const auto* path : {"/broken", "/number", "/split"}) {
        CAPTURE(path);
        const auto broken = ask(site, path);
        CHECK(status_of(broken) == 500);
        CHECK(body_of(broken).starts_with("{\"code\":\"internal\""));
        CHECK(broken.find("SELECT") == std::string::npos);
        CHECK(header_of(broken, "Set-Cookie").empty());
        // The connection survives a handler's failure.
        CHECK(header_of(broken, "Connection").empty());
    }
}

TEST_CASE("a person gets a page, a program JSON") {
    tests::test_server site;
    const std::string browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
    const auto page = ask(site, "/nowhere", browser);
    CHECK(status_of(page) == 404);
    CHECK(header_of(page, "Content-Type") == "text/html; charset=utf-8");
    CHECK(body_of(page).find("<h1>没有找到页面</h1>") != std::string::npos);
    CHECK(body_of(page).find(header_of(page, "X-Request-Id")) != std::string::npos);
    CHECK(body_of(page).find("style") == std::string::npos);
    const auto words = ask(site, "/words", browser);
    CHECK(body_of(words).find("姓名里有&quot;引号&quot;") != std::string::npos);
    CHECK(body_of(ask(site, "/nowhere", "Accept: application/json\r\n")).starts_with("{"));
    CHECK(body_of(ask(site, "/echo", browser + "Content-Length: 5000\r\n", "POST")).starts_with("{")
    );
}

TEST_CASE("the access hook sees patterns, never addresses") {
    tests::test_server site;
    const auto answer = ask(site, "/path/22010419990101001X?name=secret");
    REQUIRE(site.accesses(1).size() == 1);
    const auto seen = site.accesses(1)[0];
    CHECK(seen.method == "GET");
    CHECK(seen.route == "/path/{name}");
    CHECK(seen.status == 200);
    CHECK(seen.bytes == body_of(answer).size());
    CHECK(seen.request_id == header_of(answer, "X-Request-Id"));
    CHECK(seen.peer == "127.0.0.1");
    CHECK(seen.us >= 0);
    ask(site, "/nowhere");
    REQUIRE(site.accesses(2).size() == 2);
    CHECK(site.accesses(2)[1].route == "-");
    CHECK(site.accesses(2)[1].status == 404);
}

TEST_CASE("a body that comes in pieces is whole, and the connection serves on") {
    tests::test_server site;
    wire_client client{site.port()};
    for (int round = 0; round < 2; ++round) {
        client.send("GET /pieces HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto answer = client.read_answer();
        REQUIRE(status_of(answer) == 200);
        CHECK(header_of(answer, "Content-Length") == "3000000");
        const auto body = body_of(answer);
        REQUIRE(body.size() == 3'000'000);
        CHECK(body.front() == 'a');
        CHECK(body[100'000] == 'b');
        CHECK(body.back() == 'd');
    }
    client.send("HEAD /pieces HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(header_of(client.read_answer(false), "Content-Length") == "3000000");
    client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(body_of(client.read_answer()) == "hello");
}

TEST_CASE("a body that breaks off ends the connection: half of it never looks whole") {
    tests::test_server site;
    wire_client client{site.port()};
    client.send("GET /pieces?of=3 HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.read_all();
    CHECK(header_of(answer, "Content-Length") == "3000000");
    CHECK(body_of(answer).size() == 300'000);
    CHECK(client.closed_within(1000));
}

TEST_CASE("request ids do not repeat") {
    tests::test_server site;
    std::set<std::string> ids;
    for (int i = 0; i < 50; ++i) ids.insert(header_of(ask(site, "/now"), "X-Request-Id"));
    CHECK(ids.size() == 50);
}

TEST_CASE("X-Forwarded-For counts only when the proxy says it") {
    const std::string claim = "X-Forwarded-For: 203.0.113.9\r\n";
    tests::test_server site;
    CHECK(body_of(ask(site, "/peer", claim)) == "127.0.0.1");

    auto options = tests::test_options();
    options.trusted_proxies = {"127.0.0.0/8", "10.1.0.0/16"};
    tests::test_server behind{std::move(options)};
    CHECK(body_of(ask(behind, "/peer")) == "127.0.0.1");
    CHECK(body_of(ask(behind, "/peer", claim)) == "203.0.113.9");
    // The client wrote the first, our outer proxy the second, our inner one the third.
    CHECK(
        body_of(ask(behind, "/peer", "X-Forwarded-For: 1.2.3.4, 203.0.113.9, 10.1.2.3\r\n")) ==
        "203.0.113.9"
    );
    CHECK(
        body_of(ask(behind, "/peer", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 203.0.113.9\r\n")
        ) == "203.0.113.9"
    );
    CHECK(body_of(ask(behind, "/peer", "X-Forwarded-For: nonsense\r\n")) == "127.0.0.1");
    CHECK(body_of(ask(behind, "/peer", "X-Forwarded-For: 2001:db8::1\r\n")) == "2001:db8::1");
}

TEST_CASE("networks of proxies") {
    using boost::asio::ip::make_address;
    const http::proxy_list proxies{{"10.0.0.0/8", "192.168.1.7", "fd00::/8", "::1"}};
    CHECK(proxies.trusts(make_address("10.255.0.1")));
    CHECK_FALSE(proxies.trusts(make_address("11.0.0.1")));
    CHECK(proxies.trusts(make_address("192.168.1.7")));
    CHECK_FALSE(proxies.trusts(make_address("192.168.1.8")));
    CHECK(proxies.trusts(make_address("fd12::1")));
    CHECK(proxies.trusts(make_address("::ffff:10.0.0.1")));
    CHECK_FALSE(proxies.trusts(make_address("fe80::1")));
    for (const auto* wrong :
         {"10.0.0.0/33", "10.0.0/8", "::1/129", "x", "", "10.0.0.0/", "10.0.0.0/-1"}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(http::proxy_list{{wrong}}, base::error);
    }
}

TEST_CASE("cookies") {
    using http::to_text;
    CHECK(
        to_text({"__Host-campus", "abc", 3600}) ==
        "__Host-campus=abc; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"
    );
    http::cookie open{"seen", "1"};
    open.http_only = open.secure = false;
    open.path = "/h5";
    open.same_site = http::same_site::strict;
    CHECK(to_text(open) == "seen=1; Path=/h5; SameSite=Strict");
    CHECK(
        http::clear_cookie("__Host-campus") ==
        "__Host-campus=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
    );
    for (const http::cookie& wrong :
         {http::cookie{"a b", "x"},
          http::cookie{"", "x"},
          http::cookie{"a", "x;y"},
          http::cookie{"a", "x\r\ny"},
          http::cookie{"a", "费"},
          http::cookie{"__Host-a", "x", {}, "/h5"},
          http::cookie{"__Host-a", "x", {}, "/", true, false}}) {
        CHECK_THROWS_AS(to_text(wrong), base::error);
    }
    http::request asked;
    asked.headers = {{"cookie", "a=1; __Host-campus=tok; b=2"}, {"cookie", "c=3"}};
    CHECK(asked.cookie("__Host-campus") == "tok");
    CHECK(asked.cookie("campus").empty());
    CHECK(asked.cookie("c") == "3");
}

TEST_CASE("forms") {
    http::request asked;
    asked.headers = {{"content-type", "Application/x-www-form-urlencoded; charset=UTF-8"}};
    asked.body = "a=1&b=%E8%B4%B9+x&&c=&d";
    CHECK(
        http::read_form(asked) == http::text_pairs{{"a", "1"}, {"b", "费 x"}, {"c", ""}, {"d", ""}}
    );
    for (const auto* wrong : {"a=%", "a=%00", "a=%ff", "%zz=1"}) {
        asked.body = wrong;
        CHECK_THROWS_AS(http::read_form(asked), base::error);
    }
    std::string many;
    for (int i = 0; i < 257; ++i) many += "a=1&";
    CHECK_FALSE(http::decode_form(many));
    asked.headers = {{"content-type", "text/plain"}};
    CHECK_THROWS_AS(http::read_form(asked), base::error);
}
