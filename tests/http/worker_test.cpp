#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "test_site.hpp"
#include "wire_client.hpp"

TEST_CASE("without file descriptors connections wait, and are served when there are some again") {
    tests::test_server site;
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    auto narrow = before;
    narrow.rlim_cur = 300;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &narrow) == 0);
    std::vector<int> eaten;
    for (int one = ::dup(0); one >= 0; one = ::dup(0)) eaten.push_back(one);
    REQUIRE_FALSE(eaten.empty());
    ::close(eaten.back());
    eaten.pop_back();

    tests::wire_client waiting{site.port()};  // takes the last one; the server gets none
    REQUIRE(waiting.connected());
    waiting.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(waiting.read_answer(true, 300).empty());
    CHECK(site->connection_count() == 0);

    for (const int one : eaten) ::close(one);
    CHECK(tests::body_of(waiting.read_answer()) == "hello");
    ::setrlimit(RLIMIT_NOFILE, &before);
}
