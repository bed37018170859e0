#include "wechat/http_client.hpp"

#include <chrono>

#include <doctest/doctest.h>
#include <signal.h>

#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "tests/wechat/fakes.hpp"
#include "tests/wechat/test_server.hpp"

using fakes::peer;
using fakes::test_server;
using wechat::beast_client;
using wechat::beast_client_options;
using wechat::exchange_limits;
using wechat::http_request;
using wechat::transport_kind;
using wechat::transport_result;

namespace {

struct quiet_pipes {
    quiet_pipes() { ::signal(SIGPIPE, SIG_IGN); }
} const ignored;

beast_client_options trusting() {
    beast_client_options made;
    made.extra_ca_pem = vectors::key_file("test_ca.cert.pem");
    return made;
}

transport_result get(
    const std::string& url, exchange_limits limits = {}, beast_client_options options = trusting()
) {
    beast_client client{options};
    return fakes::run(client.exchange(http_request{"GET", url}, limits));
}

base::task<std::vector<transport_result>> several(
    beast_client& client, std::string url, int count, int pause_ms
) {
    std::vector<transport_result> out;
    for (int i = 0; i < count; ++i) {
        if (i > 0) fakes::sleep_ms(pause_ms);
        http_request request{"GET", url};
        const exchange_limits limits;
        auto got = co_await client.exchange(std::move(request), limits);
        out.push_back(std::move(got));
    }
    co_return out;
}

}  // namespace

TEST_CASE("an answer comes back whole, and the request went out as asked") {
    std::string seen;
    const test_server server{[&seen](peer& one) {
        seen = one.read_request();
        one.answer("{\"ok\":1}", "201 Created");
    }};
    beast_client client;
    http_request request{"POST", server.url("127.0.0.1", "/v3/x?a=%E4%B8%AD&b=1")};
    request.headers.emplace_back("Accept", "application/json");
    request.body = "{\"a\":1}";
    const auto came = fakes::run(client.exchange(request, {}));
    REQUIRE(came.kind == transport_kind::done);
    CHECK(came.answer.status == 201);
    CHECK(came.answer.body == "{\"ok\":1}");
    CHECK(came.answer.header("x-KIND") == "Test");
    CHECK(seen.starts_with("POST /v3/x?a=%E4%B8%AD&b=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
    CHECK(seen.find("\r\nUser-Agent: CampusPay/1.0\r\n") != std::string::npos);
    CHECK(seen.find("\r\nContent-Length: 7\r\n") != std::string::npos);
    CHECK(seen.ends_with("\r\n\r\n{\"a\":1}"));
}

TEST_CASE("every proper way to end a body is understood") {
    struct row {
        std::string name;
        std::string answer;
        unsigned status;
        std::string body;
    };
    const row rows[] = {
        {"length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi"},
        {"chunks",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
         200,
         "hi"},
        {"end of stream", "HTTP/1.1 200 OK\r\n\r\nhi", 200, "hi"},
        {"no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
        {"continue first",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
         200,
         "hi"},
        {"an error too", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 500, ""},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        const test_server server{[&expected](peer& one) {
            one.read_request();
            one.write(expected.answer);
        }};
        const auto came = get(server.url("127.0.0.1", "/"));
        CHECK(came.kind == transport_kind::done);
        CHECK(came.answer.status == expected.status);
        CHECK(came.answer.body == expected.body);
    }
}

TEST_CASE("after the request has left, every failure is unknown") {
    struct row {
        std::string name;
        test_server::script script;
        std::string reason;
    };
    const row rows[] = {
        {"slow",
         [](peer& one) {
             one.read_request();
             one.read_request();  // until the client gives up
             one.answer("late");
         },
         "reading: timed out"},
        {"half an answer",
         [](peer& one) {
             one.read_request();
             one.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi");
         },
         "reading: answer broke off"},
        {"nothing at all", [](peer& one) { one.read_request(); }, "reading: answer broke off"},
        {"half a head",
         [](peer& one) {
             one.read_request();
             one.write("HTTP/1.1 200 OK\r\nConte");
         },
         "reading: answer broke off"},
        {"half, then silence",
         [](peer& one) {
             one.read_request();
             one.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi");
             one.read_request();
         },
         "reading: timed out"},
        {"reset",
         [](peer& one) {
             one.read_request();
             one.reset();
         },
         "reading: connection lost"},
        {"oversized",
         [](peer& one) {
             one.read_request();
             one.answer(std::string(2000, 'x'));
         },
         "reading: answer too long"},
        {"oversized in chunks",
         [](peer& one) {
             one.read_request();
             one.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n");
             one.write(std::string(2000, 'x') + "\r\n0\r\n\r\n");
         },
         "reading: answer too long"},
        {"not HTTP",
         [](peer& one) {
             one.read_request();
             one.write("220 mail.example ESMTP\r\n\r\n");
         },
         "reading: answer is not HTTP"},
        {"endless head",
         [](peer& one) {
             one.read_request();
             one.write("HTTP/1.1 200 OK\r\nX: " + std::string(64 * 1024, 'x') + "\r\n\r\n");
         },
         "reading: answer is not HTTP"},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        const test_server server{expected.script};
        const auto begun = base::steady_ms();
        const auto came = get(server.url("127.0.0.1", "/"), exchange_limits{400, 1000});
        CHECK(came.kind == transport_kind::unknown);
        CHECK(came.reason == expected.reason);
        CHECK(base::steady_ms() - begun < 4'500);
    }
}

TEST_CASE("before anything was sent, a failure says so") {
    SUBCASE("nobody listens") {
        const auto came = get("http://127.0.0.1:1/");
        CHECK(came.kind == transport_kind::not_sent);
        CHECK(came.reason.starts_with("connection: "));
    }
    SUBCASE("no such name") {
        const auto begun = base::steady_ms();
        const auto came = get("https://no-such-host.invalid/", exchange_limits{1'500, 1000});
        CHECK(came.kind == transport_kind::not_sent);
        CHECK(came.reason.starts_with("name: "));
        CHECK(base::steady_ms() - begun < 4'500);
    }
    SUBCASE("a server that never shakes hands") {
        const test_server server{[](peer& one) { one.read_request(); }};
        auto url = server.url("127.0.0.1", "/");
        url.replace(0, 4, "https");
        const auto came = get(url, exchange_limits{300, 1000});
        CHECK(came.kind == transport_kind::not_sent);
        CHECK(came.reason == "TLS: timed out");
    }
}

TEST_CASE("TLS: the right host is served, any other certificate is refused before a byte is sent") {
    std::atomic<int> requests{0};
    const auto answering = [&requests](peer& one) {
        if (!one.read_request().empty()) ++requests;
        one.answer("hi");
        one.close_properly();
    };
    SUBCASE("right host, right authority") {
        const test_server server{answering, "localhost"};
        const auto came = get(server.url("localhost", "/"));
        CHECK(came.reason == "");
        CHECK(came.kind == transport_kind::done);
        CHECK(came.answer.body == "hi");
        CHECK(requests == 1);
    }
    SUBCASE("certificate of another host") {
        const test_server server{answering, "api.example.edu.cn"};
        const auto came = get(server.url("localhost", "/"));
        CHECK(came.kind == transport_kind::not_sent);
        CHECK(came.reason.starts_with("TLS: "));
        CHECK(requests == 0);
    }
    SUBCASE("certificate of a name, asked by address") {
        const test_server server{answering, "localhost"};
        CHECK(get(server.url("127.0.0.1", "/")).kind == transport_kind::not_sent);
        CHECK(requests == 0);
    }
    SUBCASE("unknown authority") {
        const test_server server{answering, "localhost"};
        const auto came = get(server.url("localhost", "/"), {}, beast_client_options{});
        CHECK(came.kind == transport_kind::not_sent);
        CHECK(requests == 0);
    }
}

TEST_CASE("TLS: a body cut short without a proper close is not taken for whole") {
    const auto text = "HTTP/1.1 200 OK\r\n\r\n{\"trade_state\":\"SUCCESS\"}";
    SUBCASE("cut") {
        const test_server server{
            [text](peer& one) {
                one.read_request();
                one.write(text);
            },
            "localhost"};
        CHECK(get(server.url("localhost", "/")).kind == transport_kind::unknown);
    }
    SUBCASE("closed properly") {
        const test_server server{
            [text](peer& one) {
                one.read_request();
                one.write(text);
                one.close_properly();
            },
            "localhost"};
        CHECK(get(server.url("localhost", "/")).kind == transport_kind::done);
    }
}

TEST_CASE("plain http is for this machine, and headers are one line") {
    beast_client client;
    const http_request outside{"GET", "http://api.example.edu.cn/"};
    CHECK_THROWS_AS(fakes::run(client.exchange(outside, {})), base::error);
    const http_request trick{"GET", "http://127.0.0.1.evil.example/"};
    CHECK_THROWS_AS(fakes::run(client.exchange(trick, {})), base::error);
    const http_request malformed{"GET", "http://127.0.0.1/a b"};
    CHECK_THROWS_AS(fakes::run(client.exchange(malformed, {})), base::error);
    http_request injected{"GET", "http://127.0.0.1:1/"};
    injected.headers.emplace_back("Accept", "x\r\nAuthorization: stolen");
    CHECK_THROWS_AS(fakes::run(client.exchange(injected, {})), base::error);
}

TEST_CASE("a kept connection serves again; a dead one is noticed before use") {
    SUBCASE("kept") {
        const test_server server{[](peer& one) {
            while (!one.read_request().empty()) {
                one.answer("hi");
            }
        }};
        beast_client client;
        const auto came = fakes::run(several(client, server.url("127.0.0.1", "/"), 3, 0));
        for (const auto& one : came) CHECK(one.kind == transport_kind::done);
        CHECK(server.accepted() == 1);
    }
    SUBCASE("kept over TLS") {
        const test_server server{
            [](peer& one) {
                while (!one.read_request().empty()) {
                    one.answer("hi");
                }
            },
            "localhost"};
        beast_client client{trusting()};
        const auto came = fakes::run(several(client, server.url("localhost", "/"), 3, 0));
        for (const auto& one : came) CHECK(one.kind == transport_kind::done);
        CHECK(server.accepted() <= 2);
    }
    SUBCASE("closed by the server in between") {
        const test_server server{[](peer& one) {
            one.read_request();
            one.answer("hi");
        }};
        beast_client client;
        const auto came = fakes::run(several(client, server.url("127.0.0.1", "/"), 3, 100));
        for (const auto& one : came) CHECK(one.kind == transport_kind::done);
        CHECK(server.accepted() == 3);
    }
    SUBCASE("dies with the second request in its hands: unknown, and never sent twice") {
        std::atomic<int> requests{0};
        const test_server server{[&requests](peer& one) {
            if (!one.read_request().empty()) ++requests;
            one.answer("hi");
            if (!one.read_request().empty()) ++requests;
        }};
        beast_client client;
        const auto came = fakes::run(several(client, server.url("127.0.0.1", "/"), 2, 0));
        CHECK(came[0].kind == transport_kind::done);
        CHECK(came[1].kind == transport_kind::unknown);
        CHECK(requests == 2);
    }
    SUBCASE("not kept when told so") {
        const test_server server{[](peer& one) {
            while (!one.read_request().empty()) {
                one.answer("hi");
            }
        }};
        beast_client_options options;
        options.idle_ms = 0;
        beast_client client{options};
        fakes::run(several(client, server.url("127.0.0.1", "/"), 2, 0));
        CHECK(server.accepted() == 2);
    }
}
