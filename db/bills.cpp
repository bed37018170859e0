#include "db/bills.hpp"

#include <algorithm>
#include <string>

#include "server/base/error.hpp"

namespace db {
namespace {

#define CAMPUS_BILL_COLUMNS                                                                   \
    "b.id, b.item_id, i.name AS item_name, i.category, b.period, i.mch_id, i.settle_order, "  \
    "i.required, i.partial_allowed, b.due_fen, b.paid_fen, i.open_from_ms, i.open_until_ms, " \
    "b.pay_before_ms, b.live_order_no, b.chosen, "                                            \
    "(SELECT l.amount_fen FROM orders o JOIN order_lines l ON l.order_id = o.id "             \
    "WHERE o.order_no = b.live_order_no AND l.bill_id = b.id) AS held_fen "

constexpr auto bills_of_person = "SELECT " CAMPUS_BILL_COLUMNS
                                 "FROM bills b JOIN fee_items i ON i.id = b.item_id "
                                 "WHERE b.person_id = ? AND b.due_fen > b.paid_fen "
                                 "AND b.chosen = 0";

// The key's order decides in which order the rows are locked.
constexpr auto lock_some = "SELECT id FROM bills WHERE person_id = ? AND id IN ";
constexpr auto lock_some_tail = " ORDER BY id FOR UPDATE";

constexpr auto read_some =
    "SELECT " CAMPUS_BILL_COLUMNS
    "FROM bills b JOIN fee_items i ON i.id = b.item_id WHERE b.person_id = ? AND b.id IN ";
constexpr auto read_some_tail = " ORDER BY b.id";

constexpr auto terms_of_person =
    "SELECT t.bill_id, t.kind, t.amount_fen, t.until_ms FROM bill_terms t "
    "JOIN bills b ON b.id = t.bill_id WHERE b.person_id = ? ORDER BY t.id";

constexpr auto hold =
    "UPDATE bills SET live_order_no = ?, version = version + 1, changed_ms = ? "
    "WHERE id = ? AND live_order_no IS NULL AND due_fen - paid_fen = ?";

constexpr auto free_all =
    "UPDATE bills SET live_order_no = NULL, version = version + 1, changed_ms = ? "
    "WHERE live_order_no = ?";

constexpr auto credit =
    "UPDATE bills SET paid_fen = paid_fen + ?, live_order_no = NULL, version = version + 1, "
    "changed_ms = ? "
    "WHERE id = ? AND paid_fen + ? <= due_fen AND (live_order_no IS NULL OR live_order_no = ?)";

std::string places(std::size_t count) {
    std::string out{"("};
    for (std::size_t i = 0; i < count; ++i) out += i == 0 ? "?" : ", ?";
    return out + ")";
}

rules::bill bill_of(const rows& row) {
    rules::bill out;
    out.id = row.i64("id");
    out.item_id = row.i64("item_id");
    out.item_name = row.text("item_name");
    const auto category = rules::fee_category_of(row.text("category"));
    base::ensure(category.has_value(), "a fee item has a known category");
    out.category = *category;
    out.period = row.text("period");
    out.mch_id = row.text("mch_id");
    out.settle_order = static_cast<int>(row.i64("settle_order"));
    out.required = row.flag("required");
    out.partial_allowed = row.flag("partial_allowed");
    out.due = row.fen("due_fen");
    out.paid = row.fen("paid_fen");
    out.open_from = row.maybe_i64("open_from_ms");
    out.open_until = row.maybe_i64("open_until_ms");
    out.pay_before = row.maybe_i64("pay_before_ms");
    out.live_order_no = row.maybe_text("live_order_no").value_or("");
    out.held = row.maybe_fen("held_fen").value_or(base::fen{});
    out.chosen = row.flag("chosen");
    return out;
}

// Of each kind the newest term counts.
void add_terms(connection& db, std::int64_t person_id, std::vector<rules::bill>& bills) {
    auto found = db.select(terms_of_person, person_id);
    while (found.next()) {
        const auto bill = std::ranges::find(bills, found.i64("bill_id"), &rules::bill::id);
        if (bill == bills.end()) continue;
        if (found.text("kind") == "loan") {
            bill->loan = found.fen("amount_fen");
            bill->loan_until = found.i64("until_ms");
        } else {
            bill->deferred_until = found.i64("until_ms");
        }
    }
}

}  // namespace

std::vector<rules::bill> unsettled_bills(connection& db, std::int64_t person_id) {
    auto found = db.select(bills_of_person, person_id);
    std::vector<rules::bill> out;
    while (found.next()) out.push_back(bill_of(found));
    add_terms(db, person_id, out);
    return out;
}

std::optional<rules::bill> find_bill(connection& db, std::int64_t person_id, std::int64_t bill_id) {
    const std::vector<value> arguments{person_id, bill_id};
    auto found = db.select_with(read_some + places(1) + read_some_tail, arguments);
    if (!found.next()) return std::nullopt;
    std::vector<rules::bill> out{bill_of(found)};
    add_terms(db, person_id, out);
    return std::move(out.front());
}

std::vector<rules::bill> lock_bills(
    connection& db, std::int64_t person_id, const std::vector<std::int64_t>& ids
) {
    std::vector<rules::bill> out;
    if (ids.empty()) return out;
    std::vector<value> arguments{person_id};
    arguments.insert(arguments.end(), ids.begin(), ids.end());
    const auto list = places(ids.size());
    db.select_with(lock_some + list + lock_some_tail, arguments);
    // Read after the locks were granted: READ COMMITTED then shows the newest rows. Not in one
    // statement, since that would lock the fee items, which all students share.
    auto found = db.select_with(read_some + list + read_some_tail, arguments);
    while (found.next()) out.push_back(bill_of(found));
    add_terms(db, person_id, out);
    return out;
}

bool hold_bill(
    connection& db,
    std::int64_t bill_id,
    std::string_view order_no,
    base::fen owed,
    base::epoch_ms now
) {
    return db.change(hold, order_no, now, bill_id, owed) == 1;
}

void free_bills(connection& db, std::string_view order_no, base::epoch_ms now) {
    db.change(free_all, now, order_no);
}

bool credit_bill(
    connection& db,
    std::int64_t bill_id,
    std::string_view order_no,
    base::fen amount,
    base::epoch_ms now
) {
    return db.change(credit, amount, now, bill_id, amount, order_no) == 1;
}

}  // namespace db
