#include "server/routes/bill_routes.hpp"

#include <algorithm>

#include "server/base/beijing.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/flows/student_lists.hpp"
#include "server/routes/guard.hpp"
#include "server/routes/json.hpp"
#include "server/rules/fee_rules.hpp"

namespace routes {
namespace {

std::string_view name_of(rules::bill_standing standing) {
    switch (standing) {
        case rules::bill_standing::settled:
            return "settled";
        case rules::bill_standing::payable:
            return "payable";
        case rules::bill_standing::in_order:
            return "in_order";
        case rules::bill_standing::not_yet_open:
            return "not_yet_open";
        case rules::bill_standing::window_closed:
            return "window_closed";
        case rules::bill_standing::covered:
            return "covered";
    }
    return "window_closed";
}

std::string day_text(base::epoch_ms instant) {
    return base::to_text(base::business_day_of(instant));
}

// "" when there is nothing to say.
std::string note_of(const rules::bill& bill, rules::bill_standing standing, base::epoch_ms now) {
    switch (standing) {
        case rules::bill_standing::not_yet_open:
            return day_text(*bill.open_from) + " 起缴纳";
        case rules::bill_standing::window_closed:
            return "已于 " + day_text(*bill.open_until - 1) + " 截止，请联系学校财务";
        case rules::bill_standing::in_order:
            return "在未完成的订单中";
        case rules::bill_standing::covered:
            return "由助学贷款支付，等待发放至 " + day_text(*bill.loan_until);
        case rules::bill_standing::settled:
        case rules::bill_standing::payable:
            break;
    }
    if (rules::is_deferred(bill, now)) return "已批准缓缴至 " + day_text(*bill.deferred_until);
    const auto covered = rules::covered_of(bill, now);
    if (covered > base::fen{}) {
        return "其中 " + base::to_grouped_yuan(covered) + " 元由助学贷款支付，等待发放至 " +
               day_text(*bill.loan_until);
    }
    if (bill.pay_before) return "截止 " + day_text(*bill.pay_before);
    return {};
}

void write_bill(
    json_writer& out, const flows::parts& with, const rules::bill& bill, base::epoch_ms now
) {
    const auto standing = rules::standing_of(bill, now);
    out.text("bill_id", std::to_string(bill.id));
    out.text("item", bill.item_name);
    out.text("category", rules::name_of(bill.category));
    out.text("merchant_name", with.desk_of(bill.mch_id).who.name());
    out.number("due_fen", bill.due.count());
    out.number("paid_fen", bill.paid.count());
    out.number("owed_fen", rules::owed_of(bill).count());
    out.number("payable_fen", rules::payable_of(bill, now).count());
    out.text("state", name_of(standing));
    out.flag("ticked", rules::ticked_at_first(bill, now));
    out.flag("required", bill.required);
    if (bill.partial_allowed) {
        const auto least = std::min(rules::least_part, rules::payable_of(bill, now));
        out.number("least_part_fen", least.count());
    }
    if (bill.pay_before) out.number("pay_before", *bill.pay_before);
    if (!bill.live_order_no.empty()) {
        out.text("order_no", bill.live_order_no);
        out.number("held_fen", bill.held.count());
    }
    const auto note = note_of(bill, standing, now);
    if (!note.empty()) out.text("note", note);
}

base::task<http::reply> list_bills(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_student(who);
    const auto found = co_await flows::arrears_of(with, *who.person_id);
    const auto now = base::now_ms();
    json_writer out;
    out.object([&] {
        out.number("total_owed_fen", found.total.count());
        out.number("total_payable_fen", found.payable.count());
        out.text("merchant_name", found.merchant_name);
        out.array("periods", [&] {
            for (const auto& period : found.periods) {
                out.object([&] {
                    out.text("period", period.name);
                    out.array("bills", [&] {
                        for (const auto& bill : period.bills) {
                            out.object([&] { write_bill(out, with, bill, now); });
                        }
                    });
                });
            }
        });
    });
    co_return out.reply();
}

base::task<http::reply> list_payments(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_student(who);
    const auto items = co_await flows::paid_items_of(with, *who.person_id);
    base::fen total;
    for (const auto& item : items) total += item.amount - item.refunded;
    json_writer out;
    out.object([&] {
        out.number("total_paid_fen", total.count());
        out.array("items", [&] {
            for (const auto& item : items) {
                out.object([&] {
                    out.text("order_no", item.order_no);
                    out.text("period", item.period);
                    out.text("item", item.item_name);
                    out.number("amount_fen", item.amount.count());
                    if (item.refunded > base::fen{}) {
                        out.number("refunded_fen", item.refunded.count());
                    }
                    out.number("paid_at", item.paid_at);
                    out.text("transaction_id", item.transaction_id);
                });
            }
        });
    });
    co_return out.reply();
}

void write_story(
    json_writer& out, const flows::parts& with, const db::bill_story& story, base::epoch_ms now
) {
    out.object("bill", [&] { write_bill(out, with, story.bill, now); });
    out.text("period", story.bill.period);
    out.number("standard_fen", story.standard.count());
    out.array("adjustments", [&] {
        for (const auto& one : story.adjustments) {
            out.object([&] {
                out.text("kind", db::name_of(one.kind));
                out.number("amount_fen", one.amount.count());
                out.text("reason", one.reason);
                out.text("paper_no", one.paper_no);
                out.number("at_ms", one.made_at);
            });
        }
    });
    out.array("terms", [&] {
        for (const auto& one : story.terms) {
            out.object([&] {
                out.text("kind", db::name_of(one.kind));
                out.number("amount_fen", one.amount.count());
                out.number("until", one.until);
                out.text("reason", one.reason);
                out.text("paper_no", one.paper_no);
                out.number("at_ms", one.made_at);
            });
        }
    });
    out.array("payments", [&] {
        for (const auto& one : story.payments) {
            out.object([&] {
                out.text("order_no", one.order_no);
                out.number("amount_fen", one.amount.count());
                out.number("refunded_fen", one.refunded.count());
                out.number("paid_at", one.paid_at);
            });
        }
    });
}

base::task<http::reply> explain_bill(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_student(who);
    const auto id = id_of(asked.parameter("bill_id"));
    if (!id) throw base::error{base::errc::bill_not_found};
    const auto story = co_await flows::story_of_bill(with, *who.person_id, *id);
    const auto now = base::now_ms();
    json_writer out;
    out.object([&] { write_story(out, with, story, now); });
    co_return out.reply();
}

}  // namespace

void add_bill_routes(http::router& table, flows::parts& with) {
    const auto add = [&](std::string path, story tell) {
        add_story(table, with, http::verb::get, std::move(path), tell, 1024);
    };
    add("/bills", list_bills);
    add("/bills/{bill_id}", explain_bill);
    add("/payments", list_payments);
}

}  // namespace routes
