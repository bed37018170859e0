#include "server/flows/mend_day.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "db/audit.hpp"
#include "db/bill_files.hpp"
#include "db/day_bookings.hpp"
#include "db/day_compare.hpp"
#include "db/orders.hpp"
#include "db/payments.hpp"
#include "db/refunds.hpp"
#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/log.hpp"
#include "server/flows/reconcile_day.hpp"
#include "server/flows/watch_refunds.hpp"

namespace flows {
namespace {

namespace pay = wechat::pay;
using db::difference_state;
using rules::proposal;

constexpr db::limits for_big_days{std::chrono::minutes{10}};

mend_outcome refused(std::string why) {
    return {mend_kind::refused, std::move(why)};
}

// A difference and the day that is held for it.
struct case_at_hand {
    db::day_lease mine;
    db::day_scope of;
    db::day_difference one;
    mend_wish wish;
    base::epoch_ms now = 0;
};

// Decided and audited in the unit that booked.
void settle(
    db::connection& db, const case_at_hand& at, std::string_view resolution, std::string_view action
) {
    const db::decided how{resolution, at.wish.by, at.wish.note};
    if (!db::resolve_difference(db, at.one, how, at.now)) return;
    const auto object = at.one.day + " #" + std::to_string(at.one.number);
    db::append_audit(db, {at.wish.by, action, object, rules::name_of(at.one.kind), {}}, at.now);
    base::crash_point("reconcile.after_audit");
}

// Still to be decided? Somebody may have done it since it was read.
bool is_open_still(db::connection& db, const case_at_hand& at) {
    db::hold_day(db, at.mine);
    const auto now = db::find_difference(db, at.one.day, at.one.number);
    return now && now->state != difference_state::resolved;
}

mend_outcome put_into_suspense(db::connection& db, const case_at_hand& at) {
    if (!is_open_still(db, at)) return {mend_kind::done_before, {}};
    const auto row = db::find_trade_row(db, at.of, "payment", at.one.transaction_id);
    if (!row || row->amount != at.one.provider) return refused("账单中没有这一行了，请再对一次账");
    db::payment_fact fact;
    fact.mch_id = at.of.mch_id;
    fact.order_no = row->our_no;
    fact.transaction_id = row->business_no;
    fact.amount = row->amount;
    fact.paid_at = row->at;
    fact.how = db::learnt_by::bill;
    const auto order = db::find_order(db, fact.order_no);
    // An order of ours keeps it as its own odd payment, unless it has one.
    const bool is_ours = order && order->mch_id == fact.mch_id;
    const bool kept =
        is_ours && db::apply_payment(db, fact, at.now) != db::payment_outcome::paid_twice;
    if (!kept) {
        fact.order_no = rules::stray_order_no(fact.transaction_id);
        if (fact.order_no.empty()) return refused("微信订单号过长，不能记账");
        db::book_stray_payment(db, fact, at.now);
    }
    settle(db, at, "booked", "reconcile.fix");
    return {};
}

base::task<mend_outcome> into_suspense(parts& with, const case_at_hand& at) {
    const auto unit = [&](db::connection& db) { return put_into_suspense(db, at); };
    base::crash_point("reconcile.before_fix");
    auto out = co_await with.pool.transact(unit);
    co_return out;
}

mend_outcome book_told_refund(db::connection& db, const case_at_hand& at, const pay::refund& told) {
    if (!is_open_still(db, at)) return {mend_kind::done_before, {}};
    const auto row = db::find_trade_row(db, at.of, "refund", at.one.refund_no);
    if (!row) return refused("账单中没有这一行了，请再对一次账");
    db::platform_refund what;
    what.mch_id = at.of.mch_id;
    what.transaction_id = row->other_no;
    what.out_refund_no = at.one.refund_no;
    what.refund_id = told.refund_id;
    what.amount = row->amount;
    what.created_at = told.created_at.value_or(row->at);
    what.by = at.wish.by;
    switch (db::book_platform_refund(db, what, at.now)) {
        case db::platform_outcome::booked:
        case db::platform_outcome::booked_before:
            break;
        case db::platform_outcome::no_payment:
            return refused("本系统没有它退的那笔收款，请先处理那笔收款");
        case db::platform_outcome::exceeds_what_is_left:
            return refused("退款超过这笔收款的可退金额，请先查明");
    }
    settle(db, at, "booked", "reconcile.fix");
    return {};
}

base::task<mend_outcome> book_refund(parts& with, const case_at_hand& at) {
    const auto said = co_await with.desk_of(at.of.mch_id).refunds.query(at.one.refund_no);
    base::crash_point("reconcile.after_refund_query");
    switch (said.kind) {
        case pay::refund_query_kind::found:
            break;
        case pay::refund_query_kind::not_exist:
            co_return refused("微信查询没有这笔退款，请向微信支付查明");
        case pay::refund_query_kind::refused:
        case pay::refund_query_kind::rate_limited:
        case pay::refund_query_kind::unknown:
            co_return mend_outcome{mend_kind::unclear, "微信没有明确回答，请稍后再试"};
    }
    const auto& told = *said.found;
    if (told.amount_refund != at.one.provider) {
        co_return refused("微信查询的退款金额与账单不同，请向微信支付查明");
    }
    if (told.state != pay::refund_state::success) {
        co_return refused("微信称这笔退款尚未成功（" + told.state_text + "），到账后再补记");
    }
    const auto unit = [&](db::connection& db) { return book_told_refund(db, at, told); };
    base::crash_point("reconcile.before_fix");
    auto out = co_await with.pool.transact(unit);
    co_return out;
}

base::task<mend_outcome> book_fees(parts& with, const case_at_hand& at) {
    const auto look = [&](db::connection& db) { return db::fees_of_day(db, at.of); };
    const auto fees = co_await with.long_reads.read(look, for_big_days);
    const auto unit = [&](db::connection& db) {
        if (!is_open_still(db, at)) return mend_outcome{mend_kind::done_before, {}};
        db::book_fees(db, at.of, fees.flow, at.now);
        settle(db, at, "booked", "reconcile.fix");
        return mend_outcome{};
    };
    base::crash_point("reconcile.before_fix");
    auto out = co_await with.pool.transact(unit);
    co_return out;
}

mend_outcome book_movement(db::connection& db, const case_at_hand& at) {
    if (!is_open_still(db, at)) return {mend_kind::done_before, {}};
    const auto row = db::find_movement(db, at.of, at.one.key);
    if (!row || row->amount != at.one.provider) return refused("账单中没有这一行了，请再对一次账");
    const db::transfer what{at.of.mch_id, at.one.key, row->amount, row->at};
    switch (db::book_transfer(db, what, at.now)) {
        case db::transfer_outcome::booked:
        case db::transfer_outcome::booked_before:
            break;
        case db::transfer_outcome::number_too_long:
            return refused("资金流水单号过长，不能记账");
    }
    settle(db, at, "booked", "reconcile.fix");
    return {};
}

base::task<mend_outcome> book_transfer(parts& with, const case_at_hand& at) {
    const auto unit = [&](db::connection& db) { return book_movement(db, at); };
    base::crash_point("reconcile.before_fix");
    auto out = co_await with.pool.transact(unit);
    co_return out;
}

base::task<mend_outcome> do_proposal(parts& with, const case_at_hand& at) {
    switch (at.one.proposal) {
        case proposal::ask_again:
            break;  // the comparison that follows asks
        case proposal::into_suspense: {
            auto out = co_await into_suspense(with, at);
            co_return out;
        }
        case proposal::book_refund: {
            auto out = co_await book_refund(with, at);
            co_return out;
        }
        case proposal::book_fees: {
            auto out = co_await book_fees(with, at);
            co_return out;
        }
        case proposal::book_transfer: {
            auto out = co_await book_transfer(with, at);
            co_return out;
        }
        case proposal::explain:
            co_return refused("这处差异不能自动处理，请查明后说明原因");
    }
    co_return mend_outcome{};
}

base::task<mend_outcome> explain(parts& with, const case_at_hand& at) {
    if (at.wish.note.empty()) co_return refused("请写明原因");
    const auto unit = [&](db::connection& db) {
        if (!is_open_still(db, at)) return mend_outcome{mend_kind::done_before, {}};
        settle(db, at, "explained", "reconcile.explain");
        return mend_outcome{};
    };
    auto out = co_await with.pool.transact(unit);
    co_return out;
}

using story = base::task<mend_outcome> (*)(parts&, const case_at_hand&);

base::task<mend_outcome> act_on_difference(
    parts& with, const db::day_lease& mine, const mend_wish& wish, story act
) {
    const auto day = base::to_text(wish.day);
    const auto look = [&](db::connection& db) { return db::find_difference(db, day, wish.number); };
    auto known = co_await with.pool.read(look);
    if (!known) co_return refused("这一天没有这个编号的差异");
    if (known->state == difference_state::resolved) {
        co_return mend_outcome{mend_kind::done_before, {}};
    }
    case_at_hand at;
    at.mine = mine;
    at.of = {day, known->mch_id, base::start_of(wish.day), base::end_of(wish.day)};
    at.one = std::move(*known);
    at.wish = wish;
    at.now = base::now_ms();
    auto out = co_await act(with, at);
    base::crash_point("reconcile.after_fix");
    if (out.kind == mend_kind::done) {
        base::log::info(
            "reconcile.decided",
            {{"day", day}, {"number", at.one.number}, {"kind", rules::name_of(at.one.kind)}}
        );
    }
    co_return out;
}

base::task<mend_outcome> decide_held(
    parts& with, const db::day_lease& mine, const mend_wish& wish, story act
) {
    auto out = co_await act_on_difference(with, mine, wish, act);
    // Also when it was decided before: whoever did may have ended between that and this.
    co_await reconcile_held_day(with, mine, wish.day, bills_from::file);
    co_return out;
}

base::task<mend_outcome> decide(parts& with, mend_wish wish, story act) {
    const auto mine = co_await hold_day(with, wish.day);
    mend_outcome out;
    std::exception_ptr failed;
    try {
        out = co_await decide_held(with, mine, wish, act);
    } catch (const std::exception&) {
        failed = std::current_exception();
    }
    co_await leave_day(with, mine);
    if (failed) std::rethrow_exception(failed);
    co_return out;
}

mend_outcome said_of(const db::close_day_outcome& outcome) {
    switch (outcome.kind) {
        case db::close_day_kind::closed:
            return {};
        case db::close_day_kind::closed_before:
            return {mend_kind::done_before, {}};
        case db::close_day_kind::day_not_over:
            return refused("这一天还没有结束，不能结账");
        case db::close_day_kind::not_compared:
            return refused("这一天还没有对过账");
        case db::close_day_kind::differs:
            return refused("还有未处理的差异，不能结账");
        case db::close_day_kind::earlier_day_open:
            return refused("请先结账较早的一天：" + outcome.which);
        case db::close_day_kind::moved_meanwhile:
            return {mend_kind::unclear, "对账后当日又有记账，请再试一次"};
    }
    return refused("不能结账");
}

base::task<mend_outcome> close_held(
    parts& with, const db::day_lease& mine, base::business_day day, std::string by
) {
    const auto report = co_await reconcile_held_day(with, mine, day, bills_from::wechat);
    for (const auto& one : report.merchants) {
        if (!one.trouble.empty()) co_return mend_outcome{mend_kind::unclear, one.trouble};
    }
    db::close_day_wish wish;
    wish.mine = mine;
    wish.merchants = scopes_of(with, day);
    wish.seen_seq = report.seen_seq;
    wish.by = std::move(by);
    wish.now = base::now_ms();
    const auto unit = [&](db::connection& db) { return db::close_day(db, wish); };
    base::crash_point("reconcile.before_close");
    const auto outcome = co_await with.pool.transact(unit);
    base::crash_point("reconcile.after_close");
    if (outcome.kind == db::close_day_kind::closed) {
        base::log::info("reconcile.closed", {{"day", wish.mine.day}});
    }
    co_return said_of(outcome);
}

}  // namespace

base::task<mend_outcome> mend_difference(parts& with, mend_wish wish) {
    auto out = co_await decide(with, std::move(wish), do_proposal);
    co_return out;
}

base::task<mend_outcome> explain_difference(parts& with, mend_wish wish) {
    auto out = co_await decide(with, std::move(wish), explain);
    co_return out;
}

base::task<mend_outcome> close_day(parts& with, base::business_day day, std::string by) {
    const auto mine = co_await hold_day(with, day);
    mend_outcome out;
    std::exception_ptr failed;
    try {
        out = co_await close_held(with, mine, day, std::move(by));
    } catch (const std::exception&) {
        failed = std::current_exception();
    }
    co_await leave_day(with, mine);
    if (failed) std::rethrow_exception(failed);
    co_return out;
}

}  // namespace flows
