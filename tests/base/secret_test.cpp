#include "server/base/secret.hpp"

#include <sstream>
#include <type_traits>

#include <doctest/doctest.h>
#include <fmt/format.h>

using base::secret;

// Nobody gets at the content without saying reveal().
static_assert(!std::is_convertible_v<secret, std::string>);
static_assert(!std::is_convertible_v<secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, secret>);

TEST_CASE("a secret prints stars, the same number for every secret") {
    std::ostringstream out;
    out << secret{"correct horse"} << ' ' << secret{"x"} << ' ' << secret{};
    CHECK(out.str() == "*** *** ***");
    CHECK(fmt::format("[{}] [{}]", secret{"correct horse"}, secret{}) == "[***] [***]");
}

TEST_CASE("whoever needs the content says so") {
    const secret one{"correct horse"};
    CHECK(one.reveal() == "correct horse");
    CHECK_FALSE(one.empty());
    CHECK(secret{}.empty());
    const auto copy = one;
    CHECK(copy.reveal() == one.reveal());
    secret source{"long enough to live outside of the string object itself"};
    const secret moved{std::move(source)};
    CHECK(moved.reveal() == "long enough to live outside of the string object itself");
}
