#include "server/rules/leaver_rules.hpp"

#include <algorithm>
#include <charconv>

#include "server/rules/refund_rules.hpp"

namespace rules {
namespace {

// The months that count, in their order, as year * 12 + month - 1.
using month_list = std::vector<int>;

enum class term { whole_year, first, second };

struct school_period {
    int year = 0;  // in which the school year begins
    term which = term::whole_year;
};

std::optional<int> year_in(std::string_view text) {
    int out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.size() != 4 || read.ec != std::errc{} || read.ptr != text.data() + 4) return {};
    return out;
}

// "2026-2027学年", "2026-2027学年第一学期": as imports leave a period behind.
std::optional<school_period> period_of(std::string_view text) {
    constexpr std::string_view year_word = "学年";
    if (text.size() < 9 + year_word.size() || text[4] != '-') return {};
    const auto from = year_in(text.substr(0, 4));
    const auto to = year_in(text.substr(5, 4));
    if (!from || !to || *to != *from + 1) return {};
    if (text.substr(9, year_word.size()) != year_word) return {};
    const auto rest = text.substr(9 + year_word.size());
    if (rest.empty()) return school_period{*from, term::whole_year};
    if (rest == "第一学期" || rest == "第1学期") return school_period{*from, term::first};
    if (rest == "第二学期" || rest == "第2学期") return school_period{*from, term::second};
    return {};
}

month_list months_of(const school_period& period, const leaver_rule& rule) {
    month_list year;
    const int first = period.year * 12 + rule.year_begins - 1;
    for (int month = first; month < first + 12; ++month) {
        const bool off =
            std::ranges::find(rule.months_off, month % 12 + 1) != rule.months_off.end();
        if (!off) year.push_back(month);
    }
    const auto half = year.begin() + static_cast<std::ptrdiff_t>((year.size() + 1) / 2);
    if (period.which == term::first) return {year.begin(), half};
    if (period.which == term::second) return {half, year.end()};
    return year;
}

bool reckons_by_month(fee_category category, const leaver_rule& rule) {
    return category == fee_category::tuition || (category == fee_category::lodging && rule.lodging);
}

}  // namespace

leaver_share share_of_leaver(
    const leaver_bill& bill, base::business_day left_on, const leaver_rule& rule
) {
    leaver_share out;
    if (!reckons_by_month(bill.category, rule)) {
        out.way = leaver_way::not_by_month;
        return out;
    }
    const auto period = period_of(bill.period);
    const auto months = period ? months_of(*period, rule) : month_list{};
    if (months.empty()) {
        out.way = leaver_way::period_unknown;
        return out;
    }
    const int last = left_on.year * 12 + left_on.month - 1;
    out.months = static_cast<int>(months.size());
    out.used = static_cast<int>(std::ranges::count_if(months, [&](int m) { return m <= last; }));
    const auto due = std::max(bill.due, base::fen{});
    const base::fen rest{due.count() * (out.months - out.used) / out.months};
    out.keep = due - rest;
    out.back = std::max(bill.paid - bill.on_its_way - out.keep, base::fen{});
    return out;
}

std::string how_of(const leaver_bill& bill, const leaver_share& share) {
    switch (share.way) {
        case leaver_way::not_by_month:
            return "此类费用不按月计退，请按实际情况另行处理";
        case leaver_way::period_unknown:
            return "费用期间不是学年或学期，不能按月计算，请另行处理";
        case leaver_way::by_month:
            break;
    }
    const auto yuan = [](base::fen amount) { return base::to_grouped_yuan(amount) + "元"; };
    auto out = "应缴" + yuan(bill.due) + "，按" + std::to_string(share.months) + "个月计，已用" +
               std::to_string(share.used) + "个月（当月开始即计入），应收" + yuan(share.keep) +
               "；已缴" + yuan(bill.paid);
    if (bill.on_its_way > base::fen{}) out += "（其中退款途中" + yuan(bill.on_its_way) + "）";
    return out + "，应退" + yuan(share.back);
}

std::string sentence_of(const leaver_rule& rule) {
    return "学费" + std::string{rule.lodging ? "和住宿费" : ""} + "按月计退剩余部分，一学年按" +
           std::to_string(12 - rule.months_off.size()) + "个月计（" +
           std::to_string(rule.year_begins) + "月起），当月开始即计入（教财〔2006〕2号）";
}

leaver_spread spread_leaver(
    base::fen back, std::vector<leaver_source> sources, base::epoch_ms now
) {
    std::ranges::sort(sources, [](const leaver_source& a, const leaver_source& b) {
        return a.paid_at != b.paid_at ? a.paid_at > b.paid_at : a.order_no < b.order_no;
    });
    leaver_spread out;
    for (const auto& one : sources) {
        const bool too_old = now - one.paid_at >= refund_age_max_ms;
        const auto take = std::min(back - out.total, one.left);
        if (too_old || !one.open || take <= base::fen{}) continue;
        out.parts.push_back({one.order_no, one.line_no, take});
        out.total += take;
    }
    out.other_way = back - out.total;
    return out;
}

}  // namespace rules
