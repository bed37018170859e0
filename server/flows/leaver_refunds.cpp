#include "server/flows/leaver_refunds.hpp"

#include <charconv>
#include <map>
#include <utility>

#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/rules/refund_rules.hpp"

namespace flows {
namespace {

rules::leaver_rule rule_of(const base::school_conf& school) {
    rules::leaver_rule out;
    out.year_begins = static_cast<int>(school.leaver_year_begins);
    out.lodging = school.leaver_lodging;
    out.months_off.clear();
    for (const auto& text : school.leaver_months_off) {
        int month = 0;
        std::from_chars(text.data(), text.data() + text.size(), month);
        out.months_off.push_back(month);
    }
    return out;
}

leaver_bill_figures figures_of(
    db::leaver_paid_bill bill,
    base::business_day left_on,
    const rules::leaver_rule& rule,
    base::epoch_ms now
) {
    leaver_bill_figures out;
    out.share = rules::share_of_leaver(bill.facts, left_on, rule);
    out.spread = rules::spread_leaver(out.share.back, bill.sources, now);
    out.how = rules::how_of(bill.facts, out.share);
    if (out.spread.other_way > base::fen{}) {
        out.how += "；其中" + base::to_grouped_yuan(out.spread.other_way) +
                   "元微信不再受理，请以其他方式退回";
    }
    out.bill = std::move(bill);
    return out;
}

// One refund for each order, with all lines of it.
std::vector<db::batch_row> rows_of(const leaver_figures& figures) {
    std::map<std::string, db::batch_row> by_order;
    for (const auto& one : figures.bills) {
        for (const auto& part : one.spread.parts) {
            auto& row = by_order[part.order_no];
            row.order_no = part.order_no;
            row.amount += part.amount;
            row.reason = rules::chinese_name_of(rules::refund_reason::leaver);
            row.parts.push_back({part.line_no, part.amount});
        }
    }
    std::vector<db::batch_row> out;
    out.reserve(by_order.size());
    for (auto& [order_no, row] : by_order) {
        row.row_no = static_cast<int>(out.size()) + 1;
        out.push_back(std::move(row));
    }
    return out;
}

std::vector<db::leaver_figure> kept_figures(const leaver_figures& figures) {
    std::vector<db::leaver_figure> out;
    out.reserve(figures.bills.size());
    for (const auto& one : figures.bills) out.push_back(kept_figure(one));
    return out;
}

db::batch_draft draft_of(
    const console_visitor& who, const leaver_request& wanted, const leaver_figures& figures
) {
    const auto left_on = base::to_text(wanted.left_on);
    db::batch_draft out;
    out.facts.id = base::next_id();
    out.facts.kind = db::batch_kind::leaver;
    // Titles are listed far and wide: the number, not the name.
    out.facts.title = "离校退费 " + wanted.student_no + " " + left_on;
    out.facts.note = wanted.note;
    out.facts.reason_code = rules::name_of(rules::refund_reason::leaver);
    out.facts.person_id = figures.student.person_id;
    out.facts.left_on = left_on;
    out.facts.rule = figures.rule;
    out.facts.asked_by = who.actor;
    out.live_key = "leaver:" + std::to_string(figures.student.person_id);
    out.rows = rows_of(figures);
    out.figures = kept_figures(figures);
    out.request_id = wanted.request_id;
    out.request_hash = base::sha256(
        out.live_key + "|" + left_on + "|" + std::to_string(wanted.total_seen.count())
    );
    out.address = who.from.address;
    out.now = base::now_ms();
    return out;
}

}  // namespace

db::leaver_figure kept_figure(const leaver_bill_figures& one) {
    db::leaver_figure out;
    out.bill_id = one.bill.id;
    out.item_name = one.bill.item_name;
    out.period = one.bill.facts.period;
    out.due = one.bill.facts.due;
    out.paid = one.bill.facts.paid;
    out.on_its_way = one.bill.facts.on_its_way;
    if (one.share.way == rules::leaver_way::by_month) {
        out.months = one.share.months;
        out.months_used = one.share.used;
    }
    out.keep = one.share.keep;
    out.refund = one.spread.total;
    out.other_way = one.spread.other_way;
    out.how = one.how;
    return out;
}

base::task<leaver_figures> figure_leaver(
    parts& with, const console_visitor& who, std::string student_no, base::business_day left_on
) {
    const auto rule = rule_of(with.conf.school);
    const auto now = base::now_ms();
    std::string sealed;
    const auto unit = [&](db::connection& db) {
        const auto found = db::find_leaver(db, student_no, who.scope().colleges);
        if (!found) throw base::error{base::errc::leaver_not_found};
        leaver_figures out;
        out.student = found->who;
        sealed = found->id_number_sealed;
        for (auto& bill : db::paid_bills_of_leaver(db, found->who.person_id)) {
            out.bills.push_back(figures_of(std::move(bill), left_on, rule, now));
        }
        return out;
    };
    auto out = co_await with.pool.read(unit);
    out.left_on = left_on;
    out.rule = rules::sentence_of(rule);
    out.id_number = with.vault.open_id_number(out.student.person_id, sealed).value_or("");
    for (const auto& one : out.bills) {
        out.total += one.spread.total;
        out.other_way += one.spread.other_way;
    }
    co_return out;
}

base::task<batch_story> ask_leaver_refunds(
    parts& with, const console_visitor& who, leaver_request wanted
) {
    const auto before = [&](db::connection& db) {
        return db::batch_of_request(db, who.actor, wanted.request_id);
    };
    const bool repeated = co_await with.pool.read(before);
    const auto figures = co_await figure_leaver(with, who, wanted.student_no, wanted.left_on);
    auto draft = draft_of(who, wanted, figures);
    // What a repeat would find now is what the first one has left.
    if (!repeated) {
        const auto live = [&](db::connection& db) { return db::live_batch(db, draft.live_key); };
        const auto standing = co_await with.pool.read(live);
        if (standing) throw base::error{base::errc::leaver_waits_already};
        if (figures.total != wanted.total_seen) {
            throw base::error{base::errc::refund_figures_changed};
        }
    }
    auto out = co_await ask_batch(with, who, std::move(draft));
    co_return out;
}

}  // namespace flows
