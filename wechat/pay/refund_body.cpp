// The body of a refund's application, and WeChat's rules for its fields.
#include <algorithm>

#include "server/base/error.hpp"
#include "wechat/json.hpp"
#include "wechat/pay/fields.hpp"
#include "wechat/pay/refunds.hpp"

namespace wechat::pay {
namespace {

constexpr std::size_t reason_bytes_max = 80;
constexpr std::size_t order_number_max = 32;
constexpr std::size_t refund_number_max = 64;

bool is_order_number(std::string_view text) {
    return text.size() <= order_number_max &&
           std::all_of(text.begin(), text.end(), is_number_character);
}

bool is_refund_number(std::string_view text) {
    return !text.empty() && text.size() <= refund_number_max &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return c == '@' || is_number_character(c);
           });
}

void check(const refund_request& facts) {
    const auto must = [](bool truth, std::string_view field) {
        base::ensure(truth, "refund field " + std::string{field});
    };
    must(!facts.transaction_id.empty() || !facts.out_trade_no.empty(), "transaction_id");
    must(is_order_number(facts.transaction_id), "transaction_id");
    must(is_order_number(facts.out_trade_no), "out_trade_no");
    must(is_refund_number(facts.out_refund_no), "out_refund_no");
    must(facts.notify_url.empty() || is_notify_url(facts.notify_url), "notify_url");
    must(facts.amount_refund >= base::fen{1}, "amount.refund");
    must(facts.amount_refund <= facts.amount_total, "amount.total");
}

}  // namespace

std::string write_refund_body(const refund_request& facts) {
    check(facts);
    const auto reason = clean_text(facts.reason, reason_bytes_max);
    json::buffer into;
    json::writer out{into};
    out.StartObject();
    if (!facts.transaction_id.empty()) json::put(out, "transaction_id", facts.transaction_id);
    if (!facts.out_trade_no.empty()) json::put(out, "out_trade_no", facts.out_trade_no);
    json::put(out, "out_refund_no", facts.out_refund_no);
    if (!reason.empty()) json::put(out, "reason", reason);
    if (!facts.notify_url.empty()) json::put(out, "notify_url", facts.notify_url);
    out.Key("amount");
    out.StartObject();
    out.Key("refund");
    out.Int64(facts.amount_refund.count());
    out.Key("total");
    out.Int64(facts.amount_total.count());
    json::put(out, "currency", "CNY");
    out.EndObject();
    out.EndObject();
    return json::taken(into);
}

}  // namespace wechat::pay
