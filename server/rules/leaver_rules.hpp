#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/beijing.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/rules/fee_rules.hpp"

// What goes back to a student who leaves before his time.
//
// The rule:
// 教育部、国家发展改革委、财政部《关于进一步规范高校教育收费管理若干问题的通知》（教财〔2006〕2号）:
// fees for teaching and lodging are taken by school year or term, and whoever leaves gets the rest
// back by the month, as he was really there. A school year is reckoned as ten months (a term as
// five), as the orders say that provinces carry it out by; a month that has begun counts as used.
namespace rules {

// What a school may decide about it.
struct leaver_rule {
    int year_begins = 9;                // month of the calendar
    std::vector<int> months_off{7, 8};  // do not count; the other ten do
    bool lodging = true;                // lodging is reckoned by the month too
};

struct leaver_bill {
    fee_category category = fee_category::tuition;
    std::string period;    // "2026-2027学年", perhaps with 第一学期 or 第二学期
    base::fen due;         // before any refund as a leaver
    base::fen paid;        // what stands paid
    base::fen on_its_way;  // of it, what refunds hold that are not at their end
};

enum class leaver_way {
    by_month,
    not_by_month,    // a fee of another kind
    period_unknown,  // neither a school year nor a term
};

struct leaver_share {
    leaver_way way = leaver_way::by_month;
    int months = 0;  // of the year or term
    int used = 0;
    base::fen keep;  // the share of the months used
    base::fen back;  // what is paid beyond that; never below nothing, never more than stands paid
};

// left_on: the last day at the college. Rounds to the student's disadvantage by less than a fen.
leaver_share share_of_leaver(
    const leaver_bill& bill, base::business_day left_on, const leaver_rule& rule
);

// How it came about, for people.
std::string how_of(const leaver_bill& bill, const leaver_share& share);
// The rule itself, for people.
std::string sentence_of(const leaver_rule& rule);

// A line of a paid order that money for the bill came by.
struct leaver_source {
    std::string order_no;
    int line_no = 0;
    base::fen left;  // credited, and not held by a refund
    base::epoch_ms paid_at = 0;
    bool open = true;  // its payment can be refunded now, as far as others have not stopped it
};

struct leaver_part {
    std::string order_no;
    int line_no = 0;
    base::fen amount;
};

struct leaver_spread {
    std::vector<leaver_part> parts;
    base::fen total;      // of the parts
    base::fen other_way;  // what WeChat will not take any more
};

// From the newest payment back, since WeChat takes refunds for a year only.
leaver_spread spread_leaver(base::fen back, std::vector<leaver_source> sources, base::epoch_ms now);

}  // namespace rules
