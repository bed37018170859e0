#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/base/task.hpp"
#include "wechat/call.hpp"
#include "wechat/pay/client.hpp"
#include "wechat/pay/trade.hpp"

namespace wechat::pay {

struct order_facts {
    std::string out_trade_no;
    std::string description;  // see clean_description
    base::fen amount;
    base::epoch_ms expires_at = 0;  // last moment to pay
    std::string notify_url;
    std::string attach;  // may be empty
};

// The body of an order call. Built ONCE, stored, and sent byte for byte on every repeat: any change
// counts as another order under the same number. Throws base::error{internal} naming the field when
// WeChat's rules for it are broken.
std::string jsapi_order_body(
    const merchant& who, const order_facts& facts, std::string_view payer_openid
);
std::string native_order_body(const merchant& who, const order_facts& facts);

// Makes a text fit for `description`: no control or 4-byte characters, no backtick (it would break
// the daily bill), at most 127 bytes, cut between characters.
std::string clean_description(std::string_view text);

enum class prepare_kind {
    prepared,
    already_paid_or_used,  // ORDERPAID, OUT_TRADE_NO_USED: money may be there. Ask
    closed,                // this number is over
    parameter_mismatch,    // the body differs from the first one, or the number is spent. Ask
    refused,               // any other definite no; no order came to be by this call
    rate_limited,          // not accepted; the same body again, later
    unknown,               // the same body again, or ask
};

struct prepare_outcome {
    prepare_kind kind = prepare_kind::unknown;
    std::string prepay_id;  // JSAPI; good for two hours
    std::string code_url;   // Native; good for two hours, and a repeat voids the earlier one
    refusal why;
    std::string reason;
    bool not_sent = false;  // unknown, but certainly nothing reached WeChat
};

enum class query_kind {
    found,
    not_exist,  // no proof that an order call still on its way will not create it
    refused,
    rate_limited,
    unknown,
};

struct query_outcome {
    query_kind kind = query_kind::unknown;
    std::optional<trade> found;  // its number and merchant were compared with what was asked
    refusal why;
    std::string reason;
};

enum class close_kind {
    closed,        // 204. Also answered for a number never ordered: ask again to be sure
    already_paid,  // money is there: ask and book
    refused,
    rate_limited,
    unknown,
};

struct close_outcome {
    close_kind kind = close_kind::unknown;
    refusal why;
    std::string reason;
};

class orders {
public:
    explicit orders(client& calls) : calls_{calls} {}

    base::task<prepare_outcome> prepare_jsapi(std::string stored_body, exchange_limits limits = {});
    base::task<prepare_outcome> prepare_native(
        std::string stored_body, exchange_limits limits = {}
    );
    base::task<query_outcome> query(std::string out_trade_no, exchange_limits limits = {});
    base::task<close_outcome> close(std::string out_trade_no, exchange_limits limits = {});

    // Fresh parameters for the pay sheet of a prepared JSAPI order.
    pay_parameters sheet(std::string_view prepay_id) const;

private:
    client& calls_;
};

}  // namespace wechat::pay
