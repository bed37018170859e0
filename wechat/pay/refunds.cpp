#include "wechat/pay/refunds.hpp"

#include <array>
#include <utility>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "wechat/addresses.hpp"
#include "wechat/json.hpp"
#include "wechat/pay/codes.hpp"

namespace wechat::pay {
namespace {

constexpr std::array apply_meanings{
    meaning{"NOTENOUGH", apply_kind::not_enough},
    meaning{"INVALIDREQUEST", apply_kind::conflicting},
    meaning{"FREQUENCYLIMITED", apply_kind::rate_limited},
    meaning{"RATELIMITEXCEEDED", apply_kind::rate_limited},
    // Belongs to a 500; whatever status it comes with, it decides nothing.
    meaning{"SYSTEMERROR", apply_kind::unknown},
};

constexpr std::array query_meanings{
    meaning{"RESOURCENOTEXISTS", refund_query_kind::not_exist},
    meaning{"FREQUENCYLIMITED", refund_query_kind::rate_limited},
    meaning{"RATELIMITEXCEEDED", refund_query_kind::rate_limited},
};

// What the stored body asks for, to compare the answer with.
struct asked {
    std::string transaction_id;
    std::string out_trade_no;
    std::string out_refund_no;
    std::optional<std::int64_t> refund;
    std::optional<std::int64_t> total;
};

asked read_asked(std::string_view stored_body) {
    asked made;
    json::document root;
    if (json::parse(root, stored_body)) {
        made.transaction_id = json::text_in(root, "transaction_id");
        made.out_trade_no = json::text_in(root, "out_trade_no");
        made.out_refund_no = json::text_in(root, "out_refund_no");
        if (const auto* amount = json::object_in(root, "amount")) {
            made.refund = json::integer_in(*amount, "refund");
            made.total = json::integer_in(*amount, "total");
        }
    }
    const bool whole = !made.out_refund_no.empty() && made.refund && made.total;
    base::ensure(whole, "a stored refund body");
    return made;
}

bool answers(const refund& told, const asked& what) {
    const auto same = [](const std::string& ours, const std::string& theirs) {
        return ours.empty() || ours == theirs;
    };
    return told.out_refund_no == what.out_refund_no &&
           same(what.transaction_id, told.transaction_id) &&
           same(what.out_trade_no, told.out_trade_no) &&
           told.amount_refund == base::fen{*what.refund} &&
           told.amount_total == base::fen{*what.total} && same(told.currency, "CNY");
}

apply_outcome taken_in(std::optional<refund> read, const asked& what) {
    apply_outcome made;
    if (!read) {
        made.reason = "answer is not a refund";
    } else if (!answers(*read, what)) {
        made.reason = "answer speaks of another refund";
    } else {
        made.kind = apply_kind::accepted;
        made.accepted = std::move(read);
    }
    return made;
}

apply_outcome not_taken_in(const call_result<verified_answer>& came) {
    apply_outcome made;
    made.why = came.why;
    made.reason = came.reason;
    made.not_sent = came.not_sent;
    if (came.kind != call_kind::refused) return made;
    made.kind = meant(apply_meanings, came.why, apply_kind::refused, apply_kind::rate_limited);
    if (made.kind == apply_kind::refused && (!came.why.proven || came.why.code.empty())) {
        made.kind = apply_kind::unknown;
    }
    if (made.kind == apply_kind::unknown) {
        made.reason = came.why.proven ? "refusal that decides nothing" : "refusal not signed";
    }
    return made;
}

refund_query_outcome found(std::optional<refund> read, std::string_view out_refund_no) {
    refund_query_outcome made;
    if (!read) {
        made.reason = "answer is not a refund";
    } else if (read->out_refund_no != out_refund_no) {
        made.reason = "answer speaks of another refund";
    } else {
        made.kind = refund_query_kind::found;
        made.found = std::move(read);
    }
    return made;
}

}  // namespace

base::task<apply_outcome> refunds::apply(std::string stored_body, exchange_limits limits) {
    const auto what = read_asked(stored_body);
    const auto came = co_await calls_.exchange(
        "POST", std::string{addresses::refunds}, std::move(stored_body), limits
    );
    if (came.kind != call_kind::done) co_return not_taken_in(came);
    co_return taken_in(read_refund(came.value->body), what);
}

base::task<refund_query_outcome> refunds::query(std::string out_refund_no, exchange_limits limits) {
    auto path = std::string{addresses::refunds} + "/" + base::percent_encode(out_refund_no);
    const auto came = co_await calls_.exchange("GET", std::move(path), std::string{}, limits);
    if (came.kind == call_kind::done) {
        co_return found(read_refund(came.value->body), out_refund_no);
    }
    refund_query_outcome made;
    made.why = came.why;
    made.reason = came.reason;
    if (came.kind == call_kind::refused) {
        made.kind = meant(
            query_meanings, came.why, refund_query_kind::refused, refund_query_kind::rate_limited
        );
    }
    co_return made;
}

}  // namespace wechat::pay
