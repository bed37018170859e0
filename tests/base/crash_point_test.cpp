#include "server/base/crash_point.hpp"

#include <string>

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int came_through = 7;

// A process of its own with that CAMPUS_CRASH, which hits test.there twice and test.elsewhere once.
int end_of_child(const std::string& appointment) {
    const auto child = fork();
    if (child == 0) {
        setenv("CAMPUS_CRASH", appointment.c_str(), 1);
        base::crash_point("test.elsewhere");
        base::crash_point("test.there");
        base::crash_point("test.there");
        _exit(came_through);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

}  // namespace

#ifdef CAMPUS_CRASH_POINTS
TEST_CASE("a crash point ends the process at the appointed hit") {
    CHECK(end_of_child("test.there") == 137);
    CHECK(end_of_child("test.there:1") == 137);
    CHECK(end_of_child("test.there:2") == 137);
    CHECK(end_of_child("test.elsewhere") == 137);
}

TEST_CASE("a crash point lets pass what is not appointed") {
    CHECK(end_of_child("") == came_through);
    CHECK(end_of_child("test.there:3") == came_through);
    CHECK(end_of_child("test.ther") == came_through);
    CHECK(end_of_child("test.there.too") == came_through);
}

TEST_CASE("an appointment that nobody understands is refused, not passed over") {
    for (const auto* text : {"test.there:", "test.there:0", "test.there:-1", "test.there:2x"}) {
        CAPTURE(text);
        CHECK(end_of_child(text) == 2);
    }
}
#else
TEST_CASE("a build without crash points takes no notice of CAMPUS_CRASH") {
    for (const auto* text : {"test.there", "test.there:2", "test.elsewhere", "test.there:0"}) {
        CAPTURE(text);
        CHECK(end_of_child(text) == came_through);
    }
}
#endif
