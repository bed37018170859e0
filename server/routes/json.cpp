#include "server/routes/json.hpp"

#include <charconv>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace routes {
namespace {

constexpr std::size_t depth_max = 8;

[[noreturn]] void refuse(std::string detail) {
    throw base::error{base::errc::bad_request, std::move(detail)};
}

// RapidJSON recurses while it reads, so the depth is counted before.
bool too_deep(std::string_view body) {
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < body.size(); ++i) {
        const char c = body[i];
        if (quoted) {
            if (c == '\\') ++i;
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > depth_max) return true;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return false;
}

std::string text_of(const rapidjson::Value& value, const char* name, std::size_t bytes_max) {
    if (!value.IsString() || value.GetStringLength() > bytes_max) refuse(name);
    std::string out{value.GetString(), value.GetStringLength()};
    if (out.find('\0') != std::string::npos) refuse(name);
    return out;
}

}  // namespace

http::reply json_writer::reply(unsigned status) const {
    return {
        status,
        "application/json; charset=utf-8",
        std::string{buffer_.GetString(), buffer_.GetSize()}};
}

json_object::json_object(std::string_view body) {
    if (too_deep(body)) refuse("nested too deep");
    // The parser would step over a byte order mark, which JSON does not have (RFC 8259, 8.1).
    if (body.starts_with("\xEF\xBB\xBF")) refuse("byte order mark");
    constexpr auto flags = rapidjson::kParseValidateEncodingFlag;
    document_.Parse<flags>(body.data(), body.size());
    if (document_.HasParseError() || !document_.IsObject()) refuse("not a JSON object");
}

const rapidjson::Value& json_object::member(const char* name) const {
    const auto found = document_.FindMember(name);
    if (found == document_.MemberEnd()) refuse(std::string{name} + " is missing");
    return found->value;
}

std::string json_object::text(const char* name, std::size_t bytes_max) const {
    return text_of(member(name), name, bytes_max);
}

std::map<std::string, std::string, std::less<>> json_object::text_map(
    const char* name, std::size_t count_max, std::size_t bytes_max
) const {
    std::map<std::string, std::string, std::less<>> out;
    const auto found = document_.FindMember(name);
    if (found == document_.MemberEnd()) return out;
    if (!found->value.IsObject() || found->value.MemberCount() > count_max) refuse(name);
    for (const auto& one : found->value.GetObject()) {
        out.emplace(text_of(one.name, name, bytes_max), text_of(one.value, name, bytes_max));
    }
    return out;
}

std::optional<std::string> json_object::maybe_text(const char* name, std::size_t bytes_max) const {
    const auto found = document_.FindMember(name);
    if (found == document_.MemberEnd()) return std::nullopt;
    return text_of(found->value, name, bytes_max);
}

bool json_object::flag(const char* name) const {
    const auto& value = member(name);
    if (!value.IsBool()) refuse(name);
    return value.GetBool();
}

std::int64_t json_object::integer(const char* name) const {
    const auto& value = member(name);
    if (!value.IsInt64()) refuse(name);
    return value.GetInt64();
}

std::optional<std::int64_t> json_object::maybe_integer(const char* name) const {
    return has(name) ? std::optional{integer(name)} : std::nullopt;
}

std::optional<bool> json_object::maybe_flag(const char* name) const {
    return has(name) ? std::optional{flag(name)} : std::nullopt;
}

json_object json_object::object(const char* name) const {
    const auto& value = member(name);
    if (!value.IsObject()) refuse(name);
    return json_object{value};
}

std::string json_object::short_text(const char* name, std::size_t characters_max) const {
    auto out = text(name, characters_max * 4);
    if (base::count_code_points(out) > characters_max) refuse(name);
    return out;
}

std::string json_object::maybe_short_text(const char* name, std::size_t characters_max) const {
    return has(name) ? short_text(name, characters_max) : std::string{};
}

std::vector<std::string> json_object::texts(
    const char* name, std::size_t count_max, std::size_t bytes_max
) const {
    const auto& value = member(name);
    if (!value.IsArray() || value.Size() > count_max) refuse(name);
    std::vector<std::string> out;
    for (const auto& one : value.GetArray()) out.push_back(text_of(one, name, bytes_max));
    return out;
}

std::vector<json_object> json_object::objects(const char* name, std::size_t count_max) const {
    const auto& value = member(name);
    if (!value.IsArray() || value.Size() > count_max) refuse(name);
    std::vector<json_object> out;
    for (const auto& one : value.GetArray()) {
        if (!one.IsObject()) refuse(name);
        out.push_back(json_object{one});
    }
    return out;
}

std::vector<json_object> json_object::maybe_objects(const char* name, std::size_t count_max) const {
    if (!document_.HasMember(name)) return {};
    return objects(name, count_max);
}

std::optional<std::int64_t> id_of(std::string_view text) {
    std::int64_t out = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || out <= 0) {
        return std::nullopt;
    }
    return out;
}

}  // namespace routes
