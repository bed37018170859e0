#include <array>
#include <utility>

#include "server/http/static_files.hpp"
#include "server/http/text.hpp"

namespace http {
namespace {

using row = std::pair<std::string_view, std::string_view>;

constexpr std::array media_types{
    row{"html", "text/html; charset=utf-8"},
    row{"js", "text/javascript; charset=utf-8"},
    row{"mjs", "text/javascript; charset=utf-8"},
    row{"css", "text/css; charset=utf-8"},
    row{"json", "application/json; charset=utf-8"},
    row{"map", "application/json; charset=utf-8"},
    row{"webmanifest", "application/manifest+json; charset=utf-8"},
    row{"txt", "text/plain; charset=utf-8"},
    row{"csv", "text/csv; charset=utf-8"},
    row{"xml", "application/xml; charset=utf-8"},
    row{"yaml", "application/yaml; charset=utf-8"},
    row{"svg", "image/svg+xml; charset=utf-8"},
    row{"png", "image/png"},
    row{"jpg", "image/jpeg"},
    row{"jpeg", "image/jpeg"},
    row{"gif", "image/gif"},
    row{"webp", "image/webp"},
    row{"avif", "image/avif"},
    row{"ico", "image/x-icon"},
    row{"woff2", "font/woff2"},
    row{"woff", "font/woff"},
    row{"ttf", "font/ttf"},
    row{"wasm", "application/wasm"},
    row{"pdf", "application/pdf"},
    row{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
};

}  // namespace

std::string_view media_type_of(std::string_view file_name) {
    const auto dot = file_name.rfind('.');
    if (dot != std::string_view::npos) {
        for (const auto& [extension, type] : media_types) {
            if (equal_ignoring_case(file_name.substr(dot + 1), extension)) return type;
        }
    }
    return "application/octet-stream";
}

}  // namespace http
