#include "server/flows/ask_wechat.hpp"

#include "db/order_questions.hpp"
#include "db/payments.hpp"
#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/log.hpp"

namespace flows {
namespace {

namespace pay = wechat::pay;

// What a query can say about an order, beside the booking of money.
enum class seen { paid, open, closed, absent, unknown };

base::task<seen> book(parts& with, const db::order& about, pay::trade told) {
    if (!told.amount_total || !told.success_time || told.transaction_id.empty()) {
        base::log::alarm("order.paid_without_facts", {{"order_no", about.order_no}});
        co_return seen::unknown;
    }
    db::payment_fact fact;
    fact.mch_id = about.mch_id;
    fact.order_no = about.order_no;
    fact.transaction_id = told.transaction_id;
    fact.amount = *told.amount_total;
    fact.paid_at = *told.success_time;
    fact.how = db::learnt_by::query;
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) { return db::apply_payment(db, fact, now); };
    base::crash_point("ask.before_book");
    const auto outcome = co_await with.pool.transact(unit, db::for_money);
    base::crash_point("ask.after_book");
    base::log::info(
        "payment.by_query", {{"order_no", about.order_no}, {"outcome", db::name_of(outcome)}}
    );
    co_return seen::paid;
}

// For people who look at the order's life. Whatever becomes of the note, what WeChat said counts.
base::task<void> note(
    parts& with, const db::order& about, db::question_kind kind, std::string answer
) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        db::note_question(db, about.order_no, kind, answer, now);
    };
    std::string why;
    try {
        co_await with.pool.transact(unit);
        co_return;
    } catch (const std::exception& failure) {
        why = failure.what();
    }
    base::log::warning("order.question_not_noted", {{"order_no", about.order_no}, {"why", why}});
}

std::string word_of(const pay::query_outcome& answer, seen said) {
    switch (answer.kind) {
        case pay::query_kind::not_exist:
            return "absent";
        case pay::query_kind::refused:
            return answer.why.code;
        case pay::query_kind::rate_limited:
            return "rate_limited";
        case pay::query_kind::unknown:
            return "unknown";
        case pay::query_kind::found:
            break;
    }
    switch (said) {
        case seen::paid:
            return "paid";
        case seen::open:
            return "open";
        case seen::closed:
            return "closed";
        case seen::absent:
        case seen::unknown:
            break;
    }
    return answer.found->state_text;
}

std::string word_of(const pay::close_outcome& answer) {
    switch (answer.kind) {
        case pay::close_kind::closed:
            return "closed";
        case pay::close_kind::already_paid:
            return "already_paid";
        case pay::close_kind::refused:
            return answer.why.code;
        case pay::close_kind::rate_limited:
            return "rate_limited";
        case pay::close_kind::unknown:
            break;
    }
    return "unknown";
}

base::task<seen> judge(parts& with, const db::order& about, const pay::query_outcome& answer) {
    switch (answer.kind) {
        case pay::query_kind::found:
            break;
        case pay::query_kind::not_exist:
            co_return seen::absent;
        case pay::query_kind::refused:
            base::log::alarm(
                "order.query_refused", {{"order_no", about.order_no}, {"code", answer.why.code}}
            );
            co_return seen::unknown;
        case pay::query_kind::rate_limited:
        case pay::query_kind::unknown:
            co_return seen::unknown;
    }
    switch (answer.found->state) {
        case pay::trade_state::success:
        case pay::trade_state::refund: {
            const auto booked = co_await book(with, about, *answer.found);
            co_return booked;
        }
        case pay::trade_state::closed:
            co_return seen::closed;
        case pay::trade_state::not_pay:
        case pay::trade_state::user_paying:
            co_return seen::open;
        // Of payment codes only, or of tomorrow: not final, whatever they mean.
        case pay::trade_state::revoked:
        case pay::trade_state::pay_error:
        case pay::trade_state::accept:
        case pay::trade_state::unrecognised:
            break;
    }
    base::log::alarm(
        "order.odd_state", {{"order_no", about.order_no}, {"state", answer.found->state_text}}
    );
    co_return seen::unknown;
}

base::task<seen> look(parts& with, const db::order& about) {
    const auto answer = co_await with.desk_of(about.mch_id).orders.query(about.order_no);
    base::crash_point("ask.after_query");
    const auto said = co_await judge(with, about, answer);
    auto word = word_of(answer, said);
    co_await note(with, about, db::question_kind::query, std::move(word));
    co_return said;
}

base::task<wechat_word> close_here(parts& with, const db::order& about) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) { return db::apply_close(db, about.order_no, now); };
    base::crash_point("close.before_unit");
    const auto outcome = co_await with.pool.transact(unit, db::for_money);
    base::crash_point("close.after_unit");
    switch (outcome) {
        case db::close_outcome::closed:
        case db::close_outcome::closed_before:
            co_return wechat_word::closed;
        case db::close_outcome::has_money:
            co_return wechat_word::paid;
        case db::close_outcome::unknown_order:
            break;
    }
    co_return wechat_word::unknown;
}

// After a close that WeChat accepted.
base::task<wechat_word> ask_after_close(parts& with, const db::order& about) {
    const auto after = co_await look(with, about);
    switch (after) {
        case seen::paid:
            co_return wechat_word::paid;
        case seen::closed:
        // Accepted, no order call under way, and still not known there: the number is burnt.
        case seen::absent: {
            const auto word = co_await close_here(with, about);
            co_return word;
        }
        case seen::open:
            co_return wechat_word::not_paid;
        case seen::unknown:
            break;
    }
    co_return wechat_word::unknown;
}

}  // namespace

base::task<wechat_word> ask_wechat(parts& with, db::order about) {
    const auto now_seen = co_await look(with, about);
    switch (now_seen) {
        case seen::paid:
            co_return wechat_word::paid;
        case seen::closed: {
            const auto word = co_await close_here(with, about);
            co_return word;
        }
        case seen::open:
        // An order call may still be on its way, so absence is no end.
        case seen::absent:
            co_return wechat_word::not_paid;
        case seen::unknown:
            break;
    }
    co_return wechat_word::unknown;
}

base::task<wechat_word> give_up_order(parts& with, db::order about) {
    const auto mark = [&](db::connection& db) {
        db::mark_closing(db, about.order_no);
        return db::find_order(db, about.order_no);
    };
    const auto marked = co_await with.pool.transact(mark);
    base::crash_point("close.after_mark");
    if (!marked || rules::has_money(marked->state)) co_return wechat_word::paid;
    if (marked->state == rules::order_state::closed) co_return wechat_word::closed;
    // While an order call may be under way, closing could be overtaken by it.
    if (marked->preparing) co_return wechat_word::not_paid;

    const auto before = co_await look(with, *marked);
    switch (before) {
        case seen::paid:
            co_return wechat_word::paid;
        case seen::unknown:
            co_return wechat_word::unknown;
        case seen::closed: {
            const auto word = co_await close_here(with, *marked);
            co_return word;
        }
        case seen::open:
        case seen::absent:
            break;
    }
    base::crash_point("close.before_call");
    const auto closing = co_await with.desk_of(marked->mch_id).orders.close(marked->order_no);
    base::crash_point("close.after_call");
    auto word = word_of(closing);
    co_await note(with, *marked, db::question_kind::close, std::move(word));
    switch (closing.kind) {
        case pay::close_kind::closed:
        case pay::close_kind::already_paid: {
            const auto word = co_await ask_after_close(with, *marked);
            co_return word;
        }
        case pay::close_kind::refused:
            base::log::alarm(
                "order.close_refused", {{"order_no", marked->order_no}, {"code", closing.why.code}}
            );
            break;
        case pay::close_kind::rate_limited:
        case pay::close_kind::unknown:
            break;
    }
    co_return wechat_word::unknown;
}

}  // namespace flows
