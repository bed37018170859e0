#include "db/orders.hpp"

#include <algorithm>
#include <limits>

#include "db/bills.hpp"
#include "db/choices.hpp"
#include "db/server_clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/rules/watching.hpp"

namespace db {
namespace {

#define CAMPUS_ORDER_COLUMNS                                                                  \
    "id, order_no, person_id, request_hash, state, channel, mch_id, merchant_name, openid, "  \
    "amount_fen, created_ms, pay_until_ms, provider_body, prepay_id, code_url, prepared_ms, " \
    "preparing_until_ms > " CAMPUS_DB_NOW_MS " AS preparing, " CAMPUS_DB_NOW_MS               \
    " AS seen_ms, closing, closed_ms, paid_ms, transaction_id, asked_count, attention "

constexpr auto by_number = "SELECT " CAMPUS_ORDER_COLUMNS "FROM orders WHERE order_no = ?";

constexpr auto by_number_locked =
    "SELECT " CAMPUS_ORDER_COLUMNS "FROM orders WHERE order_no = ? FOR UPDATE";

constexpr auto by_number_and_person =
    "SELECT " CAMPUS_ORDER_COLUMNS "FROM orders WHERE order_no = ? AND person_id = ?";

constexpr auto by_request =
    "SELECT " CAMPUS_ORDER_COLUMNS "FROM orders WHERE person_id = ? AND request_id = ?";

// One student has few orders: what is searched for is compared row by row.
constexpr auto of_person =
    "SELECT " CAMPUS_ORDER_COLUMNS
    "FROM orders WHERE person_id = ? AND (created_ms < ? OR (created_ms = ? AND id < ?)) "
    "AND created_ms >= ? AND created_ms < ? AND (? = '' OR FIND_IN_SET(state, ?) > 0) "
    "AND (? = '' OR INSTR(order_no, ?) > 0 OR INSTR(COALESCE(transaction_id, ''), ?) > 0 "
    "OR EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = orders.id "
    "AND (INSTR(l.item_name, ?) > 0 OR INSTR(l.period, ?) > 0))) "
    "ORDER BY created_ms DESC, id DESC LIMIT ?";

constexpr auto lines_of =
    "SELECT l.bill_id, l.item_id, l.item_name, l.period, l.amount_fen, l.credited_fen, "
    "b.chosen, i.category FROM order_lines l JOIN bills b ON b.id = l.bill_id "
    "JOIN fee_items i ON i.id = l.item_id WHERE l.order_id = ? ORDER BY l.line_no";

// What waits for a second person is not the student's matter yet.
constexpr auto refunds_of =
    "SELECT state, amount_fen, success_ms, reason FROM refunds WHERE order_no = ? "
    "AND state IN ('accepted', 'processing', 'abnormal', 'refused', 'success') ORDER BY id";

constexpr auto insert_order =
    "INSERT INTO orders (id, order_no, person_id, request_id, request_hash, state, channel, "
    "mch_id, merchant_name, openid, amount_fen, created_ms, pay_until_ms, provider_body, "
    "next_ask_ms) VALUES (?, ?, ?, ?, ?, 'opened', ?, ?, ?, ?, ?, ?, ?, ?, " CAMPUS_DB_NOW_MS
    " + ?)";

constexpr auto insert_line =
    "INSERT INTO order_lines (order_id, line_no, bill_id, item_id, item_name, period, amount_fen, "
    "opened_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

constexpr auto claim_to_prepare =
    "UPDATE orders SET preparing_until_ms = " CAMPUS_DB_NOW_MS
    " + ?, version = version + 1 "
    "WHERE order_no = ? AND state IN ('opened', 'awaiting') AND closing = 0 "
    "AND preparing_until_ms <= " CAMPUS_DB_NOW_MS;

constexpr auto release_claim =
    "UPDATE orders SET preparing_until_ms = 0, version = version + 1 WHERE order_no = ?";

constexpr auto store_prepared =
    "UPDATE orders SET state = 'awaiting', prepay_id = ?, code_url = ?, prepared_ms = ?, "
    "preparing_until_ms = 0, version = version + 1 "
    "WHERE order_no = ? AND state IN ('opened', 'awaiting')";

constexpr auto give_up = "UPDATE orders SET closing = 1, next_ask_ms = " CAMPUS_DB_NOW_MS
                         ", version = version + 1 "
                         "WHERE order_no = ? AND state IN ('opened', 'awaiting') AND closing = 0";

constexpr auto close_one =
    "UPDATE orders SET state = 'closed', closing = 0, closed_ms = ?, next_ask_ms = NULL, "
    "version = version + 1 WHERE id = ? AND state = ?";

constexpr auto claim_due =
    "UPDATE orders SET lease_owner = ?, lease_until_ms = " CAMPUS_DB_NOW_MS
    " + ?, version = version + 1 "
    "WHERE next_ask_ms <= " CAMPUS_DB_NOW_MS " AND lease_until_ms <= " CAMPUS_DB_NOW_MS
    " ORDER BY next_ask_ms LIMIT ?";

constexpr auto claimed = "SELECT " CAMPUS_ORDER_COLUMNS
                         "FROM orders WHERE lease_owner = ? AND next_ask_ms <= " CAMPUS_DB_NOW_MS
                         " AND lease_until_ms > " CAMPUS_DB_NOW_MS " ORDER BY next_ask_ms";

constexpr auto postpone =
    "UPDATE orders SET asked_count = asked_count + 1, next_ask_ms = " CAMPUS_DB_NOW_MS
    " + ?, lease_owner = NULL, "
    "lease_until_ms = 0, version = version + 1 "
    "WHERE order_no = ? AND lease_owner = ? AND state IN ('opened', 'awaiting')";

constexpr auto hasten =
    "UPDATE orders SET next_ask_ms = " CAMPUS_DB_NOW_MS
    " + ?, version = version + 1 "
    "WHERE order_no = ? AND state IN ('opened', 'awaiting') AND next_ask_ms > " CAMPUS_DB_NOW_MS
    " + ?";

constexpr auto flag = "UPDATE orders SET attention = ?, version = version + 1 WHERE order_no = ?";

pay_channel channel_of(std::string_view text) {
    return text == "native" ? pay_channel::native : pay_channel::jsapi;
}

order order_of(const rows& row) {
    order out;
    out.id = row.i64("id");
    out.order_no = row.text("order_no");
    out.person_id = row.i64("person_id");
    out.request_hash = row.bytes("request_hash");
    out.state = rules::order_state_of(row.text("state"));
    out.channel = channel_of(row.text("channel"));
    out.mch_id = row.text("mch_id");
    out.merchant_name = row.text("merchant_name");
    out.openid = row.maybe_text("openid").value_or("");
    out.amount = row.fen("amount_fen");
    out.created_at = row.i64("created_ms");
    out.pay_until = row.i64("pay_until_ms");
    out.provider_body = row.bytes("provider_body");
    out.prepay_id = row.maybe_text("prepay_id").value_or("");
    out.code_url = row.maybe_text("code_url").value_or("");
    out.prepared_at = row.maybe_i64("prepared_ms").value_or(0);
    out.preparing = row.flag("preparing");
    out.seen_at = row.i64("seen_ms");
    out.closing = row.flag("closing");
    out.closed_at = row.maybe_i64("closed_ms");
    out.paid_at = row.maybe_i64("paid_ms");
    out.transaction_id = row.maybe_text("transaction_id").value_or("");
    out.asked_count = static_cast<int>(row.i64("asked_count"));
    out.attention = row.maybe_text("attention").value_or("");
    return out;
}

void read_lines(connection& db, order& into) {
    auto found = db.select(lines_of, into.id);
    while (found.next()) {
        into.lines.push_back(
            {found.i64("bill_id"),
             found.i64("item_id"),
             found.text("item_name"),
             found.text("period"),
             found.fen("amount_fen"),
             found.fen("credited_fen")}
        );
        if (found.flag("chosen")) into.chosen_from = found.text("category");
    }
}

void read_refunds(connection& db, order& into) {
    if (!rules::has_money(into.state)) return;
    auto found = db.select(refunds_of, into.order_no);
    while (found.next()) {
        into.refunds.push_back(
            {rules::refund_state_of(found.text("state")),
             found.fen("amount_fen"),
             found.maybe_i64("success_ms"),
             found.text("reason")}
        );
    }
}

std::optional<order> first_with_lines(connection& db, rows found) {
    if (!found.next()) return std::nullopt;
    auto out = order_of(found);
    read_lines(db, out);
    return out;
}

std::vector<order> all_with_lines(connection& db, rows found) {
    std::vector<order> out;
    while (found.next()) {
        out.push_back(order_of(found));
        read_lines(db, out.back());
    }
    return out;
}

std::string_view states_of(order_kind which) {
    switch (which) {
        case order_kind::all:
            return "";
        case order_kind::unfinished:
            return "opened,awaiting";
        case order_kind::paid:
            return "paid,paid_late";
        case order_kind::closed:
            return "closed";
    }
    return "";
}

std::vector<rules::wish> wishes_of(
    const order_draft& draft, const std::vector<rules::bill>& bills
) {
    std::vector<rules::wish> out;
    for (const auto& bill : bills) {
        const auto part = draft.parts.find(bill.id);
        out.push_back({bill, {}});
        if (part != draft.parts.end()) out.back().part = part->second;
    }
    return out;
}

}  // namespace

order order_over(
    const order_draft& draft, const std::vector<rules::bill>& bills, const rules::selection& chosen
) {
    order out;
    out.id = base::next_id();
    out.order_no = draft.order_no;
    out.person_id = draft.person_id;
    out.request_hash = draft.request_hash;
    out.channel = draft.channel;
    out.mch_id = bills.front().mch_id;
    out.merchant_name = draft.merchant_name(out.mch_id);
    out.openid = draft.openid;
    out.amount = chosen.total;
    out.created_at = draft.now;
    out.seen_at = draft.now;
    out.pay_until = draft.pay_until;
    for (std::size_t i = 0; i < bills.size(); ++i) {
        const auto& bill = bills[i];
        if (bill.chosen) out.chosen_from = rules::name_of(bill.category);
        out.lines.push_back(
            {bill.id, bill.item_id, bill.item_name, bill.period, chosen.amounts[i], {}}
        );
    }
    out.provider_body = draft.provider_body(out);
    return out;
}

void store_order(connection& db, const order& made, const order_draft& draft) {
    const auto openid =
        made.openid.empty() ? std::optional<std::string>{} : std::optional{made.openid};
    db.change(
        insert_order,
        made.id,
        made.order_no,
        made.person_id,
        draft.request_id,
        blob{made.request_hash},
        name_of(made.channel),
        made.mch_id,
        made.merchant_name,
        openid,
        made.amount,
        made.created_at,
        made.pay_until,
        blob{made.provider_body},
        rules::ask_wait_ms(0)
    );
    base::crash_point("open.after_order_row");
    int line_no = 0;
    for (const auto& line : made.lines) {
        db.change(
            insert_line,
            made.id,
            ++line_no,
            line.bill_id,
            line.item_id,
            line.item_name,
            line.period,
            line.amount,
            made.created_at
        );
    }
}

std::optional<order> find_by_request(
    connection& db, std::int64_t person_id, std::string_view request_id
) {
    return first_with_lines(db, db.select(by_request, person_id, request_id));
}

std::string_view name_of(pay_channel channel) {
    return channel == pay_channel::native ? "native" : "jsapi";
}

open_outcome open_order(connection& db, const order_draft& draft) {
    open_outcome out;
    // The bills' locks put two tries of the same intent in a row, so the look-up by request id
    // comes after them.
    const auto bills = lock_bills(db, draft.person_id, draft.bill_ids);
    if (auto before = find_by_request(db, draft.person_id, draft.request_id)) {
        db.found_done();
        out.kind = before->request_hash == draft.request_hash ? open_kind::same
                                                              : open_kind::request_id_reused;
        out.opened = std::move(*before);
        return out;
    }
    if (bills.size() != draft.bill_ids.size()) {
        out.kind = open_kind::bill_missing;
        return out;
    }
    std::vector<rules::bill> unsettled;
    if (draft.school.arrears_first) unsettled = unsettled_bills(db, draft.person_id);
    out.why = rules::judge_selection(
        wishes_of(draft, bills), unsettled, draft.total_seen, draft.now, draft.school
    );
    if (out.why.verdict != rules::selection_verdict::ok) {
        out.kind = open_kind::not_selectable;
        for (const auto& bill : bills) {
            if (bill.id == out.why.which) out.holding_order_no = bill.live_order_no;
        }
        return out;
    }
    out.opened = order_over(draft, bills, out.why);

    // From here on it must succeed.
    for (const auto& bill : bills) {
        base::ensure(
            hold_bill(db, bill.id, draft.order_no, rules::owed_of(bill), draft.now),
            "a locked, free bill can be held"
        );
        base::crash_point("open.after_hold");
    }
    store_order(db, out.opened, draft);
    base::crash_point("open.after_lines");
    return out;
}

std::optional<order> find_order(connection& db, std::string_view order_no) {
    return first_with_lines(db, db.select(by_number, order_no));
}

std::optional<order> find_own_order(
    connection& db, std::string_view order_no, std::int64_t person_id
) {
    auto out = first_with_lines(db, db.select(by_number_and_person, order_no, person_id));
    if (out) read_refunds(db, *out);
    return out;
}

std::optional<order> lock_order(connection& db, std::string_view order_no) {
    return first_with_lines(db, db.select(by_number_locked, order_no));
}

std::vector<order> list_orders(
    connection& db, std::int64_t person_id, const order_search& wanted, int count
) {
    constexpr auto no_end = std::numeric_limits<std::int64_t>::max();
    auto opened = no_end;
    auto id = no_end;
    if (!wanted.before.empty()) {
        const auto last_seen = find_own_order(db, wanted.before, person_id);
        if (!last_seen) return {};
        opened = last_seen->created_at;
        id = last_seen->id;
    }
    const auto states = states_of(wanted.which);
    const auto& text = wanted.text;
    auto out = all_with_lines(
        db,
        db.select(
            of_person,
            person_id,
            opened,
            opened,
            id,
            wanted.opened_from.value_or(0),
            wanted.opened_before.value_or(no_end),
            states,
            states,
            text,
            text,
            text,
            text,
            text,
            count
        )
    );
    for (auto& one : out) read_refunds(db, one);
    return out;
}

bool claim_preparing(connection& db, std::string_view order_no, base::epoch_ms for_ms) {
    return db.change(claim_to_prepare, for_ms, order_no) == 1;
}

void release_preparing(connection& db, std::string_view order_no) {
    db.change(release_claim, order_no);
}

bool keep_prepared(
    connection& db,
    std::string_view order_no,
    std::string_view prepay_id,
    std::string_view code_url,
    base::epoch_ms now
) {
    const auto some = [](std::string_view text) {
        return text.empty() ? std::optional<std::string_view>{} : std::optional{text};
    };
    return db.change(store_prepared, some(prepay_id), some(code_url), now, order_no) == 1;
}

bool mark_closing(connection& db, std::string_view order_no) {
    return db.change(give_up, order_no) == 1;
}

close_outcome apply_close(connection& db, std::string_view order_no, base::epoch_ms now) {
    const auto found = lock_order(db, order_no);
    if (!found) return close_outcome::unknown_order;
    if (found->state == rules::order_state::closed) return close_outcome::closed_before;
    if (!rules::next(found->state, rules::order_event::close_confirmed)) {
        return close_outcome::has_money;
    }
    base::ensure(
        db.change(close_one, now, found->id, rules::name_of(found->state)) == 1,
        "a locked order moves once"
    );
    base::crash_point("close.after_order");
    close_choice(db, order_no, now);
    free_bills(db, order_no, now);
    base::crash_point("close.after_bills");
    return close_outcome::closed;
}

std::vector<order> claim_due_orders(
    connection& db, std::string_view owner, base::epoch_ms lease_ms, int count
) {
    db.change(claim_due, owner, lease_ms, count);
    // Not by the count: a run whose COMMIT was not heard of has claimed them already.
    return all_with_lines(db, db.select(claimed, owner));
}

void postpone_order(
    connection& db, std::string_view order_no, std::string_view owner, base::epoch_ms wait_ms
) {
    db.change(postpone, wait_ms, order_no, owner);
}

void hasten_order(connection& db, std::string_view order_no, base::epoch_ms wait_ms) {
    db.change(hasten, wait_ms, order_no, wait_ms);
}

void set_attention(connection& db, std::string_view order_no, std::string_view word) {
    db.change(flag, word, order_no);
}

}  // namespace db
