#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/base/clock.hpp"
#include "server/base/money.hpp"

namespace wechat::pay {

enum class trade_state {
    success,
    refund,  // was paid; some refund was applied for. Amounts only from refund queries
    not_pay,
    closed,
    revoked,
    user_paying,
    pay_error,
    accept,
    unrecognised,  // a value of tomorrow: never final
};

trade_state trade_state_of(std::string_view text);
std::string_view name_of(trade_state state);

// Money arrived, whatever happened to it later.
constexpr bool is_paid(trade_state state) {
    return state == trade_state::success || state == trade_state::refund;
}

// A payment order as WeChat tells it, in a query answer or a notice.
struct trade {
    std::string mch_id;
    std::string app_id;
    std::string out_trade_no;
    trade_state state = trade_state::unrecognised;
    std::string state_text;
    std::string state_desc;
    // Once paid:
    std::string transaction_id;
    std::string trade_type;  // JSAPI, NATIVE, …
    std::string bank_type;
    std::string attach;
    std::optional<base::epoch_ms> success_time;
    std::string payer_openid;               // never into logs
    std::optional<base::fen> amount_total;  // the one to compare
    std::optional<base::fen> payer_total;   // less when coupons were used; not a shortfall
    std::string currency;                   // "" before payment
};

// nullopt when the text is not JSON or lacks out_trade_no or trade_state.
std::optional<trade> read_trade(std::string_view json);

enum class refund_state {
    success,
    closed,  // failed, the money stayed with us; final for its number
    processing,
    abnormal,      // the payer's card or account cannot take it. Not final: people must act
    unrecognised,  // a value of tomorrow: never final
};

std::string_view name_of(refund_state state);

// A refund as WeChat tells it: in a notice, a query or the answer to the application.
struct refund {
    std::string mch_id;
    std::string out_trade_no;
    std::string transaction_id;
    std::string out_refund_no;
    std::string refund_id;
    refund_state state = refund_state::unrecognised;
    std::string state_text;
    std::string channel;                       // ORIGINAL, BALANCE, …; not in notices
    std::optional<base::epoch_ms> created_at;  // accepted by WeChat; not in notices
    std::optional<base::epoch_ms> success_time;
    std::string user_received_account;
    std::optional<base::fen> amount_total;
    std::optional<base::fen> amount_refund;
    std::optional<base::fen> payer_total;
    std::optional<base::fen> payer_refund;
    std::string currency;  // not in notices
};

// Takes both spellings of the state: `refund_status` of notices, `status` of queries.
std::optional<refund> read_refund(std::string_view json);

}  // namespace wechat::pay
