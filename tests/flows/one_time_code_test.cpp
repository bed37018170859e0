#include "server/flows/one_time_code.hpp"

#include <doctest/doctest.h>

namespace {

// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
const std::string rfc_secret = "12345678901234567890";

base::epoch_ms at(std::int64_t seconds) {
    return seconds * 1000;
}

}  // namespace

TEST_CASE("codes are those of RFC 6238") {
    struct vector {
        std::int64_t seconds;
        const char* code;
    };
    for (const auto& one :
         {vector{59, "287082"},
          vector{1111111109, "081804"},
          vector{1111111111, "050471"},
          vector{1234567890, "005924"},
          vector{2000000000, "279037"},
          vector{20000000000, "353130"}}) {
        CAPTURE(one.seconds);
        CHECK(flows::step_of_code(rfc_secret, one.code, at(one.seconds)) == one.seconds / 30);
    }
}

TEST_CASE("a code is good one step early and late, and no more") {
    constexpr std::int64_t step = 1234567890 / 30;
    const auto look = [](std::int64_t in_step, std::int64_t ms) {
        return flows::step_of_code(rfc_secret, "005924", in_step * 30'000 + ms);
    };
    CHECK(look(step - 1, 0) == step);
    CHECK(look(step, 0) == step);
    CHECK(look(step, 29'999) == step);
    CHECK(look(step + 1, 29'999) == step);
    CHECK_FALSE(look(step - 2, 29'999));
    CHECK_FALSE(look(step + 2, 0));
}

TEST_CASE("nothing but the six digits is a code; the blank that apps show is forgiven") {
    const auto look = [](std::string_view code) {
        return flows::step_of_code(rfc_secret, code, at(1234567890)).has_value();
    };
    CHECK(look("005924"));
    CHECK(look("005 924"));
    for (const auto* bad : {"", "5924", "0059240", "89005924", "005925", "00592", "abcdef"}) {
        CHECK_MESSAGE(!look(bad), bad);
    }
}

TEST_CASE("secrets are written for typing and for scanning") {
    CHECK(flows::written_secret(rfc_secret) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    CHECK(
        flows::otpauth_uri(rfc_secret, "学院 后台", "wang.fang") ==
        "otpauth://totp/%E5%AD%A6%E9%99%A2%20%E5%90%8E%E5%8F%B0:wang.fang?secret="
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%AD%A6%E9%99%A2%20%E5%90%8E%E5%8F%B0"
        "&algorithm=SHA1&digits=6&period=30"
    );
    const auto one = flows::new_code_secret();
    CHECK(one.size() == 20);
    CHECK(one != flows::new_code_secret());
}
