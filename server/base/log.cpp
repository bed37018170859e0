#include "server/base/log.hpp"

#include <atomic>
#include <memory>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "server/base/beijing.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"

namespace base::log {
namespace {

std::atomic<level> threshold{level::info};

std::string_view name_of(level how) {
    switch (how) {
        case level::debug:
            return "debug";
        case level::info:
            return "info";
        case level::warning:
            return "warning";
        case level::alarm:
            return "alarm";
    }
    return "alarm";
}

spdlog::logger& sink() {
    static const auto logger = [] {
        auto made = spdlog::stderr_logger_mt("campuspay");
        made->set_pattern("%v");
        made->set_level(spdlog::level::trace);
        return made;
    }();
    return *logger;
}

void append_escaped(std::string& out, std::string_view text) {
    // Bytes that are no text would make the whole line unreadable for those who collect it.
    const bool readable = is_utf8(text);
    out += '"';
    for (const char c : text) {
        const auto b = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (b < 0x20 || b == 0x7f || (b > 0x7f && !readable)) {
            out += fmt::format("\\u{:04x}", b);
        } else {
            out += c;
        }
    }
    out += '"';
}

}  // namespace

void set_threshold(level lowest) {
    threshold.store(lowest);
}

void write(level how, std::string_view event, std::initializer_list<field> fields) {
    if (how < threshold.load()) return;
    const auto now = now_ms();
    std::string line = fmt::format(
        R"({{"at":"{}","ms":{},"level":"{}","event":)", to_rfc3339(now), now % 1000, name_of(how)
    );
    append_escaped(line, event);
    for (const auto& [name, value] : fields) {
        line += ',';
        append_escaped(line, name);
        line += ':';
        if (const auto* text = std::get_if<std::string>(&value)) {
            append_escaped(line, *text);
        } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
            line += std::to_string(*number);
        } else {
            line += std::get<bool>(value) ? "true" : "false";
        }
    }
    line += '}';
    sink().info(line);
}

}  // namespace base::log
