#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

// One JSON object per line on standard error: {"at","level","event",…fields}. Values are escaped,
// so no input can forge a line. Callers never pass personal data, secrets or query strings.
namespace base::log {

enum class level { debug, info, warning, alarm };

struct field {
    std::string_view name;
    std::variant<std::string, std::int64_t, bool> value;

    field(std::string_view n, std::string_view v) : name{n}, value{std::string{v}} {}
    field(std::string_view n, const char* v) : name{n}, value{std::string{v}} {}
    field(std::string_view n, const std::string& v) : name{n}, value{v} {}
    field(std::string_view n, std::int64_t v) : name{n}, value{v} {}
    field(std::string_view n, int v) : name{n}, value{std::int64_t{v}} {}
    field(std::string_view n, unsigned v) : name{n}, value{std::int64_t{v}} {}
    field(std::string_view n, std::size_t v) : name{n}, value{static_cast<std::int64_t>(v)} {}
    field(std::string_view n, bool v) : name{n}, value{v} {}
};

void set_threshold(level lowest);
void write(level how, std::string_view event, std::initializer_list<field> fields = {});

inline void info(std::string_view event, std::initializer_list<field> fields = {}) {
    write(level::info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<field> fields = {}) {
    write(level::warning, event, fields);
}
inline void alarm(std::string_view event, std::initializer_list<field> fields = {}) {
    write(level::alarm, event, fields);
}

}  // namespace base::log
