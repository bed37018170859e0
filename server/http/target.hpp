#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.hpp"

namespace http {

// The request target, taken apart and decoded once.
struct target_parts {
    std::string path;
    text_pairs query;
};

// Origin form and absolute form. Refuses (nullopt → 400) whatever could mean two things: broken
// escapes, control characters and %00, backslashes, encoded slashes, dot segments, fragments,
// characters that a target cannot hold, paths that are not UTF-8.
std::optional<target_parts> read_target(std::string_view target);

// application/x-www-form-urlencoded, as in queries and forms. nullopt: broken escape, not UTF-8,
// a NUL, or more than 256 pairs.
std::optional<text_pairs> decode_form(std::string_view text);

// The form in a request's body; throws base::error unsupported_media or bad_request.
text_pairs read_form(const request& from);

}  // namespace http
