#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wechat/mp/message.hpp"

// Passive replies. One answer to one delivery; more needs customer-service messages.
namespace wechat::mp {

inline constexpr std::string_view no_reply = "success";

struct article {
    std::string title;
    std::string description;
    std::string picture_url;
    std::string url;
};

// Empty content would show the user a fault notice, so it becomes no_reply. Longer than WeChat
// shows (2047 bytes): cut between characters, never inside a link.
std::string text_reply(const message& to, std::string_view content, std::int64_t now_s);
std::string news_reply(const message& to, const article& shown, std::int64_t now_s);
std::string transfer_reply(const message& to, std::int64_t now_s);  // to a human agent

// For user text quoted inside a link's text.
std::string without_markup(std::string_view text);
// A CDATA section: "]]>" split over two, characters that XML 1.0 forbids dropped.
std::string cdata(std::string_view text);

}  // namespace wechat::mp
