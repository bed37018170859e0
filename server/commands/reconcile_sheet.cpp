#include "server/commands/reconcile_sheet.hpp"

#include <string_view>

#include <fmt/format.h>

#include "server/base/encoding.hpp"

namespace commands {
namespace {

constexpr std::string_view style = R"(
@page { size: A4; margin: 18mm 16mm; }
* { box-sizing: border-box; }
body { font: 13px/1.6 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif;
  color: #111; margin: 0 auto; max-width: 178mm; padding: 8px; }
h1 { font-size: 20px; text-align: center; margin: 0 0 4px; }
h2 { font-size: 15px; margin: 18px 0 6px; }
.of { text-align: center; margin: 0 0 12px; }
table { width: 100%; border-collapse: collapse; }
th, td { border: 1px solid #444; padding: 3px 8px; text-align: left; vertical-align: top; }
th { background: #eee; font-weight: 600; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.small { font-size: 11px; overflow-wrap: anywhere; }
section { break-inside: avoid; }
.sign { display: flex; justify-content: space-between; margin-top: 36px; }
.sign span { min-width: 45mm; border-bottom: 1px solid #111; }
@media print { body { padding: 0; max-width: none; } th { background: none; } }
)";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string count_cell(std::int64_t count) {
    return fmt::format("<td class=\"n\">{}</td>", count);
}

std::string money_cell(base::fen amount) {
    return fmt::format("<td class=\"n\">{}</td>", signed_yuan(amount));
}

std::string side(std::string_view title, const db::side_sums& sums) {
    return fmt::format("<tr><th>{}</th>", title) + count_cell(sums.payments) +
           money_cell(sums.paid) + count_cell(sums.refunds) + money_cell(sums.refunded) +
           money_cell(sums.paid - sums.refunded) + "</tr>\n";
}

std::string sides(const db::day_sums& sums) {
    std::string out =
        "<table><tr><th></th><th class=\"n\">收款笔数</th><th class=\"n\">收款金额（元）</th>"
        "<th class=\"n\">退款笔数</th><th class=\"n\">退款金额（元）</th>"
        "<th class=\"n\">净额（元）</th></tr>\n";
    out += side("微信账单", sums.bill);
    out += side("本系统", sums.ours);
    out += side("总账", sums.ledger);
    out += "</table>\n";
    if (sums.cut_in != base::fen{} || sums.cut_out != base::fen{}) {
        out += fmt::format(
            "<p>跨日：在本日账单、本系统计入他日的净额 {} 元；本系统计入本日、在他日账单的净额 {} "
            "元。</p>\n",
            signed_yuan(sums.cut_in),
            signed_yuan(sums.cut_out)
        );
    }
    return out;
}

std::string account(const db::day_sums& sums) {
    std::string out =
        "<h2>手续费与资金账户</h2>\n<table><tr><th class=\"n\">交易账单手续费</th>"
        "<th class=\"n\">资金账单手续费</th><th class=\"n\">已记账手续费</th></tr>\n<tr>";
    out += fmt::format("<td class=\"n\">{}</td>", fine_yuan(sums.bill_fees_fine));
    out += money_cell(sums.flow_fees) + money_cell(sums.booked_fees) + "</tr></table>\n";
    out +=
        "<table style=\"margin-top:6px\"><tr><th class=\"n\">期初结余</th>"
        "<th class=\"n\">收入</th><th class=\"n\">支出</th><th class=\"n\">期末结余</th>"
        "<th class=\"n\">总账中微信账户余额</th></tr>\n<tr>";
    out += fmt::format("<td class=\"n\">{}</td>", yuan_or_dash(sums.opening));
    out += money_cell(sums.flow_income) + money_cell(sums.flow_expense);
    out += fmt::format("<td class=\"n\">{}</td>", yuan_or_dash(sums.closing));
    return out + money_cell(sums.ledger_balance) + "</tr></table>\n";
}

std::string numbers_of(const db::day_difference& one) {
    std::string out;
    const auto add = [&out](std::string_view title, const std::string& number) {
        if (!number.empty()) out += fmt::format("{} {}<br>", title, escaped(number));
    };
    add("订单", one.order_no);
    add(one.kind == rules::difference_kind::flow_other ? "名目" : "退款单", one.refund_no);
    add("微信单号", one.transaction_id);
    return out;
}

std::string decision_of(const db::day_difference& one) {
    std::string out = title_of_resolution(one.resolution);
    if (one.state == db::difference_state::open) out = "未处理";
    if (one.state == db::difference_state::waiting) out = "等待次日账单";
    if (!one.decided_by.empty()) out += "<br>" + escaped(person_of(one.decided_by));
    if (one.decided_at) out += " " + base::to_minute_text(*one.decided_at);
    if (!one.note.empty()) out += "<br>" + escaped(one.note);
    return out;
}

std::string differences(const flows::day_report& report, const std::string& mch_id) {
    std::string rows;
    for (const auto& one : report.differences) {
        if (one.mch_id != mch_id) continue;
        rows += fmt::format(
            "<tr><td class=\"n\">{}</td><td>{}<br><span class=\"small\">{}</span></td>",
            one.number,
            rules::sentence_of(one.kind),
            numbers_of(one)
        );
        rows += money_cell(one.provider) + money_cell(one.ours);
        rows += fmt::format("<td>{}</td></tr>\n", decision_of(one));
    }
    if (rows.empty()) return "<h2>差异</h2>\n<p>没有差异。</p>\n";
    return "<h2>差异</h2>\n<table><tr><th class=\"n\">编号</th><th>内容</th><th "
           "class=\"n\">微信（元）</th><th class=\"n\">本系统（元）</th><th>处理</th></tr>\n" +
           rows + "</table>\n";
}

std::string conclusion(const db::reconciliation_day& day) {
    if (day.state != db::day_state::closed) {
        return "<p>状态：" + title_of(day.state) + "，尚未结账。</p>\n";
    }
    return fmt::format(
        "<p>状态：已结账。结账人 {}，{}。<br><span class=\"small\">总账链条至第 {} 笔，校验值 "
        "{}</span></p>\n",
        escaped(person_of(day.closed_by)),
        base::to_minute_text(day.closed_at.value_or(0)),
        day.closed_seq.value_or(0),
        base::to_hex(day.closed_hash)
    );
}

}  // namespace

std::string person_of(const std::string& by) {
    if (by.starts_with("rule:")) return "系统";
    const auto colon = by.find(':');
    return colon == std::string::npos ? by : by.substr(colon + 1);
}

std::string signed_yuan(base::fen amount) {
    return amount < base::fen{} ? "-" + base::to_grouped_yuan(-amount)
                                : base::to_grouped_yuan(amount);
}

std::string yuan_or_dash(const std::optional<base::fen>& amount) {
    return amount ? signed_yuan(*amount) : "—";
}

std::string fine_yuan(std::int64_t fine) {
    constexpr std::int64_t per_fen = 1000;
    const auto whole = signed_yuan(base::fen{fine / per_fen});
    const auto rest = fine % per_fen < 0 ? -(fine % per_fen) : fine % per_fen;
    const bool lost_sign = fine < 0 && fine / per_fen == 0;
    const auto text = (lost_sign ? "-" : "") + whole;
    return rest == 0 ? text : fmt::format("{}{:03}", text, rest);
}

std::string title_of(db::day_state state) {
    switch (state) {
        case db::day_state::open:
            return "未对账";
        case db::day_state::balanced:
            return "相符";
        case db::day_state::differs:
            return "有差异";
        case db::day_state::closed:
            return "已结账";
    }
    return {};
}

std::string title_of_resolution(const std::string& resolution) {
    if (resolution == "booked") return "已补记";
    if (resolution == "explained") return "已说明";
    if (resolution == "day_cut") return "跨日，见相邻日账单";
    return resolution == "agrees" ? "已自行相符" : resolution;
}

std::string reconciliation_sheet(const flows::day_report& report, const std::string& school) {
    std::string out = "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">";
    out +=
        fmt::format("<title>对账单 {}</title><style>{}</style></head><body>\n", report.day, style);
    for (const auto& one : report.merchants) {
        out += fmt::format("<section><h1>{} 对账单</h1>\n", escaped(school));
        out += fmt::format(
            "<p class=\"of\">{}　商户 {} {}　单位：元</p>\n",
            report.day,
            escaped(one.mch_id),
            escaped(one.merchant_name)
        );
        out += "<h2>三方核对</h2>\n" + sides(one.now.sums) + account(one.now.sums);
        out += "</section>\n" + differences(report, one.mch_id) + conclusion(one.now);
        out +=
            "<div class=\"sign\"><div>制表：<span>　　　　　　　　</span></div>"
            "<div>复核：<span>　　　　　　　　</span></div>"
            "<div>日期：<span>　　　　　　　　</span></div></div>\n";
    }
    return out + "</body></html>\n";
}

}  // namespace commands
