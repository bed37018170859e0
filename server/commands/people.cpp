#include "server/commands/people.hpp"

#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "server/base/encoding.hpp"

namespace commands {
namespace {

constexpr std::size_t name_bytes_max = 48;

}  // namespace

std::string who_runs_this() {
    for (const auto* name : {"SUDO_USER", "USER", "LOGNAME"}) {
        // One thread alone lives while the command line is read.
        const auto* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
        if (value != nullptr && *value != '\0') return value;
    }
    return fmt::format("uid{}", getuid());
}

std::string flaw_of_name(const std::string& name) {
    const bool fit =
        !name.empty() && name.size() <= name_bytes_max && base::is_utf8(name) &&
        name.find_first_of(std::string_view{"\0\t\n\r\x1b\x7f", 6}) == std::string::npos;
    return fit ? "" : "--by 应为1到48字节的名称";
}

}  // namespace commands
