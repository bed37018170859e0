#include <string>

#include "db/audit.hpp"
#include "db/orders.hpp"
#include "db/refund_rows.hpp"
#include "db/refunds.hpp"
#include "db/server_clock.hpp"
#include "server/base/error.hpp"

// What people and the watcher do with refunds.
namespace db {
namespace {

using rules::refund_event;
using rules::refund_state;

constexpr auto lock_payment = "SELECT id FROM payments WHERE order_no = ? FOR UPDATE";

constexpr auto paid_when = "SELECT paid_ms FROM payments WHERE order_no = ?";

constexpr auto decide =
    "UPDATE refunds SET state = ?, decided_by = ?, decided_ms = ?, reject_reason = ?, "
    "next_ms = IF(?, " CAMPUS_DB_NOW_MS
    ", NULL), attention = NULL, version = version + 1 "
    // Whoever asked may take it back, and never send it.
    "WHERE id = ? AND state = ? AND (? OR asked_by <> ?)";

constexpr auto claim_to_send =
    "UPDATE refunds SET lease_owner = ?, lease_until_ms = " CAMPUS_DB_NOW_MS
    " + ?, version = version + 1 WHERE state = 'accepted' AND next_ms <= " CAMPUS_DB_NOW_MS
    " AND lease_until_ms <= " CAMPUS_DB_NOW_MS " ORDER BY next_ms LIMIT ?";

constexpr auto claim_to_ask =
    "UPDATE refunds SET lease_owner = ?, lease_until_ms = " CAMPUS_DB_NOW_MS
    " + ?, version = version + 1 WHERE state IN ('processing', 'abnormal', 'refused') "
    "AND next_ms <= " CAMPUS_DB_NOW_MS " AND lease_until_ms <= " CAMPUS_DB_NOW_MS
    " ORDER BY next_ms LIMIT ?";

// A number that WeChat does not know has not counted: its repeat need not keep the distance.
constexpr auto keep_distance = "UPDATE payments SET refund_sent_ms = " CAMPUS_DB_NOW_MS
                               ", version = version + 1 WHERE order_no = ? "
                               "AND (refund_sent_ms <= " CAMPUS_DB_NOW_MS " - ? OR ? > 0)";

constexpr auto count_sending =
    "UPDATE refunds SET sent_count = sent_count + 1, sent_ms = COALESCE(sent_ms, ?), "
    "version = version + 1 WHERE id = ? AND state = 'accepted' AND lease_owner = ?";

constexpr auto postpone =
    "UPDATE refunds SET next_ms = " CAMPUS_DB_NOW_MS
    " + ?, asked_count = asked_count + 1, "
    "attention = COALESCE(?, attention), lease_owner = NULL, lease_until_ms = 0, "
    "version = version + 1 WHERE id = ? AND lease_owner = ?";

constexpr auto refuse =
    "UPDATE refunds SET state = 'refused', attention = ?, next_ms = NULL, lease_owner = NULL, "
    "lease_until_ms = 0, version = version + 1 WHERE id = ? AND state = ? AND lease_owner = ?";

refund_event event_of(decision what) {
    switch (what) {
        case decision::release:
            return refund_event::released;
        case decision::reject:
            return refund_event::rejected;
        case decision::send_again:
            return refund_event::sent_again;
        case decision::give_up:
            return refund_event::given_up;
    }
    return refund_event::rejected;
}

std::string_view action_of(decision what) {
    switch (what) {
        case decision::release:
            return "refund.release";
        case decision::reject:
            return "refund.reject";
        case decision::send_again:
            return "refund.send_again";
        case decision::give_up:
            return "refund.give_up";
    }
    return "refund.decide";
}

}  // namespace

decide_kind decide_refund(
    connection& db,
    std::string_view out_refund_no,
    decision what,
    std::string_view by,
    base::epoch_ms now,
    const decision_note& with
) {
    const auto note = [&](std::string_view result) {
        append_audit(
            db, {by, action_of(what), out_refund_no, result, {}, with.reason, with.address}, now
        );
    };
    const auto known = find_refund(db, out_refund_no);
    if (!known) return decide_kind::unknown_refund;
    lock_order(db, known->order_no);
    db.select(lock_payment, known->order_no);
    const auto one = lock_refund(db, known->id);
    base::ensure(one.has_value(), "a refund that was found can be locked");

    const auto to = rules::next(one->state, event_of(what));
    if (!to) {
        const bool mine = one->decided_by == by;
        const bool released = what == decision::release && rules::holds_money(one->state) &&
                              one->state != refund_state::asked;
        const bool rejected = what == decision::reject && one->state == refund_state::rejected;
        return mine && (released || rejected) ? decide_kind::done_before
                                              : decide_kind::not_in_this_state;
    }
    const bool to_watch = *to == refund_state::accepted;
    const bool by_anybody = what == decision::reject;
    const auto moved = db.change(
        decide,
        rules::name_of(*to),
        by,
        now,
        by_anybody ? with.reason : std::string{},
        to_watch,
        one->id,
        rules::name_of(one->state),
        by_anybody,
        by
    );
    if (moved != 1) {
        base::ensure(!by_anybody && one->asked_by == by, "a locked refund moves once");
        note("same_person");
        return decide_kind::same_person;
    }
    if (!rules::holds_money(*to)) free_reservation(db, *one);
    note("done");
    return decide_kind::done;
}

std::vector<refund> claim_due_refunds(
    connection& db, std::string_view owner, refund_work what, base::epoch_ms lease_ms, int count
) {
    const auto* statement = what == refund_work::to_send ? claim_to_send : claim_to_ask;
    if (db.change(statement, owner, lease_ms, count) == 0) return {};
    return claimed_refunds(db, owner);
}

sending begin_sending(
    connection& db, const refund& one, std::string_view owner, base::epoch_ms now
) {
    auto payment = db.select(paid_when, one.order_no);
    base::ensure(payment.next(), "a refund has a payment");
    if (now - payment.i64("paid_ms") >= rules::refund_age_max_ms) return sending::too_old;
    // The payment first, as everywhere; the whole unit is undone when the refund is gone.
    if (db.change(keep_distance, one.order_no, rules::refund_spacing_ms, one.sent_count) != 1) {
        return sending::too_soon;
    }
    if (db.change(count_sending, now, one.id, owner) != 1) return sending::gone;
    return sending::go;
}

void postpone_refund(
    connection& db,
    const refund& one,
    std::string_view owner,
    std::optional<base::epoch_ms> wait_ms,
    std::string_view attention
) {
    const auto word = attention.empty() ? std::optional<std::string_view>{}
                                        : std::optional<std::string_view>{attention};
    db.change(postpone, wait_ms, word, one.id, owner);
}

void mark_refused(
    connection& db, const refund& one, std::string_view owner, std::string_view code
) {
    const auto to = rules::next(one.state, refund_event::refused);
    base::ensure(to == refund_state::refused, "only what waits to be sent can be refused");
    db.change(refuse, code, one.id, rules::name_of(one.state), owner);
}

}  // namespace db
