#include "server/paper/captcha_picture.hpp"

#include <doctest/doctest.h>

TEST_CASE("a captcha is a PNG that depends on its letters and its noise") {
    const auto one = paper::captcha_picture("K7PX", "one noise");
    CHECK(one.substr(1, 3) == "PNG");
    CHECK(one == paper::captcha_picture("K7PX", "one noise"));
    CHECK(one != paper::captcha_picture("K7PX", "two"));
    CHECK(one != paper::captcha_picture("K7PY", "one noise"));
    CHECK(one.size() < 40'000);
}
