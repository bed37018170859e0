// The form that every release gets is compiled here too, whatever this build has: the two differ in
// their inline namespaces. A call that is a constant expression cannot end a process.
#undef CAMPUS_CRASH_POINTS
#include <doctest/doctest.h>

#include "server/base/crash_point.hpp"

static_assert([] {
    base::crash_points_off::crash_point("test.there");
    return true;
}());

TEST_CASE("without the build option a crash point does nothing") {
    constexpr auto point = &base::crash_points_off::crash_point;
    point("test.there");
    CHECK(true);
}
