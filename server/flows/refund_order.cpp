#include "server/flows/refund_order.hpp"

#include <string_view>
#include <utility>

#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/flows/watch_refunds.hpp"

namespace flows {
namespace {

constexpr int late_money_at_once = 16;
constexpr std::string_view by_rule = "rule:late_money";

std::string hash_of(const refund_request& wanted) {
    std::string intent = wanted.order_no + "|" + std::string{rules::name_of(wanted.reason)};
    for (const auto& part : wanted.parts) {
        intent += "|" + std::to_string(part.line_no) + "=" + std::to_string(part.amount.count());
    }
    if (wanted.sum) intent += "|sum=" + std::to_string(wanted.sum->count());
    return base::sha256(intent);
}

base::task<db::ask_outcome> ask(parts& with, db::refund_wish wish) {
    const auto unit = [&](db::connection& db) { return db::ask_refund(db, wish); };
    base::crash_point("refund.before_ask");
    auto outcome = co_await with.pool.transact(unit);
    base::crash_point("refund.after_ask");
    co_return outcome;
}

base::task<db::refund> refund_now(parts& with, std::string number) {
    const auto unit = [&](db::connection& db) { return db::find_refund(db, number); };
    auto found = co_await with.pool.read(unit);
    if (!found) throw base::error{base::errc::refund_not_found};
    co_return std::move(*found);
}

}  // namespace

std::string sentence_for(const rules::refund_judgement& why) {
    const auto line = why.which == 0 ? std::string{} : "第" + std::to_string(why.which) + "行";
    switch (why.verdict) {
        case rules::refund_verdict::ok:
            break;
        case rules::refund_verdict::nothing_left:
            return "这笔款项已全部退款，或已在退款中";
        case rules::refund_verdict::line_unknown:
            return "订单没有" + line;
        case rules::refund_verdict::line_named_twice:
            return line + "重复";
        case rules::refund_verdict::amount_not_positive:
            return line + "退款金额应大于零";
        case rules::refund_verdict::exceeds_what_is_left:
            return line + "退款金额超过可退金额";
        case rules::refund_verdict::still_settling:
            return "这笔款项正在等待另一笔订单的结果，请稍后再试";
        case rules::refund_verdict::too_old:
            return "支付已超过一年，微信不再受理退款，请以其他方式退回";
        case rules::refund_verdict::too_many_parts:
            return "同一笔支付最多退款50次";
    }
    return {};
}

db::refund_wish refund_wish_for(parts& with, const refund_request& wanted) {
    db::refund_wish wish;
    wish.order_no = wanted.order_no;
    wish.parts = wanted.parts;
    wish.sum = wanted.sum;
    wish.reason = wanted.reason;
    wish.reason_text = wanted.reason_text.empty()
                           ? std::string{rules::chinese_name_of(wanted.reason)}
                           : wanted.reason_text;
    wish.request_id = wanted.request_id;
    wish.request_hash = hash_of(wanted);
    wish.note = wanted.note;
    wish.batch_id = wanted.batch_id;
    wish.by = wanted.by;
    wish.address = wanted.address;
    wish.now = base::now_ms();
    wish.provider_body = [notify_url = with.page("/wechat/pay/notify")](const db::refund& made) {
        wechat::pay::refund_request facts;
        facts.transaction_id = made.transaction_id;
        facts.out_refund_no = made.out_refund_no;
        facts.reason = made.reason;
        facts.notify_url = notify_url;
        facts.amount_refund = made.amount;
        facts.amount_total = made.payment_amount;
        return wechat::pay::write_refund_body(facts);
    };
    return wish;
}

void require_decided(db::decide_kind kind) {
    switch (kind) {
        case db::decide_kind::done:
        case db::decide_kind::done_before:
            return;
        case db::decide_kind::unknown_refund:
            throw base::error{base::errc::refund_not_found};
        case db::decide_kind::same_person:
            throw base::error{base::errc::refund_needs_another_person};
        case db::decide_kind::not_in_this_state:
            throw base::error{
                base::errc::refund_not_possible, {}, "这笔退款的状态已变化，不能再这样处理"};
    }
}

base::task<db::refund> ask_for_refund(parts& with, refund_request wanted) {
    auto wish = refund_wish_for(with, wanted);
    auto outcome = co_await ask(with, std::move(wish));
    switch (outcome.kind) {
        case db::ask_kind::made:
            base::log::info("refund.asked", {{"out_refund_no", outcome.made.out_refund_no}});
            break;
        case db::ask_kind::same:
            break;
        case db::ask_kind::request_id_reused:
            throw base::error{base::errc::request_id_reused};
        case db::ask_kind::no_payment:
            throw base::error{base::errc::order_not_found, {}, "没有找到该订单的收款"};
        case db::ask_kind::not_refundable:
            throw base::error{base::errc::refund_not_possible, {}, sentence_for(outcome.why)};
    }
    co_return std::move(outcome.made);
}

base::task<db::refund> decide_refund(
    parts& with,
    std::string out_refund_no,
    db::decision what,
    std::string by,
    db::decision_note note
) {
    if (what == db::decision::give_up) {
        auto known = co_await refund_now(with, out_refund_no);
        const auto word = co_await ask_about_refund(with, std::move(known));
        if (word == refund_word::unknown) throw base::error{base::errc::wechat_unknown};
    }
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        return db::decide_refund(db, out_refund_no, what, by, now, note);
    };
    const auto kind = co_await with.pool.transact(unit);
    base::crash_point("refund.after_decision");
    require_decided(kind);
    auto after = co_await refund_now(with, out_refund_no);
    co_return after;
}

base::task<int> send_late_money_back(parts& with) {
    const auto list = [](db::connection& db) {
        return db::payments_to_send_back(db, late_money_at_once);
    };
    const auto due = co_await with.pool.read(list);
    int made = 0;
    for (const auto& order_no : due) {
        refund_request wanted;
        wanted.order_no = order_no;
        wanted.reason = rules::refund_reason::late_money;
        wanted.by = by_rule;
        // One for each payment: a second server finds it made.
        wanted.request_id = by_rule;
        auto wish = refund_wish_for(with, wanted);
        wish.origin = db::refund_origin::late_money;
        const auto outcome = co_await ask(with, std::move(wish));
        if (outcome.kind == db::ask_kind::not_refundable) {
            base::log::alarm("refund.late_money_stuck", {{"order_no", order_no}});
        }
        if (outcome.kind == db::ask_kind::made) ++made;
    }
    co_return made;
}

}  // namespace flows
