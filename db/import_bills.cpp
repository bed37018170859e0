#include "db/import_writers.hpp"
#include "db/many_rows.hpp"

namespace db {
namespace {

constexpr auto select_bills =
    "SELECT id, person_id, item_id, period, standard_fen, due_fen, paid_fen, pay_before_ms, "
    "live_order_no, chosen, version FROM bills WHERE person_id IN (";

constexpr many_rows insert_rows{
    "INSERT INTO bills (id, person_id, item_id, period, standard_fen, due_fen, pay_before_ms, "
    "created_ms, changed_ms) VALUES ",
    "(?, ?, ?, ?, ?, ?, ?, ?, ?)"};

// The version alone would do as long as every writer bumps it; the money is guarded by itself too:
// an amount changes only while the bill is in no live order, and never below what is paid.
constexpr many_rows update_rows{
    "UPDATE bills AS b JOIN (",
    "SELECT CAST(? AS SIGNED), CAST(? AS SIGNED), CAST(? AS SIGNED), CAST(? AS SIGNED), "
    "CAST(? AS SIGNED), CAST(? AS SIGNED)",
    " UNION ALL ",
    ") AS f ON b.id = f.id SET b.standard_fen = f.standard_fen, b.due_fen = f.due_fen, "
    "b.pay_before_ms = f.pay_before_ms, b.version = b.version + 1, b.changed_ms = ? "
    "WHERE b.version = f.version AND b.due_fen = f.seen_due_fen "
    "AND (f.due_fen = f.seen_due_fen OR (b.live_order_no IS NULL AND f.due_fen >= b.paid_fen))",
    "SELECT CAST(? AS SIGNED) AS id, CAST(? AS SIGNED) AS version, "
    "CAST(? AS SIGNED) AS seen_due_fen, CAST(? AS SIGNED) AS standard_fen, "
    "CAST(? AS SIGNED) AS due_fen, CAST(? AS SIGNED) AS pay_before_ms"};

}  // namespace

std::vector<stored_bill> bills_of_people(
    connection& db, const std::vector<std::int64_t>& person_ids
) {
    std::vector<stored_bill> out;
    const auto keep = [&](const rows& row) {
        stored_bill one;
        one.id = row.i64("id");
        one.person_id = row.i64("person_id");
        one.item_id = row.i64("item_id");
        one.period = row.text("period");
        one.standard = row.fen("standard_fen");
        one.due = row.fen("due_fen");
        one.paid = row.fen("paid_fen");
        one.pay_before = row.maybe_i64("pay_before_ms");
        one.in_live_order = !row.is_null("live_order_no");
        one.chosen = row.flag("chosen");
        one.version = row.i64("version");
        out.push_back(std::move(one));
    };
    select_in_pieces(db, select_bills, std::span{person_ids}, keep);
    return out;
}

void insert_bills(connection& db, const std::vector<stored_bill>& bills, base::epoch_ms now) {
    const auto fill = [now](std::vector<value>& values, const stored_bill& one) {
        values.insert(
            values.end(),
            {one.id,
             one.person_id,
             one.item_id,
             one.period,
             one.standard,
             one.due,
             one.pay_before,
             now,
             now}
        );
    };
    change_in_pieces(db, insert_rows, std::span{bills}, fill);
}

void update_bills(connection& db, const std::vector<bill_change>& changes, base::epoch_ms now) {
    const auto fill = [](std::vector<value>& values, const bill_change& one) {
        values.insert(
            values.end(),
            {one.seen.id, one.seen.version, one.seen.due, one.standard, one.due, one.pay_before}
        );
    };
    const auto changed = change_in_pieces(db, update_rows, std::span{changes}, fill, {now});
    if (changed != static_cast<std::int64_t>(changes.size())) throw import_raced{};
}

}  // namespace db
