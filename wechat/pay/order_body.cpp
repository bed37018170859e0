// Bodies of the order calls, and WeChat's rules for their fields.
#include <algorithm>

#include "server/base/beijing.hpp"
#include "server/base/error.hpp"
#include "wechat/json.hpp"
#include "wechat/pay/fields.hpp"
#include "wechat/pay/orders.hpp"

namespace wechat::pay {
namespace {

constexpr std::size_t description_bytes_max = 127;
constexpr std::size_t attach_bytes_max = 128;
constexpr std::size_t openid_bytes_max = 128;

bool is_order_number(std::string_view text) {
    return text.size() >= 6 && text.size() <= 32 &&
           std::all_of(text.begin(), text.end(), is_number_character);
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
    return clean_text(text, description_bytes_max);
}

}  // namespace wechat::pay
