#include "db/bill_files.hpp"

#include "db/many_rows.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

constexpr int dropped_at_once = 900;

constexpr auto find =
    "SELECT sha1, raw_size, row_count, whole, in_order, opening_fen, closing_fen, fetched_ms "
    "FROM bill_files WHERE day = ? AND mch_id = ? AND kind = ?";

constexpr auto begin =
    "INSERT INTO bill_files (day, mch_id, kind, sha1, raw_size, whole, fetched_ms) "
    "VALUES (?, ?, ?, ?, ?, 0, ?) ON DUPLICATE KEY UPDATE sha1 = VALUES(sha1), "
    "raw_size = VALUES(raw_size), row_count = 0, whole = 0, in_order = 1, opening_fen = NULL, "
    "closing_fen = NULL, fetched_ms = VALUES(fetched_ms), version = version + 1";

constexpr auto drop_rows =
    "DELETE FROM bill_rows WHERE day = ? AND mch_id = ? AND kind = ? ORDER BY line_no LIMIT ?";

constexpr auto drop_parts =
    "DELETE FROM bill_file_parts WHERE day = ? AND mch_id = ? AND kind = ? "
    "ORDER BY part_no LIMIT ?";

constexpr auto insert_part =
    "INSERT INTO bill_file_parts (day, mch_id, kind, part_no, bytes) VALUES (?, ?, ?, ?, ?) "
    "ON DUPLICATE KEY UPDATE part_no = VALUES(part_no)";

// A unit whose COMMIT ended unknown runs again and finds its rows there.
constexpr many_rows insert_rows{
    "INSERT INTO bill_rows (day, mch_id, kind, line_no, what, at_ms, business_no, our_no, "
    "other_no, amount_fen, settled_fen, fee_fine, name) VALUES ",
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ", ",
    " ON DUPLICATE KEY UPDATE line_no = VALUES(line_no)"};

constexpr auto end =
    "UPDATE bill_files SET whole = 1, row_count = ?, in_order = ?, opening_fen = ?, "
    "closing_fen = ?, version = version + 1 "
    "WHERE day = ? AND mch_id = ? AND kind = ? AND sha1 = ? AND whole = 0";

constexpr auto trade_row =
    "SELECT at_ms, business_no, our_no, other_no, amount_fen FROM bill_rows "
    "WHERE mch_id = ? AND day = ? AND kind = 'trade' AND what = ? "
    "AND (business_no = ? OR our_no = ?) ORDER BY line_no LIMIT 1";

constexpr auto movement =
    "SELECT MIN(at_ms) AS at_ms, MIN(business_no) AS business_no, MIN(our_no) AS our_no, "
    "other_no, SUM(amount_fen) AS amount_fen FROM bill_rows "
    "WHERE mch_id = ? AND day = ? AND kind = 'flow' AND other_no = ? GROUP BY other_no";

std::optional<bill_row> row_of(rows found) {
    if (!found.next()) return std::nullopt;
    bill_row out;
    out.at = found.i64("at_ms");
    out.business_no = found.text("business_no");
    out.our_no = found.text("our_no");
    out.other_no = found.text("other_no");
    out.amount = found.fen("amount_fen");
    return out;
}

constexpr auto size_of_parts =
    "SELECT COALESCE(SUM(LENGTH(bytes)), 0) AS size FROM bill_file_parts "
    "WHERE day = ? AND mch_id = ? AND kind = ?";

constexpr auto read_part =
    "SELECT bytes FROM bill_file_parts "
    "WHERE day = ? AND mch_id = ? AND kind = ? AND part_no = ?";

}  // namespace

std::int64_t bill_download_size(connection& db, const bill_key& key) {
    auto found = db.select(size_of_parts, key.of.day, key.of.mch_id, name_of(key.kind));
    base::ensure(found.next(), "a sum answers one row");
    return found.i64("size");
}

std::string bill_part(connection& db, const bill_key& key, int part_no) {
    auto found = db.select(read_part, key.of.day, key.of.mch_id, name_of(key.kind), part_no);
    return found.next() ? found.bytes("bytes") : std::string{};
}

std::string_view name_of(bill_kind kind) {
    return kind == bill_kind::trade ? "trade" : "flow";
}

std::optional<kept_bill> find_bill(connection& db, const bill_key& key) {
    auto found = db.select(find, key.of.day, key.of.mch_id, name_of(key.kind));
    if (!found.next()) return std::nullopt;
    kept_bill out;
    out.sha1 = found.text("sha1");
    out.raw_size = found.i64("raw_size");
    out.rows = found.i64("row_count");
    out.whole = found.flag("whole");
    out.in_order = found.flag("in_order");
    out.opening = found.maybe_fen("opening_fen");
    out.closing = found.maybe_fen("closing_fen");
    out.fetched_at = found.i64("fetched_ms");
    return out;
}

void begin_bill(connection& db, const day_lease& mine, const bill_key& key, const kept_bill& made) {
    hold_day(db, mine);
    db.change(
        begin,
        key.of.day,
        key.of.mch_id,
        name_of(key.kind),
        made.sha1,
        made.raw_size,
        made.fetched_at
    );
}

std::int64_t drop_bill_rows(connection& db, const day_lease& mine, const bill_key& key) {
    hold_day(db, mine);
    const auto kind = name_of(key.kind);
    const auto rows = db.change(drop_rows, key.of.day, key.of.mch_id, kind, dropped_at_once);
    if (rows > 0) return rows;
    // Half a megabyte each: a few at a time.
    return db.change(drop_parts, key.of.day, key.of.mch_id, kind, 4);
}

void keep_bill_part(
    connection& db, const day_lease& mine, const bill_key& key, int part_no, std::string_view bytes
) {
    hold_day(db, mine);
    db.change(insert_part, key.of.day, key.of.mch_id, name_of(key.kind), part_no, blob{bytes});
}

void keep_bill_rows(
    connection& db, const day_lease& mine, const bill_key& key, std::span<const bill_row> rows
) {
    hold_day(db, mine);
    const auto kind = name_of(key.kind);
    change_in_pieces(db, insert_rows, rows, [&](std::vector<value>& into, const bill_row& row) {
        into.insert(
            into.end(),
            {key.of.day,
             key.of.mch_id,
             kind,
             row.line_no,
             row.what,
             row.at,
             row.business_no,
             row.our_no,
             row.other_no,
             row.amount,
             row.settled,
             row.fee_fine,
             row.name}
        );
    });
}

void end_bill(connection& db, const day_lease& mine, const bill_key& key, const kept_bill& made) {
    hold_day(db, mine);
    const auto ended = db.change(
        end,
        made.rows,
        made.in_order,
        made.opening,
        made.closing,
        key.of.day,
        key.of.mch_id,
        name_of(key.kind),
        made.sha1
    );
    if (ended == 1) return;
    const auto before = find_bill(db, key);
    base::ensure(before && before->whole && before->sha1 == made.sha1, "a bill ends as it began");
    db.found_done();
}

std::optional<bill_row> find_trade_row(
    connection& db, const day_scope& of, std::string_view what, std::string_view number
) {
    return row_of(db.select(trade_row, of.mch_id, of.day, what, number, number));
}

std::optional<bill_row> find_movement(
    connection& db, const day_scope& of, std::string_view flow_no
) {
    return row_of(db.select(movement, of.mch_id, of.day, flow_no));
}

}  // namespace db
