// Bodies of the order calls, and WeChat's rules for their fields.
#include <algorithm>

#include "server/base/beijing.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "wechat/json.hpp"
#include "wechat/pay/orders.hpp"
#include "wechat/url.hpp"

namespace wechat::pay {
namespace {

constexpr std::size_t description_bytes_max = 127;
constexpr std::size_t attach_bytes_max = 128;
constexpr std::size_t notify_url_bytes_max = 255;
constexpr std::size_t openid_bytes_max = 128;

// WeChat takes code points of one to three bytes only.
bool has_four_byte_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0xF0;
    });
}

bool is_order_number(std::string_view text) {
    return text.size() >= 6 && text.size() <= 32 &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '_' || c == '-' || c == '|' || c == '*';
           });
}

bool is_notify_url(std::string_view text) {
    const auto url = read_url(text);
    return url && text.size() <= notify_url_bytes_max && text.find('?') == std::string_view::npos &&
           (url->tls || is_loopback(url->host));
}

bool fits(std::string_view text, std::size_t bytes_max) {
    return text.size() <= bytes_max && base::is_utf8(text) && !has_four_byte_character(text);
}

void check(const order_facts& facts) {
    const auto must = [](bool truth, std::string_view field) {
        base::ensure(truth, "order field " + std::string{field});
    };
    must(
        !facts.description.empty() && fits(facts.description, description_bytes_max), "description"
    );
    must(is_order_number(facts.out_trade_no), "out_trade_no");
    must(facts.amount >= base::fen{1}, "amount");
    must(facts.expires_at > 0, "time_expire");
    must(is_notify_url(facts.notify_url), "notify_url");
    must(fits(facts.attach, attach_bytes_max), "attach");
}

std::string order_body(
    const merchant& who, const order_facts& facts, std::string_view payer_openid
) {
    check(facts);
    json::buffer into;
    json::writer out{into};
    out.StartObject();
    json::put(out, "appid", who.app_id());
    json::put(out, "mchid", who.mch_id());
    json::put(out, "description", facts.description);
    json::put(out, "out_trade_no", facts.out_trade_no);
    json::put(out, "time_expire", base::to_rfc3339(facts.expires_at));
    if (!facts.attach.empty()) json::put(out, "attach", facts.attach);
    json::put(out, "notify_url", facts.notify_url);
    out.Key("amount");
    out.StartObject();
    out.Key("total");
    out.Int64(facts.amount.count());
    json::put(out, "currency", "CNY");
    out.EndObject();
    if (!payer_openid.empty()) {
        out.Key("payer");
        out.StartObject();
        json::put(out, "openid", payer_openid);
        out.EndObject();
    }
    out.EndObject();
    return json::taken(into);
}

}  // namespace

std::string jsapi_order_body(
    const merchant& who, const order_facts& facts, std::string_view payer_openid
) {
    base::ensure(
        !payer_openid.empty() && fits(payer_openid, openid_bytes_max), "order field payer.openid"
    );
    return order_body(who, facts, payer_openid);
}

std::string native_order_body(const merchant& who, const order_facts& facts) {
    return order_body(who, facts, {});
}

std::string clean_description(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        const auto character = text.substr(i, size);
        i += size;
        const bool dropped =
            size == 4 || lead < 0x20 || lead == 0x7F || lead == '`' || !base::is_utf8(character);
        if (dropped) continue;
        if (out.size() + size > description_bytes_max) break;
        out += character;
    }
    return out;
}

}  // namespace wechat::pay
