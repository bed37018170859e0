#include "wechat/pay/orders.hpp"

#include <array>
#include <utility>

#include "server/base/encoding.hpp"
#include "wechat/addresses.hpp"
#include "wechat/json.hpp"
#include "wechat/pay/codes.hpp"

namespace wechat::pay {
namespace {

constexpr std::array prepare_meanings{
    meaning{"ORDERPAID", prepare_kind::already_paid_or_used},
    meaning{"OUTTRADENOUSED", prepare_kind::already_paid_or_used},
    meaning{"ORDERCLOSED", prepare_kind::closed},
    // Says "other parameters than at first", but also hides paid and burnt numbers.
    meaning{"INVALIDREQUEST", prepare_kind::parameter_mismatch},
    meaning{"FREQUENCYLIMITED", prepare_kind::rate_limited},
    meaning{"RATELIMITEXCEEDED", prepare_kind::rate_limited},
};

constexpr std::array query_meanings{
    meaning{"ORDERNOTEXIST", query_kind::not_exist},
    meaning{"FREQUENCYLIMITED", query_kind::rate_limited},
    meaning{"RATELIMITEXCEEDED", query_kind::rate_limited},
};

constexpr std::array close_meanings{
    meaning{"ORDERPAID", close_kind::already_paid},
    meaning{"ORDERCLOSED", close_kind::closed},
    meaning{"FREQUENCYLIMITED", close_kind::rate_limited},
    meaning{"RATELIMITEXCEEDED", close_kind::rate_limited},
};

std::string order_path(std::string_view out_trade_no) {
    return std::string{addresses::order_by_number} + base::percent_encode(out_trade_no);
}

// A 500 that is a definite no: the payer's openid belongs to another account.
bool is_definite(const refusal& why) {
    return plain_code(why.code) == "OPENIDMISMATCH";
}

prepare_outcome prepared(const call_result<verified_answer>& came, const char* member) {
    prepare_outcome made;
    made.why = came.why;
    made.reason = came.reason;
    made.not_sent = came.not_sent;
    switch (came.kind) {
        case call_kind::unknown:
            if (is_definite(came.why)) made.kind = prepare_kind::refused;
            return made;
        case call_kind::refused:
            made.kind = meant(
                prepare_meanings, came.why, prepare_kind::refused, prepare_kind::rate_limited
            );
            return made;
        case call_kind::done:
            break;
    }
    json::document root;
    if (json::parse(root, came.value->body)) {
        auto got = json::text_in(root, member);
        (member == std::string_view{"prepay_id"} ? made.prepay_id : made.code_url) = std::move(got);
    }
    if (made.prepay_id.empty() && made.code_url.empty()) {
        made.reason = std::string{"answer without "} + member;
        return made;
    }
    made.kind = prepare_kind::prepared;
    return made;
}

query_outcome found(std::optional<trade> read, std::string_view asked, std::string_view mch_id) {
    query_outcome made;
    if (!read) {
        made.reason = "answer is not a trade";
    } else if (read->out_trade_no != asked || read->mch_id != mch_id) {
        made.reason = "answer speaks of another order";
    } else {
        made.kind = query_kind::found;
        made.found = std::move(read);
    }
    return made;
}

}  // namespace

base::task<prepare_outcome> orders::prepare_jsapi(std::string stored_body, exchange_limits limits) {
    const auto came = co_await calls_.exchange(
        "POST", std::string{addresses::jsapi_order}, std::move(stored_body), limits
    );
    co_return prepared(came, "prepay_id");
}

base::task<prepare_outcome> orders::prepare_native(
    std::string stored_body, exchange_limits limits
) {
    const auto came = co_await calls_.exchange(
        "POST", std::string{addresses::native_order}, std::move(stored_body), limits
    );
    co_return prepared(came, "code_url");
}

base::task<query_outcome> orders::query(std::string out_trade_no, exchange_limits limits) {
    auto path = order_path(out_trade_no) + "?mchid=" + calls_.who().mch_id();
    const auto came = co_await calls_.exchange("GET", std::move(path), std::string{}, limits);
    if (came.kind == call_kind::done) {
        co_return found(read_trade(came.value->body), out_trade_no, calls_.who().mch_id());
    }
    query_outcome made;
    made.why = came.why;
    made.reason = came.reason;
    if (came.kind == call_kind::refused) {
        made.kind = meant(query_meanings, came.why, query_kind::refused, query_kind::rate_limited);
    }
    co_return made;
}

base::task<close_outcome> orders::close(std::string out_trade_no, exchange_limits limits) {
    json::buffer into;
    json::writer out{into};
    out.StartObject();
    json::put(out, "mchid", calls_.who().mch_id());
    out.EndObject();
    auto path = order_path(out_trade_no) + std::string{addresses::close_suffix};
    const auto came = co_await calls_.exchange("POST", std::move(path), json::taken(into), limits);

    close_outcome made;
    made.why = came.why;
    made.reason = came.reason;
    switch (came.kind) {
        case call_kind::done:
            made.kind = close_kind::closed;
            break;
        case call_kind::refused:
            made.kind =
                meant(close_meanings, came.why, close_kind::refused, close_kind::rate_limited);
            break;
        case call_kind::unknown:
            break;
    }
    co_return made;
}

pay_parameters orders::sheet(std::string_view prepay_id) const {
    const auto& from = calls_.from();
    const auto& who = calls_.who();
    return who.hand().pay_sign(who.app_id(), prepay_id, from.now_s(), from.nonce());
}

}  // namespace wechat::pay
