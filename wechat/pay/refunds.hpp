#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/base/money.hpp"
#include "server/base/task.hpp"
#include "wechat/call.hpp"
#include "wechat/pay/client.hpp"
#include "wechat/pay/trade.hpp"

namespace wechat::pay {

struct refund_request {
    // Of the payment; one of the two is enough, with both the answer is compared with both.
    std::string transaction_id;
    std::string out_trade_no;
    std::string out_refund_no;  // at most 64 of [0-9A-Za-z_-|*@]
    std::string reason;         // the payer reads it; may be empty
    std::string notify_url;     // empty: no notice, or to the address of the merchant's account
    base::fen amount_refund;
    base::fen amount_total;  // of the order as it was paid, not what is left of it
};

// The body of the application. Built ONCE, stored before the call, and sent byte for byte on every
// repeat: the number names one refund, and a new number would be a second one. The reason is
// cleaned and cut to 80 bytes. Throws base::error{internal} naming the field when WeChat's rules
// for it are broken.
std::string write_refund_body(const refund_request& facts);

enum class apply_kind {
    accepted,      // WeChat has it: now, or since an earlier call. Not yet money with the payer
    not_enough,    // the merchant's account is short: the same body again, after a top-up
    rate_limited,  // whether it was accepted is unknown: the same body again later, or ask
    conflicting,   // INVALID_REQUEST: fully refunded, other amounts before, too old, … Ask
    // A signed 4xx with a code: this call brought no refund to be. It proves nothing about an
    // earlier call of the same number that ended unknown: ask before the money is free again.
    refused,
    // The same body again, or ask. A 4xx that nobody signed is here too, with its code in `why`:
    // a hint to people (a 401 is never signed: clock, key or serial), no ground to free money.
    unknown,
};

struct apply_outcome {
    apply_kind kind = apply_kind::unknown;
    std::optional<refund> accepted;  // its number, order and amounts are those of the body
    refusal why;                     // why.proven: WeChat signed it
    std::string reason;              // when unknown
    bool not_sent = false;           // unknown, but certainly nothing reached WeChat
};

enum class refund_query_kind {
    found,
    not_exist,  // no proof that an application still on its way will not create it
    rate_limited,
    refused,
    unknown,
};

struct refund_query_outcome {
    refund_query_kind kind = refund_query_kind::unknown;
    std::optional<refund> found;  // its number is the one that was asked for; compare the amounts
    refusal why;
    std::string reason;
};

class refunds {
public:
    explicit refunds(client& calls) : calls_{calls} {}

    // stored_body: by write_refund_body; throws base::error{internal} for any other.
    base::task<apply_outcome> apply(std::string stored_body, exchange_limits limits = {});
    base::task<refund_query_outcome> query(std::string out_refund_no, exchange_limits limits = {});

private:
    client& calls_;
};

}  // namespace wechat::pay
