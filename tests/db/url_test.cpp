#include "db/url.hpp"

#include <string>

#include <doctest/doctest.h>

#include "server/base/error.hpp"

TEST_CASE("a URL over TCP") {
    const auto where = db::parse_url("mysql://pay:s%40cret%2F%3A@db.example:3307/campus");
    CHECK(where.user == "pay");
    CHECK(where.password.reveal() == "s@cret/:");
    CHECK(where.host == "db.example");
    CHECK(where.port == 3307);
    CHECK(where.name == "campus");
    CHECK(where.socket.empty());
    CHECK(db::parse_url("mysql://pay@db/campus").port == 3306);
}

TEST_CASE("a URL over a unix socket, with and without percent-encoding") {
    for (const auto* text :
         {"mysql://root@/campus?socket=/run/m.sock",
          "mysql://root@/campus?socket=%2Frun%2Fm.sock"}) {
        const auto where = db::parse_url(text);
        CHECK(where.user == "root");
        CHECK(where.password.empty());
        CHECK(where.socket == "/run/m.sock");
        CHECK(where.name == "campus");
    }
}

TEST_CASE("keys for TLS") {
    const auto where =
        db::parse_url("mysql://a:b@h/n?ssl_ca=/ca.pem&ssl_cert=/c.pem&ssl_key=/k.pem");
    CHECK(where.ssl_ca == "/ca.pem");
    CHECK(where.ssl_cert == "/c.pem");
    CHECK(where.ssl_key == "/k.pem");
}

TEST_CASE("what is not understood is refused, and the text with its password is not repeated") {
    for (const auto* text :
         {"",
          "mysql://",
          "postgres://a:pw123@h/n",
          "mysql://a:pw123@h",
          "mysql://a:pw123@h/",
          "mysql://h/n",
          "mysql://:pw123@h/n",
          "mysql://a:pw123@/n",
          "mysql://a:pw123@h:0/n",
          "mysql://a:pw123@h:65536/n",
          "mysql://a:pw123@h:33x/n",
          "mysql://a:pw123@h/n`x",
          "mysql://a:pw123@h/a/b",
          "mysql://a:pw123%zz@h/n",
          "mysql://a:pw123%00@h/n",
          "mysql://a:pw123@h/n?sslmode=off",
          "mysql://a:pw123@h/n?ssl_ca=",
          "mysql://a:pw123@h/n?socket=/s",
          "mysql://a:pw123@h/n?ssl_ca=/c&ssl_cert=/x"}) {
        CAPTURE(text);
        try {
            db::parse_url(text);
            FAIL_CHECK("accepted");
        } catch (const base::error& error) {
            CHECK(error.what_code() == base::errc::conf_invalid);
            CHECK(error.detail().find("pw123") == std::string::npos);
        }
    }
    CHECK_THROWS(db::parse_url("mysql://a@/n?socket=/" + std::string(120, 'x')));
}

TEST_CASE("the description for logs shows neither user nor password") {
    CHECK(db::describe(db::parse_url("mysql://pay:secret@h/n")) == "h:3306 n");
    CHECK(db::describe(db::parse_url("mysql://pay@/n?socket=/s")) == "/s n");
}
