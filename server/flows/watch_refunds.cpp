#include "server/flows/watch_refunds.hpp"

#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/encoding.hpp"
#include "server/base/log.hpp"
#include "server/flows/together.hpp"

namespace flows {
namespace {

namespace pay = wechat::pay;

// WeChat bears 150 good applications a second and six bad ones: five at a time, a second apart.
constexpr int send_at_once = 5;
constexpr int ask_at_once = 16;
constexpr base::epoch_ms lease_ms = 30'000;  // longer than a question and an application
constexpr base::epoch_ms slow_retry_ms = 600'000;
constexpr base::epoch_ms limited_retry_ms = 60'000;

struct claimed {
    db::refund one;
    std::string owner;
};

constexpr std::string_view no_word;

// word "": leaves the one that is there.
base::task<void> postpone(
    parts& with, claimed mine, std::optional<base::epoch_ms> wait_ms, std::string_view word
) {
    const auto unit = [&](db::connection& db) {
        db::postpone_refund(db, mine.one, mine.owner, wait_ms, word);
    };
    co_await with.pool.transact(unit);
}

base::task<db::fact_outcome> book(parts& with, db::refund_fact fact) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) { return db::apply_refund_fact(db, fact, now); };
    base::crash_point("refund.before_fact");
    const auto outcome = co_await with.pool.transact(unit);
    base::crash_point("refund.after_fact");
    switch (outcome) {
        case db::fact_outcome::applied:
            base::log::info("refund.moved", {{"out_refund_no", fact.out_refund_no}});
            break;
        case db::fact_outcome::repeated:
            break;
        case db::fact_outcome::unknown_refund:
        case db::fact_outcome::amount_differs:
        case db::fact_outcome::impossible:
            base::log::alarm(
                "refund.odd",
                {{"out_refund_no", fact.out_refund_no}, {"outcome", db::name_of(outcome)}}
            );
            break;
    }
    co_return outcome;
}

base::task<void> refuse(parts& with, claimed mine, std::string code) {
    base::log::alarm("refund.refused", {{"out_refund_no", mine.one.out_refund_no}, {"code", code}});
    const auto unit = [&](db::connection& db) { db::mark_refused(db, mine.one, mine.owner, code); };
    co_await with.pool.transact(unit);
}

// WeChat says no, or something like it: only a question tells whether an earlier try was accepted.
base::task<void> ask_after_no(parts& with, claimed mine, std::string code) {
    const auto word = co_await ask_about_refund(with, mine.one);
    switch (word) {
        case refund_word::told:
            co_return;
        case refund_word::absent:
            co_await refuse(with, std::move(mine), std::move(code));
            co_return;
        case refund_word::unknown:
            break;
    }
    const auto wait_ms = rules::refund_try_wait_ms(mine.one.asked_count);
    co_await postpone(with, std::move(mine), wait_ms, code);
}

base::task<void> apply(parts& with, claimed mine) {
    const auto& one = mine.one;
    base::crash_point("refund.before_apply");
    const auto answer = co_await with.desk_of(one.mch_id).refunds.apply(one.provider_body);
    base::crash_point("refund.after_apply");
    switch (answer.kind) {
        case pay::apply_kind::accepted:
            co_await book(with, refund_fact_of(one.mch_id, *answer.accepted));
            co_return;
        case pay::apply_kind::not_enough:
            base::log::alarm("refund.account_short", {{"merchant", one.mch_id}});
            co_await postpone(with, std::move(mine), slow_retry_ms, "NOT_ENOUGH");
            co_return;
        case pay::apply_kind::rate_limited:
            co_await postpone(with, std::move(mine), limited_retry_ms, no_word);
            co_return;
        case pay::apply_kind::conflicting:
        case pay::apply_kind::refused:
            co_await ask_after_no(with, std::move(mine), answer.why.code);
            co_return;
        case pay::apply_kind::unknown:
            break;
    }
    const auto wait_ms = rules::refund_try_wait_ms(one.asked_count);
    co_await postpone(with, std::move(mine), wait_ms, answer.why.code);
}

base::task<void> send_one(parts& with, claimed mine) {
    const auto& one = mine.one;
    // An earlier try may have been accepted without our hearing of it.
    if (one.sent_count > 0) {
        const auto word = co_await ask_about_refund(with, one);
        if (word == refund_word::told) co_return;
        if (word == refund_word::unknown) {
            const auto wait_ms = rules::refund_try_wait_ms(one.asked_count);
            co_await postpone(with, std::move(mine), wait_ms, no_word);
            co_return;
        }
    }
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        return db::begin_sending(db, one, mine.owner, now);
    };
    const auto may = co_await with.pool.transact(unit);
    switch (may) {
        case db::sending::go:
            co_await apply(with, std::move(mine));
            co_return;
        case db::sending::too_soon:
            co_await postpone(with, std::move(mine), rules::refund_spacing_ms / 4, no_word);
            co_return;
        case db::sending::too_old:
            co_await refuse(with, std::move(mine), "too_old");
            co_return;
        case db::sending::gone:
            co_return;
    }
}

base::task<void> ask_one(parts& with, claimed mine) {
    const auto word = co_await ask_about_refund(with, mine.one);
    if (mine.one.state == rules::refund_state::refused) {
        // Somebody gave a hint that WeChat has it after all; a person goes on from here.
        const std::optional<base::epoch_ms> never;
        if (word != refund_word::told) co_await postpone(with, std::move(mine), never, no_word);
        co_return;
    }
    if (word == refund_word::absent) {
        base::log::alarm("refund.gone_at_wechat", {{"out_refund_no", mine.one.out_refund_no}});
    }
    const auto wait_ms = rules::refund_question_wait_ms(mine.one.asked_count + 1);
    // A fact that moved it has ended this lease, and this changes nothing.
    co_await postpone(with, std::move(mine), wait_ms, no_word);
}

base::task<int> round(parts& with, db::refund_work what, int count) {
    // A name for this round alone: what an earlier round still holds is not mine.
    const auto owner = base::random_token();
    const auto claim = [&](db::connection& db) {
        return db::claim_due_refunds(db, owner, what, lease_ms, count);
    };
    const auto due = co_await with.pool.transact(claim);
    const auto story = [&with, &owner, what](db::refund one) -> base::task<void> {
        const auto number = one.out_refund_no;
        try {
            claimed mine{std::move(one), owner};
            if (what == db::refund_work::to_send) {
                co_await send_one(with, std::move(mine));
            } else {
                co_await ask_one(with, std::move(mine));
            }
        } catch (const std::exception& failure) {
            base::log::warning(
                "refund.watch_failed", {{"out_refund_no", number}, {"why", failure.what()}}
            );
        }
    };
    co_await together(due, story);
    co_return static_cast<int>(due.size());
}

rules::refund_event event_of(pay::refund_state state) {
    switch (state) {
        case pay::refund_state::success:
            return rules::refund_event::succeeded;
        case pay::refund_state::closed:
            return rules::refund_event::closed;
        case pay::refund_state::abnormal:
            return rules::refund_event::went_wrong;
        // Of tomorrow, perhaps: WeChat has it, and how it ends is asked again.
        case pay::refund_state::processing:
        case pay::refund_state::unrecognised:
            break;
    }
    return rules::refund_event::acknowledged;
}

}  // namespace

db::refund_fact refund_fact_of(const std::string& mch_id, const pay::refund& told) {
    db::refund_fact fact;
    fact.mch_id = mch_id;
    fact.out_refund_no = told.out_refund_no;
    fact.refund_id = told.refund_id;
    fact.event = event_of(told.state);
    fact.created_at = told.created_at;
    fact.succeeded_at = told.success_time;
    fact.amount = told.amount_refund;
    fact.received_account = told.user_received_account;
    return fact;
}

base::task<refund_word> ask_about_refund(parts& with, db::refund about) {
    const auto answer = co_await with.desk_of(about.mch_id).refunds.query(about.out_refund_no);
    switch (answer.kind) {
        case pay::refund_query_kind::found:
            co_await book(with, refund_fact_of(about.mch_id, *answer.found));
            co_return refund_word::told;
        case pay::refund_query_kind::not_exist:
            co_return refund_word::absent;
        case pay::refund_query_kind::refused:
            base::log::alarm(
                "refund.query_refused",
                {{"out_refund_no", about.out_refund_no}, {"code", answer.why.code}}
            );
            break;
        case pay::refund_query_kind::rate_limited:
        case pay::refund_query_kind::unknown:
            break;
    }
    co_return refund_word::unknown;
}

base::task<int> watch_refunds_once(parts& with) {
    const int sent = co_await round(with, db::refund_work::to_send, send_at_once);
    const int asked = co_await round(with, db::refund_work::to_ask, ask_at_once);
    co_return sent + asked;
}

}  // namespace flows
