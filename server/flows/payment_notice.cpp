#include "server/flows/payment_notice.hpp"

#include "db/notices.hpp"
#include "db/payments.hpp"
#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/log.hpp"
#include "server/flows/watch_refunds.hpp"
#include "wechat/pay/notice.hpp"

namespace flows {
namespace {

namespace pay = wechat::pay;

db::kept_notice kept_form(const pay::notice& told, const std::string& body) {
    db::kept_notice out;
    out.notice_id = told.id;
    out.event_type = told.event_type;
    if (told.paid) out.order_no = told.paid->out_trade_no;
    if (told.refunded) out.order_no = told.refunded->out_trade_no;
    out.raw_body = body;
    return out;
}

// nullopt where the notice says paid but lacks what booking needs.
std::optional<db::payment_fact> fact_of(const pay::notice& told) {
    if (told.kind != pay::notice_kind::payment || !told.paid || !told.who) return std::nullopt;
    const auto& trade = *told.paid;
    const bool ours = trade.mch_id == told.who->mch_id() && trade.app_id == told.who->app_id();
    if (!ours || trade.state != pay::trade_state::success || !trade.amount_total ||
        !trade.success_time || trade.transaction_id.empty() || trade.currency != "CNY") {
        return std::nullopt;
    }
    db::payment_fact fact;
    fact.mch_id = trade.mch_id;
    fact.order_no = trade.out_trade_no;
    fact.transaction_id = trade.transaction_id;
    fact.amount = *trade.amount_total;
    fact.paid_at = *trade.success_time;
    fact.how = db::learnt_by::notice;
    return fact;
}

bool needs_a_person(db::payment_outcome outcome) {
    switch (outcome) {
        case db::payment_outcome::applied:
        case db::payment_outcome::repeated:
            return false;
        case db::payment_outcome::late:
        case db::payment_outcome::amount_differs:
        case db::payment_outcome::paid_twice:
        case db::payment_outcome::unknown_order:
            return true;
    }
    return true;
}

// nullopt where the notice is not about a refund of the merchant whose keys fitted.
std::optional<db::refund_fact> refund_of(const pay::notice& told) {
    if (told.kind != pay::notice_kind::refund || !told.refunded || !told.who) return std::nullopt;
    if (told.refunded->mch_id != told.who->mch_id()) return std::nullopt;
    return refund_fact_of(told.who->mch_id(), *told.refunded);
}

bool needs_a_person(db::fact_outcome outcome) {
    switch (outcome) {
        case db::fact_outcome::applied:
        case db::fact_outcome::repeated:
            return false;
        case db::fact_outcome::unknown_refund:
        case db::fact_outcome::amount_differs:
        case db::fact_outcome::impossible:
            return true;
    }
    return true;
}

base::task<void> book_and_keep(parts& with, const pay::notice& told, const std::string& body) {
    auto kept = kept_form(told, body);
    const auto fact = fact_of(told);
    const auto back = refund_of(told);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        auto outcome = std::string{"kept"};
        bool alarm = told.kind != pay::notice_kind::other_event;
        if (fact) {
            const auto booked = db::apply_payment(db, *fact, now);
            outcome = db::name_of(booked);
            alarm = needs_a_person(booked);
        } else if (back) {
            const auto booked = db::apply_refund_fact(db, *back, now);
            outcome = db::name_of(booked);
            alarm = needs_a_person(booked);
        }
        kept.outcome = outcome;
        db::keep_notice(db, kept, now);
        return alarm;
    };
    base::crash_point("notice.before_unit");
    const bool alarm = co_await with.pool.transact(unit, db::for_notice);
    base::crash_point("notice.after_unit");
    const auto level = alarm ? base::log::level::alarm : base::log::level::info;
    base::log::write(
        level,
        "notice.kept",
        {{"order_no", kept.order_no}, {"event_type", kept.event_type}, {"outcome", kept.outcome}}
    );
}

}  // namespace

base::task<notice_answer> take_notice(parts& with, const header_pairs& headers, std::string body) {
    const wechat::header_list lines{headers.begin(), headers.end()};
    const auto merchants = with.merchants();
    auto told = pay::read_notice(merchants, lines, body, base::now_s());
    if (told.kind == pay::notice_kind::refused &&
        told.checked.what == pay::verdict::unknown_serial) {
        // Perhaps signed with a certificate that is newer than ours.
        bool renewed = false;
        for (const auto& desk : with.desks) {
            const bool one = co_await desk->calls.refresh_certificates();
            renewed = renewed || one;
        }
        if (renewed) told = pay::read_notice(merchants, lines, body, base::now_s());
    }
    switch (told.kind) {
        case pay::notice_kind::refused:
            base::log::warning(
                "notice.refused",
                {{"verdict", pay::name_of(told.checked.what)}, {"probe", told.checked.probe}}
            );
            co_return notice_answer::not_authentic;
        case pay::notice_kind::decrypt_failed:
            base::log::alarm("notice.not_readable", {{"reason", told.reason}});
            co_return notice_answer::not_readable;
        case pay::notice_kind::payment:
        case pay::notice_kind::refund:
        case pay::notice_kind::other_event:
            break;
    }
    co_await book_and_keep(with, told, body);
    co_return notice_answer::accepted;
}

}  // namespace flows
