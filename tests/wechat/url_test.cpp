#include "wechat/url.hpp"

#include <doctest/doctest.h>

using wechat::is_loopback;
using wechat::read_url;

TEST_CASE("addresses are split, and odd ones refused") {
    struct row {
        std::string text;
        std::string expected;  // "tls host port target authority"; "" refused
    };
    const row rows[] = {
        {"https://api.mch.weixin.qq.com/v3/x?a=1",
         "tls api.mch.weixin.qq.com 443 /v3/x?a=1 api.mch.weixin.qq.com"},
        {"http://127.0.0.1:8090", "plain 127.0.0.1 8090 / 127.0.0.1:8090"},
        {"https://h?x=1", "tls h 443 /?x=1 h"},
        {"http://[::1]:80/a", "plain ::1 80 /a [::1]:80"},
        {"http://[::1]/a", "plain ::1 80 /a [::1]"},
        {"ftp://h/", ""},
        {"https:///x", ""},
        {"https://user:pw@h/", ""},
        {"https://h:/", ""},
        {"https://h:99x/", ""},
        {"https://h/#f", ""},
        {"https://h/a b", ""},
        {"https://h/a\r\nX: y", ""},
        {"https://h/中", ""},
        {"http://[::1/a", ""},
        {"", ""},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.text);
        const auto got = read_url(expected.text);
        const auto text = got ? std::string{got->tls ? "tls " : "plain "} + got->host + " " +
                                    got->port + " " + got->target + " " + got->authority
                              : std::string{};
        CHECK(text == expected.expected);
    }
}

TEST_CASE("loopback is this machine only") {
    for (const auto* host : {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
        CHECK(is_loopback(host));
    for (const auto* host :
         {"127.0.0.1.evil.example", "128.0.0.1", "localhost.example", "127.1", "", "10.0.0.1"}) {
        CHECK_FALSE(is_loopback(host));
    }
}
