#include "db/verify.hpp"

namespace db {
namespace {

// Joined so that each row is found by a key: these run over years of books.
// Refunds that have taken money from the provider's account.
#define CAMPUS_MONEY_LEFT "('processing', 'abnormal', 'success')"
#define CAMPUS_MONEY_FREE "('rejected', 'closed')"

const std::vector<book_check> checks{
    {"journals_balance",
     "每笔分录借贷相等",
     "SELECT CONCAT('journal ', j.business_key, ' off by ', SUM(e.amount_fen)) AS place "
     "FROM ledger_journals j JOIN ledger_entries e ON e.journal_id = j.id "
     "GROUP BY j.id, j.business_key HAVING SUM(e.amount_fen) <> 0"},
    {"journals_have_entries",
     "没有空的分录，也没有无主的分录行",
     "SELECT CONCAT('journal ', j.business_key) AS place FROM ledger_journals j "
     "LEFT JOIN ledger_entries e ON e.journal_id = j.id WHERE e.journal_id IS NULL "
     "UNION ALL SELECT CONCAT('entry of journal ', e.journal_id) FROM ledger_entries e "
     "LEFT JOIN ledger_journals j ON j.id = e.journal_id WHERE j.id IS NULL"},
    {"payments_booked",
     "每笔收款恰好记账一次，金额一致",
     "SELECT CONCAT('payment ', p.order_no) AS place FROM payments p "
     "LEFT JOIN ledger_journals j ON j.business_key = CONCAT('payment:', p.order_no) "
     "LEFT JOIN ledger_entries e ON e.journal_id = j.id "
     "AND e.account = CONCAT('provider:', p.mch_id) "
     "GROUP BY p.id, p.order_no, p.amount_fen "
     "HAVING COALESCE(SUM(e.amount_fen), 0) <> p.amount_fen"},
    {"journals_have_payments",
     "每笔收款分录都有收款记录",
     "SELECT CONCAT('journal ', j.business_key) AS place FROM ledger_journals j "
     "LEFT JOIN payments p ON p.order_no = SUBSTRING(j.business_key, 9) "
     "WHERE j.kind IN ('payment', 'payment_odd', 'payment_stray') AND p.id IS NULL"},
    {"refunds_booked",
     "已退出的款项与账面一致",
     "SELECT CONCAT('refund ', r.out_refund_no) AS place FROM refunds r "
     "LEFT JOIN ledger_journals j "
     "ON j.business_key = CONCAT('refund_sent:', r.mch_id, ':', r.out_refund_no) "
     "LEFT JOIN ledger_entries e ON e.journal_id = j.id "
     "AND e.account = CONCAT('provider:', r.mch_id) LEFT JOIN ledger_journals k "
     "ON k.business_key = CONCAT('refund_closed:', r.mch_id, ':', r.out_refund_no) "
     "LEFT JOIN ledger_entries f ON f.journal_id = k.id "
     "AND f.account = CONCAT('provider:', r.mch_id) "
     "WHERE COALESCE(e.amount_fen, 0) + COALESCE(f.amount_fen, 0) <> "
     "IF(r.state IN " CAMPUS_MONEY_LEFT ", -r.amount_fen, 0)"},
    {"refunding_matches",
     "在途退款与账面一致",
     "SELECT 'account refunding' AS place FROM (SELECT "
     "(SELECT COALESCE(SUM(amount_fen), 0) FROM ledger_entries WHERE account = 'refunding') AS a, "
     "(SELECT COALESCE(SUM(amount_fen), 0) FROM refunds WHERE state IN ('processing', 'abnormal')) "
     "AS b) t WHERE t.a <> t.b"},
    {"suspense_matches",
     "待定款项与账面一致",
     "SELECT 'account suspense' AS place FROM (SELECT "
     "(SELECT COALESCE(SUM(amount_fen), 0) FROM ledger_entries WHERE account = 'suspense') AS a, "
     "(SELECT COALESCE(SUM(surplus_fen), 0) FROM payments) AS b) t WHERE t.a + t.b <> 0"},
    {"payments_placed",
     "每笔收款的去向合计等于收款金额",
     "SELECT CONCAT('payment ', p.order_no) AS place FROM payments p "
     "LEFT JOIN orders o ON o.order_no = p.order_no "
     "LEFT JOIN order_lines l ON l.order_id = o.id "
     "GROUP BY p.id, p.order_no, p.amount_fen, p.surplus_fen, p.refund_done_fen "
     "HAVING COALESCE(SUM(l.credited_fen - l.refunded_fen), 0) + p.surplus_fen "
     "+ p.refund_done_fen <> p.amount_fen"},
    {"bills_match_lines",
     "每笔费用的已缴金额等于订单计入减去退款",
     "SELECT CONCAT('bill ', b.id) AS place FROM bills b "
     "LEFT JOIN order_lines l ON l.bill_id = b.id GROUP BY b.id, b.paid_fen "
     "HAVING COALESCE(SUM(l.credited_fen - l.refunded_fen), 0) <> b.paid_fen"},
    {"bills_match_ledger",
     "每笔费用的已缴金额与账面一致",
     "SELECT CONCAT('bill ', b.id) AS place FROM bills b "
     "LEFT JOIN ledger_entries e ON e.bill_id = b.id GROUP BY b.id, b.paid_fen "
     "HAVING COALESCE(SUM(e.amount_fen), 0) + b.paid_fen <> 0"},
    {"bills_within_due",
     "已缴不少于零，不超过应缴",
     "SELECT CONCAT('bill ', id) AS place FROM bills WHERE paid_fen < 0 OR paid_fen > due_fen"},
    {"due_explained",
     "应缴金额等于标准加调整",
     "SELECT CONCAT('bill ', b.id) AS place FROM bills b "
     "LEFT JOIN bill_adjustments a ON a.bill_id = b.id "
     "GROUP BY b.id, b.standard_fen, b.due_fen "
     "HAVING b.standard_fen + COALESCE(SUM(a.amount_fen), 0) <> b.due_fen"},
    {"chosen_bills_live_with_orders",
     "自选的费用在订单关闭后不再应缴",
     "SELECT CONCAT('bill ', id) AS place FROM bills "
     "WHERE chosen = 1 AND live_order_no IS NULL AND due_fen <> paid_fen"},
    {"places_match",
     "每个项目已占名额等于有效报名数，且不超过名额",
     "SELECT CONCAT('item ', i.id) AS place FROM fee_items i "
     "LEFT JOIN sign_ups s ON s.item_id = i.id AND s.live = 1 "
     "GROUP BY i.id, i.places_taken, i.capacity "
     "HAVING COUNT(s.id) <> i.places_taken OR i.places_taken > COALESCE(i.capacity, "
     "i.places_taken)"},
    {"sign_ups_match_orders",
     "报名与其订单的状态一致",
     "SELECT CONCAT('sign-up ', s.id) AS place FROM sign_ups s "
     "LEFT JOIN orders o ON o.order_no = s.order_no "
     "LEFT JOIN order_lines l ON l.order_id = o.id "
     "WHERE (s.live IS NOT NULL) <> (s.state IN ('held', 'done')) "
     "OR (s.state = 'held') <> COALESCE(o.state IN ('opened', 'awaiting'), 0) "
     "OR (s.order_no IS NOT NULL AND (s.state = 'done') "
     "<> COALESCE(l.credited_fen > l.refunded_fen, 0))"},
    {"top_ups_match_orders",
     "充值与其订单的状态一致，已支付的充值都有送达通知",
     "SELECT CONCAT('top-up ', t.order_no) AS place FROM top_ups t "
     "LEFT JOIN orders o ON o.order_no = t.order_no "
     "LEFT JOIN order_lines l ON l.order_id = o.id AND l.bill_id = t.bill_id "
     "LEFT JOIN outbox m ON m.business_key = CONCAT('top_up:', t.order_no) "
     "WHERE l.bill_id IS NULL OR l.amount_fen <> t.amount_fen "
     "OR (t.live IS NOT NULL) <> (t.state = 'open') "
     "OR (t.state = 'open') <> (o.state IN ('opened', 'awaiting')) "
     "OR (t.state = 'paid') <> (l.credited_fen > 0) OR (t.state = 'paid') <> (m.id IS NOT NULL)"},
    {"held_bills_have_orders",
     "被占用的费用都在一笔未完成的订单中",
     "SELECT CONCAT('bill ', b.id) AS place FROM bills b "
     "LEFT JOIN orders o ON o.order_no = b.live_order_no "
     "WHERE b.live_order_no IS NOT NULL "
     "AND (o.id IS NULL OR o.state NOT IN ('opened', 'awaiting'))"},
    {"live_orders_hold_bills",
     "未完成的订单占用其全部费用",
     "SELECT CONCAT('order ', o.order_no) AS place FROM orders o "
     "JOIN order_lines l ON l.order_id = o.id JOIN bills b ON b.id = l.bill_id "
     "WHERE o.state IN ('opened', 'awaiting') "
     "AND (b.live_order_no IS NULL OR b.live_order_no <> o.order_no)"},
    {"orders_add_up",
     "订单金额等于各行之和",
     "SELECT CONCAT('order ', o.order_no) AS place FROM orders o "
     "LEFT JOIN order_lines l ON l.order_id = o.id GROUP BY o.id, o.order_no, o.amount_fen "
     "HAVING COALESCE(SUM(l.amount_fen), 0) <> o.amount_fen"},
    {"paid_orders_have_payments",
     "已支付的订单恰有一笔同额收款",
     "SELECT CONCAT('order ', o.order_no) AS place FROM orders o "
     "LEFT JOIN payments p ON p.order_no = o.order_no WHERE o.state IN ('paid', 'paid_late') "
     "AND (p.id IS NULL OR p.amount_fen <> o.amount_fen OR p.mch_id <> o.mch_id "
     "OR o.transaction_id IS NULL OR p.transaction_id <> o.transaction_id)"},
    {"payments_have_paid_orders",
     "收款对应的订单均为已支付",
     "SELECT CONCAT('payment ', p.order_no) AS place FROM payments p "
     "JOIN orders o ON o.order_no = p.order_no "
     "WHERE o.state NOT IN ('paid', 'paid_late') AND p.surplus_fen + p.refund_done_fen "
     "<> p.amount_fen"},
    {"family_orders_are_the_students",
     "代付链接的订单都是该学生的订单，金额只来自其费用",
     "SELECT CONCAT('family link ', f.id) AS place FROM family_links f "
     "LEFT JOIN orders o ON o.order_no = f.order_no "
     "LEFT JOIN family_orders x ON x.order_no = f.order_no AND x.link_id = f.id "
     "WHERE f.order_no IS NOT NULL AND (o.id IS NULL OR x.order_no IS NULL "
     "OR o.person_id <> f.person_id) "
     "UNION ALL SELECT CONCAT('family order ', x.order_no) FROM family_orders x "
     "JOIN orders o ON o.order_no = x.order_no JOIN order_lines l ON l.order_id = o.id "
     "LEFT JOIN family_link_bills b ON b.link_id = x.link_id AND b.bill_id = l.bill_id "
     "WHERE b.bill_id IS NULL"},
    {"refunds_within_payment",
     "退款从不超过收款",
     "SELECT CONCAT('payment ', order_no) AS place FROM payments "
     "WHERE refund_done_fen < 0 OR refund_done_fen > refund_held_fen "
     "OR refund_held_fen > amount_fen OR surplus_held_fen < 0 OR surplus_held_fen > surplus_fen"},
    {"refunds_match_payment",
     "收款上的退款占用与退款单一致",
     "SELECT CONCAT('payment ', p.order_no) AS place FROM payments p "
     "LEFT JOIN refunds r ON r.mch_id = p.mch_id AND r.transaction_id = p.transaction_id "
     "GROUP BY p.id, p.order_no, p.refund_held_fen, p.refund_done_fen "
     "HAVING COALESCE(SUM(IF(r.state IN " CAMPUS_MONEY_FREE
     ", 0, r.amount_fen)), 0) <> p.refund_held_fen "
     "OR COALESCE(SUM(IF(r.state = 'success', r.amount_fen, 0)), 0) <> p.refund_done_fen"},
    {"refund_lines_match",
     "订单各行的退款占用与退款单一致",
     "SELECT CONCAT('order ', o.order_no, ' line ', l.line_no) AS place FROM order_lines l "
     "JOIN orders o ON o.id = l.order_id LEFT JOIN refunds r ON r.order_no = o.order_no "
     "LEFT JOIN refund_lines x ON x.refund_id = r.id AND x.line_no = l.line_no "
     "GROUP BY l.order_id, l.line_no, o.order_no, l.refund_held_fen, l.refunded_fen, "
     "l.credited_fen HAVING l.refund_held_fen > l.credited_fen "
     "OR COALESCE(SUM(IF(r.state IN " CAMPUS_MONEY_FREE
     ", 0, x.amount_fen)), 0) <> l.refund_held_fen "
     "OR COALESCE(SUM(IF(r.state = 'success', x.amount_fen, 0)), 0) <> l.refunded_fen"},
    {"refunds_add_up",
     "退款金额等于各行之和",
     "SELECT CONCAT('refund ', r.out_refund_no) AS place FROM refunds r "
     "LEFT JOIN refund_lines x ON x.refund_id = r.id GROUP BY r.id, r.out_refund_no, r.amount_fen "
     "HAVING COALESCE(SUM(x.amount_fen), 0) <> r.amount_fen"},
    {"released_by_another",
     "退款由另一人复核",
     "SELECT CONCAT('refund ', out_refund_no) AS place FROM refunds "
     "WHERE origin = 'asked' AND state NOT IN ('asked', 'rejected') "
     "AND (decided_by IS NULL OR decided_by = asked_by)"},
    {"students_told",
     "每笔收款和退款都有给学生的消息",
     "SELECT CONCAT('payment ', p.order_no) AS place FROM payments p "
     "JOIN orders o ON o.order_no = p.order_no "
     "LEFT JOIN outbox m ON m.business_key = CONCAT('paid:', p.order_no) "
     "WHERE o.state IN ('paid', 'paid_late') AND m.id IS NULL "
     "UNION ALL SELECT CONCAT('refund ', r.out_refund_no) FROM refunds r "
     "LEFT JOIN outbox m ON m.business_key = CONCAT('refunded:', r.out_refund_no) "
     "WHERE r.state = 'success' AND r.person_id IS NOT NULL AND m.id IS NULL"},
    {"notices_have_payments",
     "已受理的支付通知都有收款记录",
     "SELECT CONCAT('notice ', n.notice_id) AS place FROM notices n "
     "LEFT JOIN payments p ON p.order_no = n.order_no "
     "WHERE n.event_type = 'TRANSACTION.SUCCESS' AND n.outcome IN ('applied', 'late', 'repeated') "
     "AND p.id IS NULL"},
    {"fees_match_days",
     "已记账的手续费与对账单一致",
     "SELECT CONCAT('fees ', d.day, ' ', d.mch_id) AS place FROM reconciliation_days d "
     "LEFT JOIN ledger_journals j ON j.kind = 'fees' "
     "AND (j.business_key = CONCAT('fees:', d.mch_id, ':', d.day) "
     "OR j.business_key LIKE CONCAT('fees:', d.mch_id, ':', d.day, ':%')) "
     "LEFT JOIN ledger_entries e ON e.journal_id = j.id "
     "AND e.account = CONCAT('fees:', d.mch_id) WHERE d.state <> 'open' "
     "GROUP BY d.day, d.mch_id, d.booked_fees_fen "
     "HAVING COALESCE(SUM(e.amount_fen), 0) <> d.booked_fees_fen"},
    {"fees_have_days",
     "每笔手续费分录都有对账单，每笔划转都有人决定",
     "SELECT CONCAT('journal ', j.business_key) AS place FROM ledger_journals j "
     "LEFT JOIN reconciliation_days d "
     "ON d.day = SUBSTRING_INDEX(SUBSTRING_INDEX(j.business_key, ':', 3), ':', -1) "
     "AND d.mch_id = SUBSTRING_INDEX(SUBSTRING_INDEX(j.business_key, ':', 2), ':', -1) "
     "WHERE j.kind = 'fees' AND d.day IS NULL "
     "UNION ALL SELECT CONCAT('journal ', j.business_key) FROM ledger_journals j "
     "LEFT JOIN reconciliation_differences x ON x.kind = 'flow_other' "
     "AND x.resolution = 'booked' "
     "AND j.business_key = CONCAT('transfer:', x.mch_id, ':', x.business_key) "
     "WHERE j.kind = 'transfer' AND x.id IS NULL"},
    {"balanced_days_decided",
     "相符和已结账的日子没有未处理的差异",
     "SELECT CONCAT('difference ', x.day, ' #', x.number) AS place "
     "FROM reconciliation_differences x JOIN reconciliation_days d "
     "ON d.day = x.day AND d.mch_id = x.mch_id "
     "WHERE d.state IN ('balanced', 'closed') AND x.state <> 'resolved'"},
    {"closed_days_stand",
     "已结账的日子没有再记账，结账时的链条未变",
     "SELECT CONCAT('day ', d.day, ' ', d.mch_id) AS place FROM reconciliation_days d "
     "LEFT JOIN ledger_journals at ON at.seq = d.closed_seq "
     "WHERE d.state = 'closed' AND ((d.closed_seq > 0 AND (at.id IS NULL "
     "OR at.hash <> d.closed_hash)) OR EXISTS (SELECT 1 FROM ledger_journals j "
     "WHERE j.seq > d.closed_seq AND j.value_ms < d.ends_ms) OR d.ends_ms > "
     "(SELECT closed_until_ms FROM ledger_chain WHERE id = 1))"},
    {"admins_counted",
     "可登录的管理员人数与计数一致",
     "SELECT CONCAT('admins ', t.found, ', counted ', t.counted) AS place FROM (SELECT "
     "(SELECT COUNT(*) FROM operators WHERE role = 'admin' AND disabled = 0 "
     "AND password_must_change = 0) AS found, "
     "(SELECT able_admins FROM operator_guard WHERE id = 1) AS counted) t "
     "WHERE t.found <> t.counted"},
    {"chain_complete",
     "分录编号连续",
     "SELECT CONCAT('journals ', t.found, ', head ', t.head) AS place FROM (SELECT "
     "(SELECT COUNT(*) FROM ledger_journals WHERE seq IS NOT NULL) AS found, "
     "(SELECT seq FROM ledger_chain WHERE id = 1) AS head) t WHERE t.found <> t.head"},
};

constexpr auto journals_after =
    "SELECT seq, id, kind, business_key, booked_ms, value_ms, hash FROM ledger_journals "
    "WHERE seq > ? ORDER BY seq LIMIT ?";

constexpr auto entries_between =
    "SELECT j.seq, e.account, e.person_id, e.bill_id, e.amount_fen FROM ledger_entries e "
    "JOIN ledger_journals j ON j.id = e.journal_id WHERE j.seq > ? AND j.seq <= ? "
    "ORDER BY j.seq, e.line_no";

struct stored_journal {
    chained_journal content;
    std::string hash;
};

std::vector<stored_journal> read_piece(connection& db, std::int64_t after, int count) {
    std::vector<stored_journal> out;
    auto found = db.select(journals_after, after, count);
    while (found.next()) {
        stored_journal one;
        one.content.seq = found.i64("seq");
        one.content.id = found.i64("id");
        one.content.kind = found.text("kind");
        one.content.business_key = found.text("business_key");
        one.content.booked_at = found.i64("booked_ms");
        one.content.value_at = found.maybe_i64("value_ms").value_or(0);
        one.hash = found.maybe_bytes("hash").value_or("");
        out.push_back(std::move(one));
    }
    if (out.empty()) return out;
    auto entries = db.select(entries_between, after, out.back().content.seq);
    std::size_t at = 0;
    while (entries.next()) {
        while (at < out.size() && out[at].content.seq < entries.i64("seq")) ++at;
        if (at == out.size()) break;
        out[at].content.entries.push_back(
            {entries.text("account"),
             entries.maybe_i64("person_id"),
             entries.maybe_i64("bill_id"),
             entries.fen("amount_fen")}
        );
    }
    return out;
}

}  // namespace

const std::vector<book_check>& book_checks() {
    return checks;
}

std::vector<std::string> broken_places(connection& db, const book_check& check, int count) {
    auto found = db.select(std::string{check.sql} + " LIMIT ?", count);
    std::vector<std::string> out;
    while (found.next()) out.push_back(found.text("place"));
    return out;
}

chain_walk walk_chain(connection& db, const chain_walk& from, int count) {
    // The head first: what is booked after it is walked in a later piece.
    const auto head = ledger_head(db);
    auto at = from;
    const auto piece = read_piece(db, from.seq, count);
    for (const auto& one : piece) {
        if (one.content.seq > head.seq) break;
        const auto place =
            "journal " + std::to_string(one.content.seq) + " (" + one.content.business_key + ")";
        if (one.content.seq != at.seq + 1) {
            at.flaw = "before " + place + ": a journal is missing";
            return at;
        }
        if (chain_hash(at.hash, one.content) != one.hash) {
            at.flaw = place + ": not what was booked";
            at.booked_at = one.content.booked_at;
            return at;
        }
        at.seq = one.content.seq;
        at.hash = one.hash;
        at.booked_at = one.content.booked_at;
    }
    at.at_end = at.seq == head.seq;
    if (at.at_end && at.hash != head.hash) at.flaw = "the head is not the last journal";
    if (!at.at_end && at.seq == from.seq) {
        at.flaw = "after journal " + std::to_string(at.seq) + ": journals are missing";
    }
    return at;
}

}  // namespace db
