#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "server/http/message.hpp"

// JSON at the edge: strict in, plain out.
namespace routes {

// Writes an object or array member by member:
//   json_writer out;
//   out.object([&] { out.text("code", "x"); out.number("total_fen", 5); });
class json_writer {
public:
    template <class Body>
    void object(Body body) {
        writer_.StartObject();
        body();
        writer_.EndObject();
    }
    template <class Body>
    void object(std::string_view name, Body body) {
        key(name);
        object(body);
    }
    template <class Body>
    void array(std::string_view name, Body body) {
        key(name);
        writer_.StartArray();
        body();
        writer_.EndArray();
    }
    void texts(std::string_view name, const std::vector<std::string>& values) {
        array(name, [&] {
            for (const auto& one : values) string(one);
        });
    }
    void text(std::string_view name, std::string_view value) {
        key(name);
        string(value);
    }
    void number(std::string_view name, std::int64_t value) {
        key(name);
        writer_.Int64(value);
    }
    void null(std::string_view name) {
        key(name);
        writer_.Null();
    }
    void flag(std::string_view name, bool value) {
        key(name);
        writer_.Bool(value);
    }

    // What is JSON already, written by another json_writer.
    void object_text(std::string_view name, std::string_view json) {
        key(name);
        writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    }

    http::reply reply(unsigned status = 200) const;
    std::string written() const { return {buffer_.GetString(), buffer_.GetSize()}; }

private:
    void key(std::string_view name) {
        writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    }
    void string(std::string_view value) {
        writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    }

    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

// The object that a page sent. Every accessor throws base::error{bad_request} for a member that is
// missing, of another type or too long; members that nobody asks for are ignored.
class json_object {
public:
    // Throws base::error{bad_request}: not JSON, not an object, nested too deep, not UTF-8.
    explicit json_object(std::string_view body);

    std::string text(const char* name, std::size_t bytes_max) const;
    // Nothing where the member is left out.
    std::optional<std::string> maybe_text(const char* name, std::size_t bytes_max) const;
    bool flag(const char* name) const;
    std::int64_t integer(const char* name) const;
    std::optional<std::int64_t> maybe_integer(const char* name) const;
    std::optional<bool> maybe_flag(const char* name) const;
    json_object object(const char* name) const;
    // A text of so many characters, as schemas count them.
    std::string short_text(const char* name, std::size_t characters_max) const;
    std::string maybe_short_text(const char* name, std::size_t characters_max) const;  // or ""
    bool has(const char* name) const { return document_.HasMember(name); }
    // An object of texts; none where the page has left it out.
    std::map<std::string, std::string, std::less<>> text_map(
        const char* name, std::size_t count_max, std::size_t bytes_max
    ) const;
    std::vector<std::string> texts(const char* name, std::size_t count_max, std::size_t bytes_max)
        const;
    std::vector<json_object> objects(const char* name, std::size_t count_max) const;
    // None where the member is left out.
    std::vector<json_object> maybe_objects(const char* name, std::size_t count_max) const;

private:
    explicit json_object(const rapidjson::Value& inner) {
        document_.CopyFrom(inner, document_.GetAllocator());
    }
    const rapidjson::Value& member(const char* name) const;

    rapidjson::Document document_;
};

// A bill id travels as text, since it is larger than what JavaScript counts exactly.
std::optional<std::int64_t> id_of(std::string_view text);

}  // namespace routes
