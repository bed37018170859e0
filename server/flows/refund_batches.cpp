#include "server/flows/refund_batches.hpp"

#include <utility>

#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/flows/refund_order.hpp"

namespace flows {
namespace {

constexpr int rows_at_once = 50;
constexpr int batches_shown = 30;

refund_request wish_of(const db::refund_batch& batch, const db::batch_row& row) {
    refund_request out;
    out.order_no = row.order_no;
    out.parts = row.parts;
    if (row.parts.empty()) out.sum = row.amount;
    out.reason = rules::refund_reason_of(batch.reason_code).value_or(rules::refund_reason::mistake);
    out.reason_text = row.reason;
    out.note = batch.note;
    out.batch_id = batch.id;
    out.by = batch.asked_by;
    // One for each row: whoever goes on finds what was made.
    out.request_id = "batch:" + std::to_string(batch.id) + ":" + std::to_string(row.row_no);
    return out;
}

std::string problem_of(const db::ask_outcome& outcome) {
    switch (outcome.kind) {
        case db::ask_kind::made:
        case db::ask_kind::same:
            return {};
        case db::ask_kind::request_id_reused:
            return "这一行已按其他内容申请过";
        case db::ask_kind::no_payment:
            return "没有找到该订单的收款";
        case db::ask_kind::not_refundable:
            break;
    }
    return sentence_for(outcome.why);
}

// False: the batch was rejected meanwhile.
base::task<bool> ask_row(parts& with, const db::refund_batch& batch, const db::batch_row& row) {
    const auto wanted = wish_of(batch, row);
    const auto wish = refund_wish_for(with, wanted);
    const auto unit = [&](db::connection& db) {
        if (!db::hold_batch_while_asking(db, batch.id)) return false;
        const auto outcome = db::ask_refund(db, wish);
        const auto problem = problem_of(outcome);
        const auto number = problem.empty() ? outcome.made.out_refund_no : std::string{};
        db::settle_row(db, batch.id, row.row_no, number, problem);
        return true;
    };
    base::crash_point("batch.before_row");
    const bool going = co_await with.pool.transact(unit);
    base::crash_point("batch.after_row");
    co_return going;
}

base::task<void> ask_all_rows(parts& with, const db::refund_batch& batch) {
    for (;;) {
        const auto next = [&](db::connection& db) {
            return db::rows_to_ask(db, batch.id, rows_at_once);
        };
        const auto rows = co_await with.pool.read(next);
        if (rows.empty()) break;
        for (const auto& row : rows) {
            const bool going = co_await ask_row(with, batch, row);
            if (!going) co_return;
        }
    }
    const auto finish = [&](db::connection& db) { db::finish_asking(db, batch.id); };
    co_await with.pool.transact(finish);
}

// Every refund that still waits, each in a unit of its own. One that has gone another way is left.
base::task<void> decide_all(
    parts& with, const console_visitor& who, std::int64_t id, db::decision what, std::string reason
) {
    const db::decision_note note{std::move(reason), who.from.address};
    for (;;) {
        const auto list = [&](db::connection& db) {
            return db::undecided_of_batch(db, id, rows_at_once);
        };
        const auto numbers = co_await with.pool.read(list);
        if (numbers.empty()) co_return;
        for (const auto& number : numbers) {
            const auto now = base::now_ms();
            const auto unit = [&](db::connection& db) {
                return db::decide_refund(db, number, what, who.actor, now, note);
            };
            const auto kind = co_await with.pool.transact(unit);
            base::crash_point("batch.after_decision");
            // Such a one would be listed for ever.
            if (kind == db::decide_kind::same_person) require_decided(kind);
        }
    }
}

void require_begun(db::batch_decision what) {
    switch (what) {
        case db::batch_decision::begun:
        case db::batch_decision::done_before:
            return;
        case db::batch_decision::same_person:
            throw base::error{base::errc::refund_needs_another_person};
        case db::batch_decision::figures_differ:
            throw base::error{base::errc::refund_figures_changed};
        case db::batch_decision::not_in_this_state:
            throw base::error{base::errc::refund_batch_not_possible};
        case db::batch_decision::unknown_batch:
            throw base::error{base::errc::refund_batch_not_found};
    }
}

base::task<void> require_visible(parts& with, const console_visitor& who, std::int64_t id) {
    const auto unit = [&](db::connection& db) {
        return db::find_batch(db, id, who.scope().colleges).has_value();
    };
    const bool seen = co_await with.pool.read(unit);
    if (!seen) throw base::error{base::errc::refund_batch_not_found};
}

bool is_finance(const console_visitor& who) {
    return who.who.role == rules::operator_role::finance;
}

}  // namespace

bool may_release(const console_visitor& who, const db::refund_batch& one) {
    // One whose release has stopped half way may be gone on with.
    const bool open =
        one.state == db::batch_state::asked || one.state == db::batch_state::releasing;
    return is_finance(who) && open && one.asked_by != who.actor;
}

bool may_reject(const console_visitor& who, const db::refund_batch& one) {
    const bool open = one.state == db::batch_state::asking || one.state == db::batch_state::asked;
    return is_finance(who) && open;
}

base::task<batch_story> ask_batch(parts& with, const console_visitor& who, db::batch_draft draft) {
    const auto open = [&](db::connection& db) { return db::open_batch(db, draft); };
    const auto outcome = co_await with.pool.transact(open);
    base::crash_point("batch.after_open");
    switch (outcome.kind) {
        case db::batch_made::made:
            // Without its id: among eighteen digits there are ID numbers by chance.
            base::log::info("refund_batch.asked", {{"kind", db::name_of(draft.facts.kind)}});
            break;
        case db::batch_made::same:
            break;
        case db::batch_made::request_id_reused:
            throw base::error{base::errc::request_id_reused};
        case db::batch_made::live_already:
            throw base::error{
                draft.facts.kind == db::batch_kind::leaver ? base::errc::leaver_waits_already
                                                           : base::errc::refund_file_known};
    }
    auto story = co_await story_of_batch(with, who, outcome.id);
    if (story.batch.state != db::batch_state::asking) co_return story;
    co_await ask_all_rows(with, story.batch);
    auto after = co_await story_of_batch(with, who, outcome.id);
    co_return after;
}

base::task<batch_story> story_of_batch(parts& with, const console_visitor& who, std::int64_t id) {
    const auto unit = [&](db::connection& db) {
        auto found = db::find_batch(db, id, who.scope().colleges);
        if (!found) throw base::error{base::errc::refund_batch_not_found};
        batch_story out;
        out.batch = std::move(*found);
        out.rows = db::rows_of_batch(db, id);
        out.figures = db::figures_of_batch(db, id);
        // All of its orders are his.
        if (!out.rows.empty()) out.student = out.rows.front().student;
        return out;
    };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

base::task<batch_page> list_batches(parts& with, const console_visitor& who, std::int64_t before) {
    const auto unit = [&](db::connection& db) {
        return db::list_batches(db, before, who.scope().colleges, batches_shown + 1);
    };
    batch_page out;
    out.batches = co_await with.pool.read(unit);
    if (out.batches.size() > batches_shown) {
        out.batches.pop_back();
        out.next = out.batches.back().id;
    }
    co_return out;
}

base::task<batch_story> release_batch(
    parts& with, const console_visitor& who, std::int64_t id, base::fen total_seen
) {
    co_await require_visible(with, who, id);
    const auto now = base::now_ms();
    const auto begin = [&](db::connection& db) {
        return db::begin_release(db, id, who.actor, who.from.address, total_seen, now);
    };
    const auto begun = co_await with.pool.transact(begin);
    require_begun(begun);
    base::crash_point("batch.after_begin");
    co_await decide_all(with, who, id, db::decision::release, {});
    const auto finish = [&](db::connection& db) { db::finish_release(db, id); };
    co_await with.pool.transact(finish);
    auto out = co_await story_of_batch(with, who, id);
    co_return out;
}

base::task<batch_story> reject_batch(
    parts& with, const console_visitor& who, std::int64_t id, std::string reason
) {
    co_await require_visible(with, who, id);
    const auto now = base::now_ms();
    const auto begin = [&](db::connection& db) {
        return db::begin_reject(db, id, who.actor, who.from.address, reason, now);
    };
    const auto begun = co_await with.pool.transact(begin);
    require_begun(begun);
    co_await decide_all(with, who, id, db::decision::reject, std::move(reason));
    auto out = co_await story_of_batch(with, who, id);
    co_return out;
}

}  // namespace flows
