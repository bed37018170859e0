#include "wechat/pay/trade.hpp"

#include <array>
#include <utility>

#include "server/base/beijing.hpp"
#include "wechat/json.hpp"

namespace wechat::pay {
namespace {

constexpr std::array<std::pair<trade_state, std::string_view>, 8> trade_states{{
    {trade_state::success, "SUCCESS"},
    {trade_state::refund, "REFUND"},
    {trade_state::not_pay, "NOTPAY"},
    {trade_state::closed, "CLOSED"},
    {trade_state::revoked, "REVOKED"},
    {trade_state::user_paying, "USERPAYING"},
    {trade_state::pay_error, "PAYERROR"},
    {trade_state::accept, "ACCEPT"},
}};

constexpr std::array<std::pair<refund_state, std::string_view>, 4> refund_states{{
    {refund_state::success, "SUCCESS"},
    {refund_state::closed, "CLOSED"},
    {refund_state::processing, "PROCESSING"},
    {refund_state::abnormal, "ABNORMAL"},
}};

std::optional<base::fen> fen_in(const json::value& object, const char* name) {
    const auto count = json::integer_in(object, name);
    if (!count) return std::nullopt;
    return base::fen{*count};
}

std::optional<base::epoch_ms> instant_in(const json::value& object, const char* name) {
    return base::parse_rfc3339(json::text_in(object, name));
}

}  // namespace

trade_state trade_state_of(std::string_view text) {
    for (const auto& [state, name] : trade_states) {
        if (name == text) return state;
    }
    return trade_state::unrecognised;
}

std::string_view name_of(trade_state state) {
    for (const auto& [known, name] : trade_states) {
        if (known == state) return name;
    }
    return "unrecognised";
}

std::string_view name_of(refund_state state) {
    for (const auto& [known, name] : refund_states) {
        if (known == state) return name;
    }
    return "unrecognised";
}

std::optional<trade> read_trade(std::string_view text) {
    json::document root;
    if (!json::parse(root, text)) return std::nullopt;
    trade made;
    made.out_trade_no = json::text_in(root, "out_trade_no");
    made.state_text = json::text_in(root, "trade_state");
    if (made.out_trade_no.empty() || made.state_text.empty()) return std::nullopt;
    made.state = trade_state_of(made.state_text);
    made.state_desc = json::text_in(root, "trade_state_desc");
    made.mch_id = json::text_in(root, "mchid");
    made.app_id = json::text_in(root, "appid");
    made.transaction_id = json::text_in(root, "transaction_id");
    made.trade_type = json::text_in(root, "trade_type");
    made.bank_type = json::text_in(root, "bank_type");
    made.attach = json::text_in(root, "attach");
    made.success_time = instant_in(root, "success_time");
    if (const auto* payer = json::object_in(root, "payer")) {
        made.payer_openid = json::text_in(*payer, "openid");
    }
    if (const auto* amount = json::object_in(root, "amount")) {
        made.amount_total = fen_in(*amount, "total");
        made.payer_total = fen_in(*amount, "payer_total");
        made.currency = json::text_in(*amount, "currency");
    }
    return made;
}

std::optional<refund> read_refund(std::string_view text) {
    json::document root;
    if (!json::parse(root, text)) return std::nullopt;
    refund made;
    made.out_refund_no = json::text_in(root, "out_refund_no");
    made.state_text = json::text_in(root, "refund_status");
    if (made.state_text.empty()) made.state_text = json::text_in(root, "status");
    if (made.out_refund_no.empty() || made.state_text.empty()) return std::nullopt;
    for (const auto& [state, name] : refund_states) {
        if (name == made.state_text) made.state = state;
    }
    made.mch_id = json::text_in(root, "mchid");
    made.out_trade_no = json::text_in(root, "out_trade_no");
    made.transaction_id = json::text_in(root, "transaction_id");
    made.refund_id = json::text_in(root, "refund_id");
    made.channel = json::text_in(root, "channel");
    made.created_at = instant_in(root, "create_time");
    made.success_time = instant_in(root, "success_time");
    made.user_received_account = json::text_in(root, "user_received_account");
    if (const auto* amount = json::object_in(root, "amount")) {
        made.amount_total = fen_in(*amount, "total");
        made.amount_refund = fen_in(*amount, "refund");
        made.payer_total = fen_in(*amount, "payer_total");
        made.payer_refund = fen_in(*amount, "payer_refund");
        made.currency = json::text_in(*amount, "currency");
    }
    return made;
}

}  // namespace wechat::pay
