#include "server/http/target.hpp"

#include <algorithm>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/http/text.hpp"

namespace http {
namespace {

constexpr std::size_t pair_count_max = 256;

bool holds_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) {
        return c < 0x20 || c == 0x7f;
    });
}

bool has_dot_segment(std::string_view path) {
    for (auto rest = path; !rest.empty();) {
        const auto part = cut(rest, '/');
        if (part == "." || part == "..") return true;
    }
    return false;
}

std::optional<std::string> decode_path(std::string_view raw) {
    if (raw.empty() || raw.front() != '/') return std::nullopt;
    if (raw.find('%') == std::string_view::npos) {
        if (raw.find('\\') != std::string_view::npos || has_dot_segment(raw)) return std::nullopt;
        return std::string{raw};
    }
    // A slash may not come out of an escape: segments are what the sender wrote.
    const auto slashes = std::count(raw.begin(), raw.end(), '/');
    auto path = base::percent_decode(raw);
    if (!path || std::count(path->begin(), path->end(), '/') != slashes) return std::nullopt;
    if (path->find('\\') != std::string::npos || holds_control(*path)) return std::nullopt;
    if (has_dot_segment(*path) || !base::is_utf8(*path)) return std::nullopt;
    return path;
}

// "http://host[:port]" in front of the path, as a proxy may write it.
std::optional<std::string_view> without_authority(std::string_view target) {
    if (target.front() == '/') return target;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        const auto rest = target.substr(scheme.size());
        const auto end = rest.find_first_of("/?");
        const auto authority = rest.substr(0, end);
        if (authority.empty() || authority.find('@') != std::string_view::npos) return std::nullopt;
        return end == std::string_view::npos ? std::string_view{} : rest.substr(end);
    }
    return std::nullopt;
}

}  // namespace

std::optional<target_parts> read_target(std::string_view target) {
    const bool strange = std::any_of(target.begin(), target.end(), [](unsigned char c) {
        return c <= 0x20 || c >= 0x7f || c == '#' || c == '"' || c == '<' || c == '>';
    });
    if (target.empty() || strange) return std::nullopt;
    const auto local = without_authority(target);
    if (!local) return std::nullopt;

    const auto mark = local->find('?');
    const auto raw_path = local->substr(0, mark);
    auto path = decode_path(raw_path.empty() ? std::string_view{"/"} : raw_path);
    if (!path) return std::nullopt;
    target_parts parts{std::move(*path), {}};
    if (mark == std::string_view::npos) return parts;
    auto query = decode_form(local->substr(mark + 1));
    if (!query) return std::nullopt;
    parts.query = std::move(*query);
    return parts;
}

std::optional<text_pairs> decode_form(std::string_view text) {
    text_pairs pairs;
    while (!text.empty()) {
        auto value = cut(text, '&');
        if (value.empty()) continue;
        const auto name = cut(value, '=');
        auto decoded_name = base::percent_decode(name, true);
        auto decoded_value = base::percent_decode(value, true);
        if (!decoded_name || !decoded_value || pairs.size() == pair_count_max) return std::nullopt;
        for (const auto* part : {&*decoded_name, &*decoded_value}) {
            if (part->find('\0') != std::string::npos || !base::is_utf8(*part)) return std::nullopt;
        }
        pairs.emplace_back(std::move(*decoded_name), std::move(*decoded_value));
    }
    return pairs;
}

text_pairs read_form(const request& from) {
    if (from.media_type() != "application/x-www-form-urlencoded") {
        throw base::error{base::errc::unsupported_media};
    }
    auto pairs = decode_form(from.body);
    if (!pairs) throw base::error{base::errc::bad_request, "form not decodable"};
    return std::move(*pairs);
}

}  // namespace http
