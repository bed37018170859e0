#include "server/http/router.hpp"

#include <doctest/doctest.h>

#include "server/base/error.hpp"

namespace {

using http::verb;

base::task<http::reply> nothing(const http::request&) {
    co_return http::reply{};
}

http::router table() {
    http::router routes;
    for (const auto* pattern :
         {"/",
          "/api/v1/orders",
          "/api/v1/orders/{order_no}",
          "/api/v1/orders/{order_no}/lines",
          "/api/v1/orders/open/state",
          "/h5/*",
          "/h5/pay",
          "/{file}",
          "/a/{x}/c",
          "/a/b/d"}) {
        routes.add({verb::get, pattern, nothing, 1024});
    }
    routes.add({verb::post, "/api/v1/orders", nothing, 1024});
    routes.add({verb::del, "/api/v1/orders/{order_no}", nothing, 1024});
    routes.add({verb::post, "/h5/*", nothing, 1024});
    routes.add({verb::post, "/only/post", nothing, 1024});
    return routes;
}

struct row {
    verb method;
    const char* path;
    const char* pattern;  // "" = none
    const char* parameter_name;
    const char* parameter;
    const char* allow;
};

constexpr row rows[] = {
    {verb::get, "/", "/", "", "", ""},
    {verb::head, "/", "/", "", "", ""},
    {verb::get, "/api/v1/orders", "/api/v1/orders", "", "", ""},
    {verb::post, "/api/v1/orders", "/api/v1/orders", "", "", ""},
    {verb::get, "/api/v1/orders/", "", "", "", ""},
    {verb::get, "/api/v1/orders/A1", "/api/v1/orders/{order_no}", "order_no", "A1", ""},
    {verb::del, "/api/v1/orders/A1", "/api/v1/orders/{order_no}", "order_no", "A1", ""},
    {verb::post, "/api/v1/orders/A1", "", "", "", "GET, HEAD, DELETE"},
    {verb::put, "/api/v1/orders", "", "", "", "GET, HEAD, POST"},
    {verb::other, "/only/post", "", "", "", "POST"},
    {verb::get, "/api/v1/orders/A1/lines", "/api/v1/orders/{order_no}/lines", "order_no", "A1", ""},
    {verb::get, "/api/v1/orders/open/state", "/api/v1/orders/open/state", "", "", ""},
    // The literal branch "open" has no "lines": the walk comes back to {order_no}.
    {verb::get,
     "/api/v1/orders/open/lines",
     "/api/v1/orders/{order_no}/lines",
     "order_no",
     "open",
     ""},
    {verb::get, "/a/b/c", "/a/{x}/c", "x", "b", ""},
    {verb::get, "/a/b/d", "/a/b/d", "", "", ""},
    {verb::get, "/a/b/e", "", "", "", ""},
    {verb::get, "/h5/pay", "/h5/pay", "", "", ""},
    {verb::post, "/h5/pay", "/h5/*", "*", "pay", ""},
    {verb::get, "/h5", "/h5/*", "*", "", ""},
    {verb::get, "/h5/", "/h5/*", "*", "", ""},
    {verb::get, "/h5/a/b.js", "/h5/*", "*", "a/b.js", ""},
    {verb::put, "/h5/a", "", "", "", "GET, HEAD, POST"},
    {verb::get, "/h5x", "/{file}", "file", "h5x", ""},
    {verb::get, "//", "", "", "", ""},
    {verb::get, "/x/y", "", "", "", ""},
    {verb::get, "*", "", "", "", ""},
    {verb::get, "", "", "", "", ""},
};

}  // namespace

TEST_CASE("the table of addresses finds the narrowest row") {
    const auto routes = table();
    for (const auto& each : rows) {
        CAPTURE(each.path);
        CAPTURE(static_cast<int>(each.method));
        const auto found = routes.find(each.method, each.path);
        CHECK(std::string{found.found ? found.found->pattern : ""} == each.pattern);
        CHECK(found.allow == each.allow);
        if (*each.parameter_name == 0) {
            CHECK(found.parameters.empty());
        } else {
            REQUIRE(found.parameters.size() == 1);
            CHECK(found.parameters[0].first == each.parameter_name);
            CHECK(found.parameters[0].second == each.parameter);
        }
    }
}

TEST_CASE("a table that could mean two things is refused when it is built") {
    const auto now = [](const http::request&) { return http::reply{}; };
    http::router routes;
    routes.add({verb::get, "/a/{x}", nothing, 1024});
    CHECK_THROWS_AS(routes.add({verb::get, "/a/{y}", nothing, 1024}), base::error);
    CHECK_THROWS_AS(routes.add({verb::get, "no-slash", nothing, 1024}), base::error);
    CHECK_THROWS_AS(routes.add({verb::get, "/a/*/b", nothing, 1024}), base::error);
    CHECK_THROWS_AS(routes.add({verb::get, "/a/x{y}", nothing, 1024}), base::error);
    CHECK_THROWS_AS(routes.add({verb::get, "/none", {}, 1024, {}}), base::error);
    CHECK_THROWS_AS(routes.add({verb::get, "/both", nothing, 1024, now}), base::error);
    CHECK(routes.rows().size() == 1);
}
