#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

// Reading and writing JSON with RapidJSON; for the .cpp files of this layer only.
namespace wechat::json {

using value = rapidjson::Value;
using document = rapidjson::Document;

// Iterative, so that nesting cannot exhaust the stack; refuses text that is not UTF-8.
inline bool parse(document& into, std::string_view text) {
    constexpr unsigned how = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    into.Parse<how>(text.data(), text.size());
    return !into.HasParseError();
}

inline const value* member(const value& object, const char* name) {
    if (!object.IsObject()) return nullptr;
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

inline const value* object_in(const value& object, const char* name) {
    const value* found = member(object, name);
    return found != nullptr && found->IsObject() ? found : nullptr;
}

inline const value* array_in(const value& object, const char* name) {
    const value* found = member(object, name);
    return found != nullptr && found->IsArray() ? found : nullptr;
}

// "" when absent or not a string.
inline std::string text_in(const value& object, const char* name) {
    const value* found = member(object, name);
    if (found == nullptr || !found->IsString()) return {};
    return {found->GetString(), found->GetStringLength()};
}

inline std::optional<std::int64_t> integer_in(const value& object, const char* name) {
    const value* found = member(object, name);
    if (found == nullptr || !found->IsInt64()) return std::nullopt;
    return found->GetInt64();
}

using buffer = rapidjson::StringBuffer;
// Writes UTF-8 as it is; escapes only what JSON demands.
using writer = rapidjson::Writer<buffer>;

inline void put(writer& out, const char* name, std::string_view text) {
    out.Key(name);
    out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

inline std::string taken(const buffer& from) {
    return {from.GetString(), from.GetSize()};
}

}  // namespace wechat::json
