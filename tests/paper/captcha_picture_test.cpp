#include "server/paper/captcha_picture.hpp"

#include <doctest/doctest.h>

TEST_CASE("a captcha is a PNG that depends on its letters and its seed") {
    const auto one = paper::captcha_picture("K7PX", 1);
    CHECK(one.substr(1, 3) == "PNG");
    CHECK(one == paper::captcha_picture("K7PX", 1));
    CHECK(one != paper::captcha_picture("K7PX", 2));
    CHECK(one != paper::captcha_picture("K7PY", 1));
    CHECK(one.size() < 40'000);
}
