#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wechat::mp {

// A message or an event, names as WeChat spells them (and it is inconsistent: MsgId, MsgID).
struct message {
    std::string to_user;    // ToUserName: our original id
    std::string from_user;  // FromUserName: the follower's openid
    std::int64_t create_time_s = 0;
    std::string type;       // MsgType
    std::string event;      // Event; "" for ordinary messages
    std::string event_key;  // EventKey; may be ""
    std::string msg_id;     // MsgId; "" for events
    std::string content;    // Content of text messages

    // Every leaf in document order, nested ones as "ScanCodeInfo/ScanResult".
    std::vector<std::pair<std::string, std::string>> fields;

    bool is_event() const { return type == "event"; }
    // First leaf of that name; "" when absent.
    std::string_view field(std::string_view path) const;
    // One per thing that happened, whatever is delivered twice; at most 120 bytes. MsgId where
    // there is one, else sender, second, and a digest of what distinguishes events of one second.
    std::string dedup_key() const;
};

// nullopt: not XML, a DOCTYPE, too deep or too many elements, no <xml> root, or a head that lacks
// ToUserName, FromUserName, CreateTime or MsgType.
std::optional<message> read_message(std::string_view xml);

// Text of <Encrypt>; nullopt when the document cannot be read, "" when there is none.
std::optional<std::string> read_encrypted_part(std::string_view xml);

}  // namespace wechat::mp
