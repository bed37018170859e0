#include "wechat/mp/reply.hpp"

#include "server/base/encoding.hpp"

namespace wechat::mp {
namespace {

constexpr std::size_t content_bytes_max = 2047;
constexpr std::string_view cut_mark = "…";

bool is_forbidden(char c) {
    const auto b = static_cast<unsigned char>(c);
    return (b < 0x20 && c != '\t' && c != '\n') || b == 0x7F;
}

std::string cleaned(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (!is_forbidden(c)) out += c;
    }
    return out;
}

bool is_inside_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Between characters, and before a link that would lose its end.
std::string shortened(std::string text) {
    if (text.size() <= content_bytes_max) return text;
    std::size_t end = content_bytes_max - cut_mark.size();
    while (end > 0 && is_inside_character(text[end])) --end;
    const auto link = text.rfind("<a", end);
    if (link != std::string::npos && link < end) {
        const auto closed = text.find("</a>", link);
        if (closed == std::string::npos || closed + 4 > end) end = link;
    }
    text.resize(end);
    return text.append(cut_mark);
}

std::string element(std::string_view name, std::string_view text) {
    const std::string tag{name};
    return "<" + tag + ">" + cdata(text) + "</" + tag + ">";
}

std::string reply_to(
    const message& to, std::string_view type, std::int64_t now_s, const std::string& rest
) {
    return "<xml>" + element("ToUserName", to.from_user) + element("FromUserName", to.to_user) +
           "<CreateTime>" + std::to_string(now_s) + "</CreateTime>" + element("MsgType", type) +
           rest + "</xml>";
}

}  // namespace

std::string cdata(std::string_view text) {
    constexpr std::string_view end = "]]>";
    std::string out = "<![CDATA[";
    const auto clean = cleaned(text);
    std::size_t from = 0;
    for (auto at = clean.find(end); at != std::string::npos; at = clean.find(end, from)) {
        out.append(clean, from, at + 2 - from).append("]]><![CDATA[");
        from = at + 2;
    }
    return out.append(clean, from).append(end);
}

std::string text_reply(const message& to, std::string_view content, std::int64_t now_s) {
    const auto text = shortened(cleaned(content));
    const bool blank = text.find_first_not_of(" \t\n") == std::string::npos;
    if (blank || !base::is_utf8(text)) return std::string{no_reply};
    return reply_to(to, "text", now_s, element("Content", text));
}

std::string news_reply(const message& to, const article& shown, std::int64_t now_s) {
    return reply_to(
        to,
        "news",
        now_s,
        "<ArticleCount>1</ArticleCount><Articles><item>" + element("Title", shown.title) +
            element("Description", shown.description) + element("PicUrl", shown.picture_url) +
            element("Url", shown.url) + "</item></Articles>"
    );
}

std::string transfer_reply(const message& to, std::int64_t now_s) {
    return reply_to(to, "transfer_customer_service", now_s, "");
}

std::string without_markup(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c != '<' && c != '>') out += c;
    }
    return out;
}

}  // namespace wechat::mp
