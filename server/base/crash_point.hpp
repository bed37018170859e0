#pragma once

#include <string_view>

// A place between two steps where a test lets the program end as in a power cut: nothing is
// flushed, closed or answered. Builds without the CMake option CAMPUS_CRASH_POINTS, and so every
// release, do nothing there.
namespace base {

#ifdef CAMPUS_CRASH_POINTS
inline namespace crash_points_on {

// CAMPUS_CRASH=name in the environment ends the process with 137 at the first hit of that name,
// CAMPUS_CRASH=name:3 at the third. Names are written as literals, so that a test finds them all.
void crash_point(std::string_view name);

}  // namespace crash_points_on
#else
inline namespace crash_points_off {

constexpr void crash_point(std::string_view) {}

}  // namespace crash_points_off
#endif

}  // namespace base
