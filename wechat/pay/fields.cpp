#include "wechat/pay/fields.hpp"

#include <algorithm>

#include "server/base/encoding.hpp"
#include "wechat/url.hpp"

namespace wechat::pay {
namespace {

constexpr std::size_t notify_url_bytes_max = 255;

bool has_four_byte_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0xF0;
    });
}

}  // namespace

bool fits(std::string_view text, std::size_t bytes_max) {
    return text.size() <= bytes_max && base::is_utf8(text) && !has_four_byte_character(text);
}

bool is_notify_url(std::string_view text) {
    const auto url = read_url(text);
    return url && text.size() <= notify_url_bytes_max && text.find('?') == std::string_view::npos &&
           (url->tls || is_loopback(url->host));
}

bool is_number_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '|' || c == '*';
}

std::string clean_text(std::string_view text, std::size_t bytes_max) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        const auto character = text.substr(i, size);
        i += size;
        const bool dropped = size == 4 || lead < 0x20 || lead == 0x7F || lead == '`' ||
                             (lead == 0xC2 && character < std::string_view{"\xC2\xA0"}) ||
                             !base::is_utf8(character);
        if (dropped) continue;
        if (out.size() + size > bytes_max) break;
        out += character;
    }
    return out;
}

}  // namespace wechat::pay
