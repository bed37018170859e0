#include "server/base/crash_point.hpp"

#ifdef CAMPUS_CRASH_POINTS

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <string>

#include <unistd.h>

namespace base {
namespace {

struct appointment {
    std::string name;
    int hit = 1;
};

// What is not understood must not pass for a run without a crash.
[[noreturn]] void refuse(std::string_view text) {
    const auto line = "CAMPUS_CRASH is not name or name:number: " + std::string{text} + "\n";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
    _exit(2);
}

appointment read_appointment() {
    const char* set = std::getenv("CAMPUS_CRASH");  // NOLINT(concurrency-mt-unsafe): never changed
    const std::string_view text{set ? set : ""};
    const auto colon = text.find(':');
    appointment out{std::string{text.substr(0, colon)}};
    if (colon == std::string_view::npos) return out;
    const auto* last = text.data() + text.size();
    const auto read = std::from_chars(text.data() + colon + 1, last, out.hit);
    if (read.ec != std::errc{} || read.ptr != last || out.hit < 1) refuse(text);
    return out;
}

}  // namespace

inline namespace crash_points_on {

void crash_point(std::string_view name) {
    static const auto wanted = read_appointment();
    static std::atomic<int> hits{0};
    if (name != wanted.name) return;
    if (++hits == wanted.hit) _exit(137);
}

}  // namespace crash_points_on
}  // namespace base

#endif
