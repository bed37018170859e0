#include <algorithm>
#include <memory>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "test_site.hpp"
#include "wire_client.hpp"

namespace {

using tests::body_of;
using tests::header_of;
using tests::status_of;
using tests::wire_client;

std::string get(const std::string& path, const std::string& more = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
}

void wait_ms(int time) {
    std::this_thread::sleep_for(std::chrono::milliseconds{time});
}

}  // namespace

TEST_CASE("a connection serves one request after the other") {
    tests::test_server site;
    wire_client client{site.port()};
    for (int i = 0; i < 5; ++i) {
        client.send(get("/hello"));
        CHECK(body_of(client.read_answer()) == "hello");
    }
    client.send(get("/hello", "Connection: close\r\n"));
    const auto last = client.read_answer();
    CHECK(header_of(last, "Connection") == "close");
    CHECK(client.closed_within(20'000));
}

TEST_CASE("pipelined requests are answered in order") {
    tests::test_server site;
    wire_client client{site.port()};
    std::string many;
    for (int i = 0; i < 300; ++i) {
        many += get("/path/" + std::to_string(i));
        if (i % 50 == 0) many += get("/slow");
        if (i % 7 == 0) many += "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    }
    std::thread sender{[&] { client.send(many); }};
    for (int i = 0; i < 300; ++i) {
        const auto n = std::to_string(i);
        CHECK(body_of(client.read_answer()) == "/path/" + n + "|" + n);
        if (i % 50 == 0) CHECK(body_of(client.read_answer()) == "at last");
        if (i % 7 == 0) CHECK(body_of(client.read_answer()) == "abc");
    }
    sender.join();
}

TEST_CASE("HTTP/1.0 keeps a connection only when asked to") {
    tests::test_server site;
    wire_client client{site.port()};
    client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(header_of(client.read_answer(), "Connection") == "keep-alive");
    client.send("GET /hello HTTP/1.0\r\n\r\n");
    CHECK(header_of(client.read_answer(), "Connection") == "close");
    CHECK(client.closed_within(20'000));
}

TEST_CASE("100-continue is said before the body, and only when the body is wanted") {
    tests::test_server site;
    wire_client client{site.port()};
    client.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    );
    CHECK(client.read_answer() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body");
    CHECK(body_of(client.read_answer()) == "body");

    wire_client large{site.port()};
    large.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4000\r\n\r\n"
    );
    CHECK(status_of(large.read_answer()) == 413);
}

TEST_CASE("a refused upload can read its refusal while it still sends") {
    tests::test_server site;
    wire_client client{site.port()};
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
    client.send(std::string(3'000'000, 'x'));
    CHECK(status_of(client.read_all()) == 413);
}

TEST_CASE("large bodies both ways") {
    tests::test_server site;
    wire_client client{site.port()};
    std::string body(6U << 20U, 'a');
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 26);
    client.send(
        "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n"
    );
    client.send(body);
    CHECK((body_of(client.read_answer()) == body));
    client.send(get("/large"));
    CHECK(body_of(client.read_answer()).size() == 24U << 20U);
}

TEST_CASE("slow heads, slow bodies and idle connections end") {
    tests::test_server site{tests::hasty_options()};

    SUBCASE("a head that trickles gets 408 at its absolute deadline") {
        wire_client client{site.port()};
        const auto since = base::steady_ms();
        for (const char c : std::string{"GET /hello HTTP/1.1\r\nX-Slow: aaaaaaaaaaaaaaaaaaaa"}) {
            if (!client.send({&c, 1})) break;
            wait_ms(15);
        }
        CHECK(status_of(client.read_all()) == 408);
        CHECK(base::steady_ms() - since < 10'000);
    }
    SUBCASE("a connection that says nothing is closed without a word") {
        wire_client client{site.port()};
        CHECK(client.read_all().empty());
        CHECK(client.closed_within(5000));
    }
    SUBCASE("an idle connection is closed without a word") {
        wire_client client{site.port()};
        client.send(get("/hello"));
        client.read_answer();
        wait_ms(400);  // longer than a head may take, shorter than idling may
        client.send(get("/hello"));
        CHECK(status_of(client.read_answer()) == 200);
        CHECK(client.read_all().empty());
        CHECK(client.closed_within(5000));
    }
    SUBCASE("a body below the minimum rate gets 408") {
        wire_client client{site.port()};
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n");
        int sent = 0;
        for (; sent < 200 && client.send("x"); ++sent) wait_ms(10);
        CHECK(status_of(client.read_all()) == 408);
        CHECK(sent < 200);
    }
    SUBCASE("a slow body above the minimum rate is taken") {
        wire_client client{site.port()};
        client.send("POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 16000\r\n\r\n");
        for (int i = 0; i < 40; ++i) {
            client.send(std::string(400, 'x'));
            wait_ms(20);
        }
        CHECK(body_of(client.read_answer()).size() == 16000);
    }
    SUBCASE("an answer that nobody takes is cut") {
        wire_client client{site.port()};
        client.send(get("/large"));
        for (int i = 0; i < 1000 && site->connection_count() > 0; ++i) wait_ms(10);
        CHECK(site->connection_count() == 0);
    }
}

TEST_CASE("a handler over its time is answered 503 and its late answer dropped") {
    tests::test_server site{tests::hasty_options()};
    wire_client client{site.port()};
    client.send(get("/late"));
    const auto answer = client.read_all();
    CHECK(status_of(answer) == 503);
    CHECK_FALSE(header_of(answer, "Retry-After").empty());
    CHECK(answer.find("nobody waits") == std::string::npos);
    for (int i = 0; i < 1000 && site->connection_count() > 0; ++i) wait_ms(10);
    CHECK(site->connection_count() == 0);
    REQUIRE(site.accesses(1).size() == 1);
    CHECK(site.accesses(1)[0].status == 503);
}

TEST_CASE("connections beyond the limit get 503, and a free place is used again") {
    auto options = tests::test_options();
    options.limits.connection_count = 3;
    tests::test_server site{std::move(options)};
    {
        std::vector<wire_client> inside;
        for (int i = 0; i < 3; ++i) {
            inside.emplace_back(site.port());
            inside.back().send(get("/hello"));
            CHECK(status_of(inside.back().read_answer()) == 200);
        }
        wire_client outside{site.port()};
        outside.send(get("/hello"));
        const auto answer = outside.read_all();
        CHECK(status_of(answer) == 503);
        CHECK(header_of(answer, "Connection") == "close");
        CHECK_FALSE(header_of(answer, "Retry-After").empty());
    }
    for (int i = 0; i < 1000 && site->connection_count() > 0; ++i) wait_ms(10);
    wire_client again{site.port()};
    again.send(get("/hello"));
    CHECK(status_of(again.read_answer()) == 200);
}

TEST_CASE("the sweep leaves a connection alone that has only just come") {
    auto options = tests::test_options();
    options.limits.sweep_ms = 1;
    tests::test_server site{std::move(options)};
    for (int round = 0; round < 20; ++round) {
        std::vector<wire_client> fresh;
        for (int i = 0; i < 100; ++i) fresh.emplace_back(site.port());
        for (auto& each : fresh) each.send(get("/now"));
        for (auto& each : fresh) CHECK(body_of(each.read_answer()) == "now");
    }
}

TEST_CASE("1,000 idle connections do not slow a good client down") {
    auto options = tests::test_options();
    tests::test_server site{std::move(options)};
    std::vector<wire_client> idle;
    for (int i = 0; i < 1000; ++i) {
        idle.emplace_back(site.port());
        REQUIRE(idle.back().connected());
    }
    for (int i = 0; i < 1000; i += 3) {
        idle[static_cast<std::size_t>(i)].send(get("/hello"));
    }
    for (int i = 0; i < 1000; i += 3) {
        CHECK(status_of(idle[static_cast<std::size_t>(i)].read_answer()) == 200);
    }
    for (int i = 0; i < 1000 && site.connections() < 1000; ++i) wait_ms(10);
    CHECK(site.connections() == 1000);
    // The best of some, so that a busy machine is not mistaken for a slow server.
    auto best_ms = base::steady_ms();
    for (int i = 0; i < 10; ++i) {
        const auto since = base::steady_ms();
        wire_client good{site.port()};
        good.send(get("/hello", "Connection: close\r\n"));
        CHECK(body_of(good.read_answer()) == "hello");
        best_ms = std::min(best_ms, base::steady_ms() - since);
    }
    CHECK(best_ms < 200);
    idle.clear();
    for (int i = 0; i < 1000 && site.connections() > 0; ++i) wait_ms(10);
    CHECK(site.connections() == 0);
}

TEST_CASE("an orderly stop answers what is in flight and closes what idles") {
    tests::test_server site;
    wire_client idle{site.port()};
    idle.send(get("/hello"));
    idle.read_answer();
    wire_client busy{site.port()};
    busy.send(get("/slow"));
    wait_ms(100);
    const auto since = base::steady_ms();
    site->stop();
    CHECK(base::steady_ms() - since < 10'000);
    const auto answer = busy.read_all();
    CHECK(body_of(answer) == "at last");
    CHECK(header_of(answer, "Connection") == "close");
    CHECK(idle.read_all().empty());
    CHECK(idle.closed_within(5000));
    CHECK(site->connection_count() == 0);
    wire_client late{site.port()};
    CHECK_FALSE(late.connected());
    site->stop();  // twice is once
}

TEST_CASE("an orderly stop does not wait for ever") {
    auto options = tests::test_options();
    options.limits.drain_ms = 300;
    tests::test_server site{std::move(options)};
    wire_client busy{site.port()};
    busy.send(get("/never"));
    wire_client half{site.port()};
    half.send("GET /hello HTTP/1.1\r\n");
    wait_ms(100);
    const auto since = base::steady_ms();
    site->stop();
    CHECK(base::steady_ms() - since < 10'000);
}

TEST_CASE("stop under load loses no answer that was begun") {
    tests::test_server site;
    std::atomic<bool> broken{false};
    std::vector<std::thread> clients;
    for (int t = 0; t < 4; ++t) {
        clients.emplace_back([&] {
            wire_client client{site.port()};
            for (;;) {
                if (!client.send(get("/now"))) return;
                const auto answer = client.read_answer();
                if (answer.empty()) return;
                if (body_of(answer) != "now") broken = true;
                if (header_of(answer, "Connection") == "close") return;
            }
        });
    }
    wait_ms(100);
    site->stop();
    for (auto& each : clients) each.join();
    CHECK_FALSE(broken);
}

TEST_CASE("two addresses share the threads and have their own tables") {
    auto options = tests::test_options();
    http::router ops;
    const auto fine = [](const http::request&) {
        return http::reply{200, "text/plain; charset=utf-8", "ok"};
    };
    ops.add({http::verb::get, "/healthz", {}, 1024, fine});
    options.listen.push_back({"127.0.0.1:0", std::move(ops)});
    tests::test_server site{std::move(options)};
    CHECK(site.port(0) != site.port(1));
    wire_client at_ops{site.port(1)};
    at_ops.send(get("/healthz") + get("/hello"));
    CHECK(body_of(at_ops.read_answer()) == "ok");
    CHECK(status_of(at_ops.read_answer()) == 404);
    wire_client at_public{site.port(0)};
    at_public.send(get("/healthz"));
    CHECK(status_of(at_public.read_answer()) == 404);
}

TEST_CASE("an address that is taken is an error that says so") {
    tests::test_server first;
    auto options = tests::test_options();
    options.listen[0].address = "127.0.0.1:" + std::to_string(first.port());
    http::server second{std::move(options)};
    CHECK_THROWS_WITH(
        second.start(), doctest::Contains(("127.0.0.1:" + std::to_string(first.port())).c_str())
    );
    for (const auto* wrong : {"8080", "localhost:80", "127.0.0.1:x", "127.0.0.1:99999", ""}) {
        auto strange = tests::test_options();
        strange.listen[0].address = wrong;
        http::server third{std::move(strange)};
        CHECK_THROWS_AS(third.start(), base::error);
    }
}
