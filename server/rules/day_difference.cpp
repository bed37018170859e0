#include "server/rules/day_difference.hpp"

#include <array>

#include "server/base/error.hpp"

namespace rules {
namespace {

struct kind_fact {
    difference_kind kind;
    std::string_view name;
    std::string_view sentence;
    proposal first;
    bool may_wait;
    bool asked_about;
};

constexpr std::array kinds{
    kind_fact{
        difference_kind::payment_missing_here,
        "payment_missing_here",
        "微信账单有这笔收款，本系统没有",
        proposal::into_suspense,
        false,
        true},
    kind_fact{
        difference_kind::payment_amount_differs,
        "payment_amount_differs",
        "收款的金额或订单号与微信账单不同",
        proposal::explain,
        false,
        false},
    kind_fact{
        difference_kind::payment_missing_there,
        "payment_missing_there",
        "本系统有这笔收款，微信账单没有",
        proposal::explain,
        true,
        true},
    kind_fact{
        difference_kind::refund_missing_here,
        "refund_missing_here",
        "微信账单有这笔退款，本系统没有记为已受理",
        proposal::book_refund,
        false,
        true},
    kind_fact{
        difference_kind::refund_amount_differs,
        "refund_amount_differs",
        "退款的金额或交易与微信账单不同",
        proposal::explain,
        false,
        false},
    kind_fact{
        difference_kind::refund_missing_there,
        "refund_missing_there",
        "本系统有这笔退款，微信账单没有",
        proposal::explain,
        true,
        true},
    kind_fact{
        difference_kind::platform_refund,
        "platform_refund",
        "在微信商户平台手工退款，本系统没有",
        proposal::book_refund,
        false,
        false},
    kind_fact{
        difference_kind::row_twice,
        "row_twice",
        "微信账单中同一单号出现不止一次",
        proposal::explain,
        false,
        false},
    kind_fact{
        difference_kind::row_odd,
        "row_odd",
        "微信账单中有既非收款也非退款的一行",
        proposal::explain,
        false,
        false},
    kind_fact{
        difference_kind::fees_differ,
        "fees_differ",
        "交易账单的手续费与资金账单（或已记账的手续费）不同",
        proposal::book_fees,
        false,
        false},
    kind_fact{
        difference_kind::fees_not_whole,
        "fees_not_whole",
        "交易账单的手续费有不足一分的零头",
        proposal::explain,
        false,
        false},
    kind_fact{
        difference_kind::flow_missing,
        "flow_missing",
        "交易账单有这一笔，资金账单没有",
        proposal::explain,
        true,
        false},
    kind_fact{
        difference_kind::flow_other,
        "flow_other",
        "资金账单中有收款、退款、手续费以外的变动（提现、充值等）",
        proposal::book_transfer,
        false,
        false},
    kind_fact{
        difference_kind::flow_broken,
        "flow_broken",
        "资金账单的结余与各笔收支不能前后相接",
        proposal::explain,
        false,
        false},
    kind_fact{
        difference_kind::ledger_differs,
        "ledger_differs",
        "总账与收款、退款记录不同，请立即核查",
        proposal::explain,
        false,
        false},
};

struct proposal_fact {
    proposal what;
    std::string_view name;
    std::string_view sentence;
};

constexpr std::array proposals{
    proposal_fact{proposal::ask_again, "ask_again", "微信的回答不明确，稍后再对一次账"},
    proposal_fact{
        proposal::into_suspense, "into_suspense", "记入待定款项，之后可申请退回（--fix）"},
    proposal_fact{proposal::book_refund, "book_refund", "向微信确认后补记为手工退款（--fix）"},
    proposal_fact{proposal::book_fees, "book_fees", "按资金账单记手续费（--fix）"},
    proposal_fact{proposal::book_transfer, "book_transfer", "记为与银行账户之间的划转（--fix）"},
    proposal_fact{proposal::explain, "explain", "查明后写下说明（--explain）"},
};

const kind_fact& fact_of(difference_kind kind) {
    for (const auto& known : kinds) {
        if (known.kind == kind) return known;
    }
    throw base::error{base::errc::internal, "a kind of difference without a fact"};
}

const proposal_fact& fact_of(proposal what) {
    for (const auto& known : proposals) {
        if (known.what == what) return known;
    }
    throw base::error{base::errc::internal, "a proposal without a fact"};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::string_view name_of(difference_kind kind) {
    return fact_of(kind).name;
}

difference_kind difference_kind_of(std::string_view name) {
    for (const auto& known : kinds) {
        if (known.name == name) return known.kind;
    }
    throw base::error{base::errc::internal, "an unknown kind of difference"};
}

std::string_view name_of(proposal what) {
    return fact_of(what).name;
}

proposal proposal_of(std::string_view name) {
    for (const auto& known : proposals) {
        if (known.name == name) return known.what;
    }
    throw base::error{base::errc::internal, "an unknown proposal"};
}

std::string_view sentence_of(difference_kind kind) {
    return fact_of(kind).sentence;
}

std::string_view sentence_of(proposal what) {
    return fact_of(what).sentence;
}

proposal first_proposal(difference_kind kind) {
    return fact_of(kind).first;
}

bool may_wait(difference_kind kind) {
    return fact_of(kind).may_wait;
}

bool is_asked_about(difference_kind kind) {
    return fact_of(kind).asked_about;
}

bool is_our_refund_number(std::string_view number, std::string_view order_no) {
    if (order_no.empty() || !number.starts_with(order_no)) return false;
    const auto rest = number.substr(order_no.size());
    return rest.size() == 3 && rest[0] == 'R' && is_digit(rest[1]) && is_digit(rest[2]);
}

std::string stray_order_no(std::string_view transaction_id) {
    constexpr std::size_t order_no_max = 32;
    if (transaction_id.empty() || transaction_id.size() >= order_no_max) return {};
    return "X" + std::string{transaction_id};
}

}  // namespace rules
