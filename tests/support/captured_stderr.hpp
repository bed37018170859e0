#pragma once

#include <cstdio>
#include <functional>
#include <string>

#include <unistd.h>

namespace support {

// What `act` writes to standard error, whatever it uses to write.
inline std::string captured_stderr(const std::function<void()>& act) {
    std::fflush(stderr);
    std::FILE* const kept = std::tmpfile();
    const int original = dup(STDERR_FILENO);
    dup2(fileno(kept), STDERR_FILENO);
    try {
        act();
    } catch (...) {
        dup2(original, STDERR_FILENO);
        close(original);
        std::fclose(kept);
        throw;
    }
    std::fflush(stderr);
    dup2(original, STDERR_FILENO);
    close(original);
    std::string out;
    std::rewind(kept);
    char buffer[4096];
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, kept)) > 0;) {
        out.append(buffer, got);
    }
    std::fclose(kept);
    return out;
}

}  // namespace support
