#include "server/flows/watch_orders.hpp"

#include "db/orders.hpp"
#include "db/payments.hpp"
#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/flows/ask_wechat.hpp"
#include "server/flows/together.hpp"
#include "server/rules/watching.hpp"

namespace flows {
namespace {

constexpr int at_once = 16;
constexpr base::epoch_ms lease_ms = 60'000;  // longer than giving an order up may last
constexpr base::epoch_ms closing_retry_ms = 5'000;
constexpr base::epoch_ms failed_retry_ms = 5'000;

base::task<void> watch_one(parts& with, db::order one, std::string owner) {
    const bool ends = one.closing || rules::must_close(one.pay_until, one.seen_at);
    wechat_word word = wechat_word::unknown;
    if (ends) {
        word = co_await give_up_order(with, one);
    } else {
        word = co_await ask_wechat(with, one);
    }
    if (word == wechat_word::paid || word == wechat_word::closed) co_return;
    // A closing order holds bills that somebody wants to pay: stay close, but widen in the end.
    const auto wait =
        ends && one.asked_count < 20 ? closing_retry_ms : rules::ask_wait_ms(one.asked_count + 1);
    const auto unit = [&](db::connection& db) {
        db::postpone_order(db, one.order_no, owner, wait);
    };
    base::crash_point("watch.before_postpone");
    co_await with.pool.transact(unit, db::for_money);
    base::crash_point("watch.after_postpone");
}

// Not only when the lease is over: a database that was busy or away for a moment would cost a
// minute each time.
base::task<void> try_again_soon(parts& with, const db::order& one, const std::string& owner) {
    const auto unit = [&](db::connection& db) {
        db::postpone_order(db, one.order_no, owner, failed_retry_ms);
    };
    try {
        co_await with.pool.transact(unit, db::for_money);
    } catch (const std::exception&) {
        // Still away: the lease ends by itself.
    }
}

base::task<void> watch_or_log(parts& with, db::order one, std::string owner) {
    std::string why;
    try {
        co_await watch_one(with, one, owner);
        co_return;
    } catch (const std::exception& failure) {
        why = failure.what();
    }
    base::log::warning("order.watch_failed", {{"order_no", one.order_no}, {"why", why}});
    co_await try_again_soon(with, one, owner);
}

base::task<void> place_late_money(parts& with) {
    const auto list = [](db::connection& db) { return db::parked_payments(db, at_once); };
    const auto waiting = co_await with.pool.read(list);
    for (const auto& order_no : waiting) {
        const auto now = base::now_ms();
        const auto unit = [&](db::connection& db) { return db::settle_parked(db, order_no, now); };
        base::crash_point("watch.before_settle");
        const bool moved = co_await with.pool.transact(unit);
        base::crash_point("watch.after_settle");
        if (moved) base::log::info("payment.late_placed", {{"order_no", order_no}});
    }
}

}  // namespace

base::task<int> watch_once(parts& with) {
    // A name for this round alone: what an earlier round still holds is not mine.
    const auto owner = base::random_token();
    const auto claim = [&](db::connection& db) {
        return db::claim_due_orders(db, owner, lease_ms, at_once);
    };
    const auto due = co_await with.pool.transact(claim, db::for_money);
    if (!due.empty()) base::crash_point("watch.after_claim");
    // At once, since each waits for WeChat: a rush of a thousand open orders must not queue up.
    const auto watch = [&](const db::order& one) { return watch_or_log(with, one, owner); };
    co_await together(due, watch);
    co_await place_late_money(with);
    co_return static_cast<int>(due.size());
}

}  // namespace flows
