#include "server/rules/refund_rules.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace rules {
namespace {

struct reason_fact {
    refund_reason reason;
    std::string_view name;
    std::string_view chinese;
    bills_afterwards afterwards;
    bool for_people;
};

constexpr auto due_again = bills_afterwards::due_again;
constexpr auto settled = bills_afterwards::settled;

constexpr std::array reasons{
    reason_fact{refund_reason::mistake, "mistake", "误缴退款", due_again, true},
    reason_fact{refund_reason::overcharged, "overcharged", "多收退款", settled, true},
    reason_fact{refund_reason::leaver, "leaver", "离校退费", settled, true},
    reason_fact{refund_reason::reduction, "reduction", "减免退费", settled, true},
    reason_fact{refund_reason::late_money, "late_money", "费用已缴清，多付退回", settled, false},
    reason_fact{refund_reason::platform, "platform", "商户平台退款", due_again, false},
};

const reason_fact& fact_of(refund_reason reason) {
    for (const auto& known : reasons) {
        if (known.reason == reason) return known;
    }
    return reasons.front();
}

refund_judgement no(refund_verdict verdict, int which = 0) {
    refund_judgement out;
    out.verdict = verdict;
    out.which = which;
    return out;
}

std::vector<refund_part> everything(const refundable& payment) {
    std::vector<refund_part> out;
    if (payment.surplus_left > base::fen{}) out.push_back({0, payment.surplus_left});
    for (const auto& line : payment.lines) {
        if (line.left > base::fen{}) out.push_back({line.line_no, line.left});
    }
    return out;
}

std::optional<base::fen> left_of(const refundable& payment, int line_no) {
    if (line_no == 0) return payment.surplus_left;
    for (const auto& line : payment.lines) {
        if (line.line_no == line_no) return line.left;
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(refund_reason reason) {
    return fact_of(reason).name;
}

std::string_view chinese_name_of(refund_reason reason) {
    return fact_of(reason).chinese;
}

std::optional<refund_reason> refund_reason_of(std::string_view name) {
    for (const auto& known : reasons) {
        if (known.for_people && known.name == name) return known.reason;
    }
    return std::nullopt;
}

bills_afterwards bills_after(refund_reason reason) {
    return fact_of(reason).afterwards;
}

std::string_view name_of(bills_afterwards what) {
    return what == bills_afterwards::due_again ? "due_again" : "settled";
}

refund_judgement judge_refund(
    const refundable& payment, const std::vector<refund_part>& wanted, base::epoch_ms now
) {
    if (payment.still_settling) return no(refund_verdict::still_settling);
    if (now - payment.paid_at >= refund_age_max_ms) return no(refund_verdict::too_old);
    if (payment.parts >= refund_parts_max) return no(refund_verdict::too_many_parts);

    refund_judgement out;
    out.parts = wanted.empty() ? everything(payment) : wanted;
    if (out.parts.empty()) return no(refund_verdict::nothing_left);
    std::set<int> seen;
    for (const auto& part : out.parts) {
        const auto left = left_of(payment, part.line_no);
        if (!left) return no(refund_verdict::line_unknown, part.line_no);
        if (!seen.insert(part.line_no).second) {
            return no(refund_verdict::line_named_twice, part.line_no);
        }
        if (part.amount <= base::fen{}) {
            return no(refund_verdict::amount_not_positive, part.line_no);
        }
        if (part.amount > *left) return no(refund_verdict::exceeds_what_is_left, part.line_no);
        out.total += part.amount;
    }
    if (out.total > payment.left) return no(refund_verdict::exceeds_what_is_left);
    return out;
}

std::vector<refund_part> spread_refund(const refundable& payment, base::fen amount) {
    std::vector<refund_part> out;
    for (const auto& part : everything(payment)) {
        if (amount <= base::fen{}) break;
        out.push_back({part.line_no, std::min(part.amount, amount)});
        amount -= out.back().amount;
    }
    return out;
}

refund_judgement judge_sum(const refundable& payment, base::fen amount, base::epoch_ms now) {
    if (amount <= base::fen{}) return no(refund_verdict::amount_not_positive);
    const auto parts = spread_refund(payment, amount);
    // None: an empty wish would mean everything.
    if (parts.empty()) return judge_refund(payment, {}, now);
    auto out = judge_refund(payment, parts, now);
    if (out.verdict == refund_verdict::ok && out.total != amount) {
        return no(refund_verdict::exceeds_what_is_left);
    }
    return out;
}

base::epoch_ms refund_question_wait_ms(int asked) {
    constexpr std::array<base::epoch_ms, 4> later{300'000, 600'000, 1'200'000, 1'800'000};
    constexpr int close_ones = 5;
    if (asked < close_ones) return 60'000;
    const auto index =
        std::min<std::size_t>(static_cast<std::size_t>(asked - close_ones), later.size() - 1);
    return later[index];
}

base::epoch_ms refund_try_wait_ms(int tries) {
    base::epoch_ms wait = 5'000;
    for (int i = 0; i < tries && wait < 60'000; ++i) wait *= 2;
    return std::min<base::epoch_ms>(wait, 60'000);
}

}  // namespace rules
