#include "server/flows/refund_desk.hpp"

#include <utility>

#include "server/base/error.hpp"
#include "server/rules/refund_state.hpp"

namespace flows {
namespace {

constexpr int page_size = 50;

rules::refund_event event_of(db::decision what) {
    switch (what) {
        case db::decision::release:
            return rules::refund_event::released;
        case db::decision::reject:
            return rules::refund_event::rejected;
        case db::decision::send_again:
            return rules::refund_event::sent_again;
        case db::decision::give_up:
            break;
    }
    return rules::refund_event::given_up;
}

// A batch waits for one decision about all of it.
bool waits_with_its_batch(const db::refund& one) {
    return one.batch_id.has_value() && one.state == rules::refund_state::asked;
}

base::task<void> require_visible_order(
    parts& with, const console_visitor& who, const std::string& order_no
) {
    // Money that belongs to no student is seen by whoever sees everybody.
    if (who.scope().is_all()) co_return;
    const auto unit = [&](db::connection& db) {
        return db::find_listed_order(db, order_no, who.scope().colleges).has_value();
    };
    const bool seen = co_await with.pool.read(unit);
    if (!seen) throw base::error{base::errc::order_not_found};
}

}  // namespace

bool may_decide(const console_visitor& who, const db::refund& one, db::decision what) {
    const bool finance = who.who.role == rules::operator_role::finance;
    if (!finance || waits_with_its_batch(one)) return false;
    if (!rules::next(one.state, event_of(what))) return false;
    return what == db::decision::reject || one.asked_by != who.actor;
}

base::task<console_refund_page> find_refunds(
    parts& with,
    const console_visitor& who,
    db::refund_filter wanted,
    std::optional<db::page_end> below
) {
    wanted.colleges = who.scope().colleges;
    const auto unit = [&](db::connection& db) {
        return db::search_refunds(db, wanted, below, page_size + 1);
    };
    console_refund_page out;
    out.refunds = co_await with.pool.read(unit);
    if (out.refunds.size() > page_size) {
        out.refunds.pop_back();
        const auto& last = out.refunds.back().one;
        out.next = db::page_end{last.asked_at, last.id};
    }
    co_return out;
}

base::task<refund_story> story_of_refund(
    parts& with, const console_visitor& who, std::string out_refund_no
) {
    const auto unit = [&](db::connection& db) {
        auto found = db::find_listed_refund(db, out_refund_no, who.scope().colleges);
        if (!found) throw base::error{base::errc::refund_not_found};
        return refund_story{std::move(*found), db::deeds_about(db, {out_refund_no})};
    };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

base::task<refund_story> ask_refund_at_desk(
    parts& with, const console_visitor& who, refund_request wanted
) {
    co_await require_visible_order(with, who, wanted.order_no);
    wanted.by = who.actor;
    wanted.address = who.from.address;
    const auto made = co_await ask_for_refund(with, std::move(wanted));
    auto out = co_await story_of_refund(with, who, made.out_refund_no);
    co_return out;
}

base::task<refund_story> decide_refund_at_desk(
    parts& with,
    const console_visitor& who,
    std::string out_refund_no,
    db::decision what,
    std::optional<base::fen> seen,
    std::string reason
) {
    const auto before = co_await story_of_refund(with, who, out_refund_no);
    const auto& one = before.refund.one;
    if (waits_with_its_batch(one)) {
        throw base::error{
            base::errc::refund_not_possible, {}, "这笔退款属于一批，请整批复核或驳回"};
    }
    // The amount of a refund never changes: a page that shows another one shows something else.
    if (seen && *seen != one.amount) throw base::error{base::errc::refund_figures_changed};
    db::decision_note note{std::move(reason), who.from.address};
    co_await decide_refund(with, out_refund_no, what, who.actor, std::move(note));
    auto out = co_await story_of_refund(with, who, out_refund_no);
    co_return out;
}

}  // namespace flows
