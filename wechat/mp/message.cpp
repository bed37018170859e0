#include "wechat/mp/message.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <tinyxml2.h>

#include "server/base/encoding.hpp"

namespace wechat::mp {
namespace {

constexpr int depth_max = 8;
constexpr std::size_t field_count_max = 256;
constexpr std::size_t head_bytes_max = 128;  // openid, original id, MsgId, type, event

// No document of the platform has a DOCTYPE; ours must not be the parser that finds out what one
// does.
bool has_doctype(std::string_view xml) {
    constexpr std::string_view mark = "<!doctype";
    return std::search(xml.begin(), xml.end(), mark.begin(), mark.end(), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           }) != xml.end();
}

bool nested_too_deep(const tinyxml2::XMLElement& from, int depth) {
    if (depth > depth_max) return true;
    for (const auto* child = from.FirstChildElement(); child; child = child->NextSiblingElement()) {
        if (nested_too_deep(*child, depth + 1)) return true;
    }
    return false;
}

const tinyxml2::XMLElement* root_of(tinyxml2::XMLDocument& document, std::string_view xml) {
    if (xml.empty() || has_doctype(xml)) return nullptr;
    if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS) return nullptr;
    const auto* root = document.RootElement();
    if (root == nullptr || std::string_view{root->Name()} != "xml") return nullptr;
    return nested_too_deep(*root, 0) ? nullptr : root;
}

// All text nodes: GetText() stops at the first, and a CDATA split in two would lose its tail.
std::string text_of(const tinyxml2::XMLElement& leaf) {
    std::string out;
    for (const auto* node = leaf.FirstChild(); node; node = node->NextSibling()) {
        if (const auto* text = node->ToText()) out += text->Value();
    }
    return out;
}

void collect(const tinyxml2::XMLElement& from, const std::string& prefix, message& into) {
    for (const auto* child = from.FirstChildElement(); child; child = child->NextSiblingElement()) {
        if (into.fields.size() >= field_count_max) return;
        const auto name = prefix + child->Name();
        if (child->FirstChildElement() != nullptr) {
            collect(*child, name + "/", into);
        } else {
            into.fields.emplace_back(name, text_of(*child));
        }
    }
}

bool read_head(message& into) {
    const auto taken = [&into](std::string_view name) { return std::string{into.field(name)}; };
    into.to_user = taken("ToUserName");
    into.from_user = taken("FromUserName");
    into.type = taken("MsgType");
    into.event = taken("Event");
    into.event_key = taken("EventKey");
    into.msg_id = taken("MsgId");
    into.content = taken("Content");
    const auto time = into.field("CreateTime");
    const auto* end = time.data() + time.size();
    const auto read = std::from_chars(time.data(), end, into.create_time_s);
    const bool timed = !time.empty() && read.ec == std::errc{} && read.ptr == end;

    const std::array heads{&into.to_user, &into.from_user, &into.type, &into.event, &into.msg_id};
    const bool fits = std::all_of(heads.begin(), heads.end(), [](const std::string* one) {
        return one->size() <= head_bytes_max;
    });
    return timed && fits && !into.to_user.empty() && !into.from_user.empty() && !into.type.empty();
}

}  // namespace

std::string_view message::field(std::string_view path) const {
    for (const auto& [name, value] : fields) {
        if (name == path) return value;
    }
    return {};
}

std::string message::dedup_key() const {
    constexpr std::size_t readable_max = 64;
    if (!msg_id.empty() && msg_id.size() <= readable_max) return msg_id;
    std::string apart = msg_id;
    for (const auto name : {"Event", "EventKey", "MsgID", "Ticket"}) {
        apart += '\0';
        apart += field(name);
    }
    const auto sender =
        from_user.size() <= readable_max ? from_user : base::to_hex(base::sha1(from_user));
    return sender + "|" + std::to_string(create_time_s) + "|" +
           base::to_hex(base::sha256(apart)).substr(0, 16);
}

std::optional<message> read_message(std::string_view xml) {
    tinyxml2::XMLDocument document;
    const auto* root = root_of(document, xml);
    if (root == nullptr) return std::nullopt;
    message made;
    collect(*root, "", made);
    if (!read_head(made)) return std::nullopt;
    return made;
}

std::optional<std::string> read_encrypted_part(std::string_view xml) {
    tinyxml2::XMLDocument document;
    const auto* root = root_of(document, xml);
    if (root == nullptr) return std::nullopt;
    const auto* part = root->FirstChildElement("Encrypt");
    return part == nullptr ? std::string{} : text_of(*part);
}

}  // namespace wechat::mp
