#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "server/base/clock.hpp"
#include "server/base/money.hpp"

// How much of a payment may go back, from where, and when to speak of it with WeChat.
namespace rules {

// Why finance sends money back; the reason decides what becomes of the bills.
enum class refund_reason {
    mistake,      // paid by mistake: the fee is owed again
    overcharged,  // the fee was too high: it is lowered by what goes back
    leaver,       // has left the college: likewise
    reduction,    // the fee is reduced: likewise
    late_money,   // came after the order was closed, for fees that are settled: no bill changes
    platform,     // made by hand in the merchant console: the fee is owed again
};

enum class bills_afterwards { due_again, settled };

std::string_view name_of(refund_reason reason);                        // "mistake"
std::string_view chinese_name_of(refund_reason reason);                // "误缴"
std::optional<refund_reason> refund_reason_of(std::string_view name);  // those a person may choose
bills_afterwards bills_after(refund_reason reason);
std::string_view name_of(bills_afterwards what);

// WeChat's limits (WeChat Pay API v3, "refund"): one year, 50 parts.
inline constexpr base::epoch_ms refund_age_max_ms = 365LL * 24 * 3600 * 1000;
inline constexpr int refund_parts_max = 50;
// ... and a minute between two applications for one order, with a little room.
inline constexpr base::epoch_ms refund_spacing_ms = 61'000;

// A payment as it stands under lock.
struct refundable_line {
    int line_no = 0;
    base::fen left;  // credited, and not held by another refund
};

struct refundable {
    base::fen left;               // of the whole payment
    base::fen surplus_left;       // of its part in suspense
    bool still_settling = false;  // some of it waits for a newer order to end
    int parts = 0;
    base::epoch_ms paid_at = 0;
    std::vector<refundable_line> lines;
};

struct refund_part {
    int line_no = 0;  // 0: money in suspense
    base::fen amount;
};

enum class refund_verdict {
    ok,
    nothing_left,
    line_unknown,
    line_named_twice,
    amount_not_positive,
    exceeds_what_is_left,
    still_settling,
    too_old,
    too_many_parts,
};

struct refund_judgement {
    refund_verdict verdict = refund_verdict::ok;
    int which = 0;  // the line, where one is to blame
    std::vector<refund_part> parts;
    base::fen total;
};

// wanted: lines of the order with amounts, 0 for the money in suspense; empty: all that is left.
refund_judgement judge_refund(
    const refundable& payment, const std::vector<refund_part>& wanted, base::epoch_ms now
);

// A refund of which only the sum is known: from suspense first, then from the lines in their order.
std::vector<refund_part> spread_refund(const refundable& payment, base::fen amount);

// The two together: may so much go back, and from where?
refund_judgement judge_sum(const refundable& payment, base::fen amount, base::epoch_ms now);

// How long until WeChat is asked about a refund that it has: a minute apart five times, then 5, 10,
// 20, 30 minutes, as WeChat wishes. Its notice normally comes first.
base::epoch_ms refund_question_wait_ms(int asked);

// How long until what has brought no clear answer is tried again: 5, 10, 20, 40 s, then a minute.
base::epoch_ms refund_try_wait_ms(int tries);

}  // namespace rules
