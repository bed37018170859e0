#include "server/flows/judge_day.hpp"

#include <optional>
#include <utility>

#include "db/orders.hpp"
#include "db/payments.hpp"
#include "db/refunds.hpp"
#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/log.hpp"
#include "server/flows/watch_refunds.hpp"

namespace flows {
namespace {

namespace pay = wechat::pay;
using db::difference_state;
using rules::difference_kind;
using rules::proposal;

constexpr int asked_at_most = 200;  // in one run; WeChat limits questions
constexpr std::string_view by_rule = "rule:reconcile";

enum class word { booked, settled, unsure };

struct case_at_hand {
    db::day_lease mine;
    db::day_difference one;
};

base::task<void> turn(parts& with, const case_at_hand& at, difference_state state, proposal what) {
    const auto unit = [&](db::connection& db) {
        db::hold_day(db, at.mine);
        return db::turn_difference(db, at.one, state, what);
    };
    const bool turned = co_await with.pool.transact(unit);
    if (turned && state == difference_state::open) {
        base::log::alarm(
            "reconcile.differs",
            {{"day", at.one.day},
             {"number", at.one.number},
             {"kind", rules::name_of(at.one.kind)},
             {"proposal", rules::name_of(what)}}
        );
    }
}

// WeChat agrees with us: the bill of a neighbour day will show it, or a person looks.
base::task<void> wait_on(parts& with, const case_at_hand& at) {
    const bool over = base::now_ms() >= at.one.wait_until.value_or(0);
    co_await turn(
        with,
        at,
        over ? difference_state::open : difference_state::waiting,
        rules::first_proposal(at.one.kind)
    );
}

base::task<std::optional<db::order>> order_of(parts& with, const case_at_hand& at) {
    const auto unit = [&](db::connection& db) { return db::find_order(db, at.one.order_no); };
    auto found = co_await with.pool.read(unit);
    if (found && found->mch_id != at.one.mch_id) found.reset();
    co_return found;
}

enum class told { paid, not_paid, unsure };

struct answer {
    told what = told::unsure;
    pay::trade trade;
};

base::task<answer> ask(parts& with, const case_at_hand& at) {
    const auto got = co_await with.desk_of(at.one.mch_id).orders.query(at.one.order_no);
    base::crash_point("reconcile.after_answer");
    answer out;
    switch (got.kind) {
        case pay::query_kind::found:
            out.trade = *got.found;
            out.what = pay::is_paid(out.trade.state) ? told::paid : told::not_paid;
            if (out.trade.state == pay::trade_state::unrecognised) out.what = told::unsure;
            break;
        case pay::query_kind::not_exist:
            out.what = told::not_paid;
            break;
        case pay::query_kind::refused:
        case pay::query_kind::rate_limited:
        case pay::query_kind::unknown:
            break;
    }
    co_return out;
}

bool is_what_the_bill_says(const pay::trade& trade, const db::day_difference& one) {
    return trade.transaction_id == one.transaction_id && trade.amount_total == one.provider &&
           trade.success_time.has_value();
}

// The payment that nobody told us of: through the same unit as every other.
base::task<bool> book(parts& with, const case_at_hand& at, const pay::trade& trade) {
    db::payment_fact fact;
    fact.mch_id = at.one.mch_id;
    fact.order_no = at.one.order_no;
    fact.transaction_id = trade.transaction_id;
    fact.amount = *trade.amount_total;
    fact.paid_at = *trade.success_time;
    fact.how = db::learnt_by::bill;
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        db::hold_day(db, at.mine);
        const auto outcome = db::apply_payment(db, fact, now);
        base::crash_point("reconcile.after_payment");
        const bool is_ours = outcome == db::payment_outcome::applied ||
                             outcome == db::payment_outcome::late ||
                             outcome == db::payment_outcome::repeated;
        if (is_ours) db::resolve_difference(db, at.one, {"booked", by_rule, {}}, now);
        return is_ours;
    };
    base::crash_point("reconcile.before_booking");
    const bool booked = co_await with.pool.transact(unit);
    base::crash_point("reconcile.after_booking");
    if (booked) base::log::info("payment.by_bill", {{"order_no", fact.order_no}});
    co_return booked;
}

base::task<word> payment_missing_here(parts& with, case_at_hand at) {
    const auto order = co_await order_of(with, at);
    if (!order) {
        co_await turn(with, at, difference_state::open, proposal::into_suspense);
        co_return word::settled;
    }
    const auto said = co_await ask(with, at);
    if (said.what == told::unsure) {
        co_await turn(with, at, difference_state::open, proposal::ask_again);
        co_return word::unsure;
    }
    if (said.what == told::not_paid || !is_what_the_bill_says(said.trade, at.one)) {
        // Its bill says one thing and its answer another.
        co_await turn(with, at, difference_state::open, proposal::explain);
        co_return word::settled;
    }
    if (order->amount == at.one.provider) {
        const bool booked = co_await book(with, at, said.trade);
        if (booked) co_return word::booked;
    }
    co_await turn(with, at, difference_state::open, proposal::into_suspense);
    co_return word::settled;
}

base::task<word> payment_missing_there(parts& with, case_at_hand at) {
    const auto order = co_await order_of(with, at);
    if (!order) {
        co_await wait_on(with, at);
        co_return word::settled;
    }
    const auto said = co_await ask(with, at);
    switch (said.what) {
        case told::paid:
            co_await wait_on(with, at);
            co_return word::settled;
        case told::not_paid:
            // Our booking is wrong, or WeChat's answer.
            co_await turn(with, at, difference_state::open, proposal::explain);
            co_return word::settled;
        case told::unsure:
            break;
    }
    co_return word::unsure;
}

base::task<std::optional<db::refund>> refund_of(parts& with, const case_at_hand& at) {
    const auto unit = [&](db::connection& db) {
        return db::find_refund(db, at.one.mch_id, at.one.refund_no);
    };
    auto found = co_await with.pool.read(unit);
    co_return found;
}

base::task<word> refund_missing_here(parts& with, case_at_hand at) {
    auto known = co_await refund_of(with, at);
    // Made by us and unknown here, as after going back to an older backup: a person books it.
    if (!known) {
        co_await turn(with, at, difference_state::open, proposal::book_refund);
        co_return word::settled;
    }
    const auto said = co_await ask_about_refund(with, std::move(*known));
    base::crash_point("reconcile.after_refund_answer");
    switch (said) {
        case refund_word::told: {
            // What it says is applied; if it stands otherwise still, the comparison finds it.
            const auto after = co_await refund_of(with, at);
            if (after && after->created_at) co_return word::booked;
            co_await turn(with, at, difference_state::open, proposal::explain);
            co_return word::settled;
        }
        case refund_word::absent:
            co_await turn(with, at, difference_state::open, proposal::explain);
            co_return word::settled;
        case refund_word::unknown:
            break;
    }
    co_await turn(with, at, difference_state::open, proposal::ask_again);
    co_return word::unsure;
}

base::task<word> refund_missing_there(parts& with, case_at_hand at) {
    auto known = co_await refund_of(with, at);
    if (!known) {
        co_await wait_on(with, at);
        co_return word::settled;
    }
    const auto said = co_await ask_about_refund(with, std::move(*known));
    switch (said) {
        case refund_word::told:
            co_await wait_on(with, at);
            co_return word::settled;
        case refund_word::absent:
            co_await turn(with, at, difference_state::open, proposal::explain);
            co_return word::settled;
        case refund_word::unknown:
            break;
    }
    co_return word::unsure;
}

base::task<word> judge_one(parts& with, case_at_hand at) {
    switch (at.one.kind) {
        case difference_kind::payment_missing_here: {
            const auto said = co_await payment_missing_here(with, std::move(at));
            co_return said;
        }
        case difference_kind::payment_missing_there: {
            const auto said = co_await payment_missing_there(with, std::move(at));
            co_return said;
        }
        case difference_kind::refund_missing_here: {
            const auto said = co_await refund_missing_here(with, std::move(at));
            co_return said;
        }
        case difference_kind::refund_missing_there: {
            const auto said = co_await refund_missing_there(with, std::move(at));
            co_return said;
        }
        case difference_kind::flow_missing:
            co_await wait_on(with, at);
            co_return word::settled;
        case difference_kind::payment_amount_differs:
        case difference_kind::refund_amount_differs:
        case difference_kind::platform_refund:
        case difference_kind::row_twice:
        case difference_kind::row_odd:
        case difference_kind::fees_differ:
        case difference_kind::fees_not_whole:
        case difference_kind::flow_other:
        case difference_kind::flow_broken:
        case difference_kind::ledger_differs:
            break;
    }
    co_return word::settled;
}

}  // namespace

base::task<judged> judge_day(parts& with, db::day_lease mine, db::day_scope of) {
    constexpr int looked_at_most = 2000;
    const auto list = [&](db::connection& db) {
        return db::unresolved_differences(db, of, looked_at_most);
    };
    const auto unresolved = co_await with.pool.read(list);
    judged out;
    int asked = 0;
    for (const auto& one : unresolved) {
        if (rules::is_asked_about(one.kind) && ++asked > asked_at_most) {
            out.unsure = true;
            continue;
        }
        case_at_hand at{mine, one};
        const auto said = co_await judge_one(with, std::move(at));
        if (said == word::booked) ++out.booked;
        if (said == word::unsure) out.unsure = true;
    }
    co_return out;
}

}  // namespace flows
