#include "db/refund_batches.hpp"

#include <algorithm>
#include <charconv>

#include "db/audit.hpp"
#include "db/listed_rows.hpp"
#include "db/wanted_rows.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

constexpr auto by_request =
    "SELECT id, request_hash FROM refund_batches WHERE asked_by = ? AND request_id = ?";

constexpr auto by_live_key = "SELECT id FROM refund_batches WHERE live_key = ?";

constexpr auto insert_batch =
    "INSERT INTO refund_batches (id, kind, title, note, reason_code, state, live_key, person_id, "
    "left_on, rule, row_count, total_fen, request_id, request_hash, asked_by, asked_ms) "
    "VALUES (?, ?, ?, ?, ?, 'asking', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr auto insert_rows =
    "INSERT INTO refund_batch_rows (batch_id, row_no, order_no, amount_fen, parts, reason) VALUES";

constexpr auto insert_figures =
    "INSERT INTO leaver_figures (batch_id, bill_id, item_name, period, due_fen, paid_fen, "
    "on_its_way_fen, months, months_used, keep_fen, refund_fen, other_way_fen, how) VALUES";

const std::string listed =
    "SELECT b.id, b.kind, b.title, b.note, b.reason_code, b.state, b.person_id, b.left_on, b.rule, "
    "b.row_count, b.total_fen, b.asked_by, b.asked_ms, b.decided_by, b.decided_ms, "
    "b.reject_reason, wa.display_name AS asked_name, wd.display_name AS decided_name "
    "FROM refund_batches b LEFT JOIN operators wa ON b.asked_by = CONCAT('operator:', wa.id) "
    "LEFT JOIN operators wd ON b.decided_by = CONCAT('operator:', wd.id)";

#define CAMPUS_BATCH_ROW                                                                         \
    "SELECT r.row_no, r.order_no, r.amount_fen, r.parts, r.reason, r.out_refund_no, r.problem, " \
    "f.state, " CAMPUS_LISTED_STUDENT                                                            \
    " FROM refund_batch_rows r LEFT JOIN orders o ON o.order_no = r.order_no "                   \
    "LEFT JOIN people p ON p.id = o.person_id "                                                  \
    "LEFT JOIN refunds f ON f.out_refund_no = r.out_refund_no AND f.batch_id = r.batch_id "      \
    "WHERE r.batch_id = ? "

constexpr auto rows_in = CAMPUS_BATCH_ROW "ORDER BY r.row_no";
constexpr auto rows_waiting =
    CAMPUS_BATCH_ROW "AND r.out_refund_no IS NULL AND r.problem IS NULL ORDER BY r.row_no LIMIT ?";

constexpr auto figures_in =
    "SELECT bill_id, item_name, period, due_fen, paid_fen, on_its_way_fen, months, months_used, "
    "keep_fen, refund_fen, other_way_fen, how FROM leaver_figures WHERE batch_id = ? "
    "ORDER BY period DESC, bill_id";

constexpr auto hold_asking =
    "UPDATE refund_batches SET version = version + 1 WHERE id = ? AND state = 'asking'";

constexpr auto settle =
    "UPDATE refund_batch_rows SET out_refund_no = ?, problem = ? "
    "WHERE batch_id = ? AND row_no = ? AND out_refund_no IS NULL AND problem IS NULL";

constexpr auto all_asked =
    "UPDATE refund_batches SET state = 'asked', total_fen = (SELECT COALESCE(SUM(f.amount_fen), 0) "
    "FROM refunds f WHERE f.batch_id = refund_batches.id AND f.state <> 'rejected'), "
    "version = version + 1 WHERE id = ? AND state = 'asking' AND NOT EXISTS (SELECT 1 FROM "
    "refund_batch_rows r WHERE r.batch_id = refund_batches.id AND r.out_refund_no IS NULL "
    "AND r.problem IS NULL)";

// Whoever asked cannot release, and what is released is what he saw.
constexpr auto release =
    "UPDATE refund_batches SET state = 'releasing', decided_by = ?, decided_ms = ?, "
    "version = version + 1 WHERE id = ? AND state = 'asked' AND asked_by <> ? AND total_fen = ?";

constexpr auto reject =
    "UPDATE refund_batches SET state = 'rejected', decided_by = ?, decided_ms = ?, "
    "reject_reason = ?, live_key = NULL, version = version + 1 "
    "WHERE id = ? AND state IN ('asking', 'asked')";

constexpr auto all_released =
    "UPDATE refund_batches SET state = 'released', live_key = IF(kind = 'leaver', NULL, live_key), "
    "version = version + 1 WHERE id = ? AND state = 'releasing' AND NOT EXISTS (SELECT 1 FROM "
    "refunds f WHERE f.batch_id = refund_batches.id AND f.state = 'asked')";

constexpr auto how_it_stands =
    "SELECT state, asked_by, decided_by, decided_ms FROM refund_batches WHERE id = ?";

// Longer than a release of the largest batch lasts.
constexpr base::epoch_ms left_alone_after_ms = 120'000;

constexpr auto undecided =
    "SELECT out_refund_no FROM refunds WHERE batch_id = ? AND state = 'asked' ORDER BY id LIMIT ?";

batch_state state_of(std::string_view text) {
    for (const auto state :
         {batch_state::asking, batch_state::asked, batch_state::releasing, batch_state::released}) {
        if (text == name_of(state)) return state;
    }
    return batch_state::rejected;
}

std::string written(const std::vector<rules::refund_part>& parts) {
    std::string out;
    for (const auto& part : parts) {
        if (!out.empty()) out += ';';
        out += std::to_string(part.line_no) + "=" + std::to_string(part.amount.count());
    }
    return out;
}

std::vector<rules::refund_part> read_parts(std::string_view text) {
    std::vector<rules::refund_part> out;
    while (!text.empty()) {
        const auto piece = text.substr(0, text.find(';'));
        text.remove_prefix(std::min(piece.size() + 1, text.size()));
        const auto sign = piece.find('=');
        base::ensure(sign != std::string_view::npos, "parts of a batch are written by us");
        rules::refund_part part;
        std::int64_t fen = 0;
        std::from_chars(piece.data(), piece.data() + sign, part.line_no);
        std::from_chars(piece.data() + sign + 1, piece.data() + piece.size(), fen);
        part.amount = base::fen{fen};
        out.push_back(part);
    }
    return out;
}

std::vector<batch_row> read_rows(rows found) {
    std::vector<batch_row> out;
    out.reserve(found.size());
    while (found.next()) {
        auto& one = out.emplace_back();
        one.row_no = static_cast<int>(found.i64("row_no"));
        one.order_no = found.text("order_no");
        one.amount = found.fen("amount_fen");
        one.parts = read_parts(found.text("parts"));
        one.reason = found.text("reason");
        one.out_refund_no = found.maybe_text("out_refund_no").value_or("");
        one.problem = found.maybe_text("problem").value_or("");
        if (!found.is_null("state")) one.state = rules::refund_state_of(found.text("state"));
        one.student = listed_student_of(found);
    }
    return out;
}

refund_batch batch_of(const rows& row) {
    refund_batch out;
    out.id = row.i64("id");
    out.kind = row.text("kind") == "leaver" ? batch_kind::leaver : batch_kind::file;
    out.title = row.text("title");
    out.note = row.text("note");
    out.reason_code = row.text("reason_code");
    out.state = state_of(row.text("state"));
    out.person_id = row.maybe_i64("person_id");
    out.left_on = row.maybe_text("left_on").value_or("");
    out.rule = row.text("rule");
    out.row_count = static_cast<int>(row.i64("row_count"));
    out.total = row.fen("total_fen");
    out.asked_by = row.text("asked_by");
    out.asked_by_name = row.maybe_text("asked_name").value_or("");
    out.asked_at = row.i64("asked_ms");
    out.decided_by = row.maybe_text("decided_by").value_or("");
    out.decided_by_name = row.maybe_text("decided_name").value_or("");
    out.decided_at = row.maybe_i64("decided_ms");
    out.reject_reason = row.text("reject_reason");
    return out;
}

// A batch with a row of another college is none of this operator's.
void want_colleges(wanted_rows& into, const std::vector<std::string>& colleges) {
    if (colleges.empty()) return;
    std::string marks;
    for (std::size_t i = 0; i < colleges.size(); ++i) marks += i == 0 ? "?" : ", ?";
    into.add_list(
        "NOT EXISTS (SELECT 1 FROM refund_batch_rows x LEFT JOIN orders o ON o.order_no = "
        "x.order_no LEFT JOIN people p ON p.id = o.person_id WHERE x.batch_id = b.id AND "
        "(p.college IS NULL OR p.college NOT IN (" +
            marks + ")))",
        colleges
    );
}

void insert_draft(connection& db, const batch_draft& draft) {
    const auto& facts = draft.facts;
    base::fen total;
    for (const auto& row : draft.rows) total += row.amount;
    const auto left_on =
        facts.left_on.empty() ? std::optional<std::string>{} : std::optional{facts.left_on};
    db.change(
        insert_batch,
        facts.id,
        name_of(facts.kind),
        facts.title,
        facts.note,
        facts.reason_code,
        draft.live_key,
        facts.person_id,
        left_on,
        facts.rule,
        draft.rows.size(),
        total,
        draft.request_id,
        blob{draft.request_hash},
        facts.asked_by,
        draft.now
    );
    std::vector<std::string> parts;
    parts.reserve(draft.rows.size());
    std::vector<std::vector<value>> list;
    list.reserve(draft.rows.size());
    for (const auto& row : draft.rows) {
        parts.push_back(written(row.parts));
        list.push_back({facts.id, row.row_no, row.order_no, row.amount, parts.back(), row.reason});
    }
    db.change_many(insert_rows, "(?, ?, ?, ?, ?, ?)", list);
    if (draft.figures.empty()) return;
    std::vector<std::vector<value>> figures;
    figures.reserve(draft.figures.size());
    for (const auto& one : draft.figures) {
        figures.push_back(
            {facts.id,
             one.bill_id,
             one.item_name,
             one.period,
             one.due,
             one.paid,
             one.on_its_way,
             one.months,
             one.months_used,
             one.keep,
             one.refund,
             one.other_way,
             one.how}
        );
    }
    db.change_many(insert_figures, "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", figures);
}

std::string object_of(std::int64_t id) {
    return "refund_batch:" + std::to_string(id);
}

}  // namespace

std::string_view name_of(batch_kind kind) {
    return kind == batch_kind::leaver ? "leaver" : "file";
}

std::string_view name_of(batch_state state) {
    switch (state) {
        case batch_state::asking:
            return "asking";
        case batch_state::asked:
            return "asked";
        case batch_state::releasing:
            return "releasing";
        case batch_state::released:
            return "released";
        case batch_state::rejected:
            return "rejected";
    }
    return "rejected";
}

bool batch_of_request(connection& db, std::string_view asked_by, std::string_view request_id) {
    return db.select(by_request, asked_by, request_id).next();
}

std::optional<std::int64_t> live_batch(connection& db, std::string_view live_key) {
    auto found = db.select(by_live_key, live_key);
    if (!found.next()) return std::nullopt;
    return found.i64("id");
}

batch_outcome open_batch(connection& db, const batch_draft& draft) {
    auto before = db.select(by_request, draft.facts.asked_by, draft.request_id);
    if (before.next()) {
        db.found_done();
        const bool same = before.bytes("request_hash") == draft.request_hash;
        return {same ? batch_made::same : batch_made::request_id_reused, before.i64("id")};
    }
    if (const auto live = live_batch(db, draft.live_key)) return {batch_made::live_already, *live};
    // The key decides between two at once: the loser runs again and finds the other one.
    insert_draft(db, draft);
    const auto object = object_of(draft.facts.id);
    append_audit(
        db,
        {draft.facts.asked_by, "refund_batch.ask", object, "done", {}, {}, draft.address},
        draft.now
    );
    return {batch_made::made, draft.facts.id};
}

std::optional<refund_batch> find_batch(
    connection& db, std::int64_t id, const std::vector<std::string>& colleges
) {
    wanted_rows wanted;
    wanted.add("b.id = ?", id);
    want_colleges(wanted, colleges);
    auto found = db.select_with(listed + wanted.text(), wanted.values());
    if (!found.next()) return std::nullopt;
    return batch_of(found);
}

std::vector<batch_row> rows_of_batch(connection& db, std::int64_t id) {
    return read_rows(db.select(rows_in, id));
}

std::vector<batch_row> rows_to_ask(connection& db, std::int64_t id, int count) {
    return read_rows(db.select(rows_waiting, id, count));
}

std::vector<leaver_figure> figures_of_batch(connection& db, std::int64_t id) {
    std::vector<leaver_figure> out;
    auto found = db.select(figures_in, id);
    out.reserve(found.size());
    const auto maybe_int = [&](std::string_view column) {
        const auto number = found.maybe_i64(column);
        return number ? std::optional{static_cast<int>(*number)} : std::nullopt;
    };
    while (found.next()) {
        auto& one = out.emplace_back();
        one.bill_id = found.i64("bill_id");
        one.item_name = found.text("item_name");
        one.period = found.text("period");
        one.due = found.fen("due_fen");
        one.paid = found.fen("paid_fen");
        one.on_its_way = found.fen("on_its_way_fen");
        one.months = maybe_int("months");
        one.months_used = maybe_int("months_used");
        one.keep = found.fen("keep_fen");
        one.refund = found.fen("refund_fen");
        one.other_way = found.fen("other_way_fen");
        one.how = found.text("how");
    }
    return out;
}

std::vector<refund_batch> list_batches(
    connection& db, std::int64_t before, const std::vector<std::string>& colleges, int count
) {
    wanted_rows wanted;
    if (before != 0) wanted.add("b.id < ?", before);
    want_colleges(wanted, colleges);
    auto found = db.select_with(
        listed + wanted.text() + " ORDER BY b.id DESC LIMIT " + std::to_string(count),
        wanted.values()
    );
    std::vector<refund_batch> out;
    out.reserve(found.size());
    while (found.next()) out.push_back(batch_of(found));
    return out;
}

bool hold_batch_while_asking(connection& db, std::int64_t id) {
    return db.change(hold_asking, id) == 1;
}

void settle_row(
    connection& db,
    std::int64_t id,
    int row_no,
    std::string_view out_refund_no,
    std::string_view problem
) {
    const auto some = [](std::string_view text) {
        return text.empty() ? std::optional<std::string_view>{} : std::optional{text};
    };
    db.change(settle, some(out_refund_no), some(problem), id, row_no);
}

void finish_asking(connection& db, std::int64_t id) {
    db.change(all_asked, id);
}

batch_decision begin_release(
    connection& db,
    std::int64_t id,
    std::string_view by,
    std::string_view address,
    base::fen total_seen,
    base::epoch_ms now
) {
    const auto note = [&](std::string_view result) {
        const auto object = object_of(id);
        append_audit(db, {by, "refund_batch.release", object, result, {}, {}, address}, now);
    };
    if (db.change(release, by, now, id, by, total_seen) == 1) {
        note("done");
        return batch_decision::begun;
    }
    auto found = db.select(how_it_stands, id);
    if (!found.next()) return batch_decision::unknown_batch;
    const auto state = state_of(found.text("state"));
    if (state == batch_state::released && found.maybe_text("decided_by") == by) {
        return batch_decision::done_before;
    }
    const bool open = state == batch_state::asked || state == batch_state::releasing;
    if (!open) return batch_decision::not_in_this_state;
    if (found.text("asked_by") == by) {
        note("same_person");
        return batch_decision::same_person;
    }
    if (state == batch_state::asked) return batch_decision::figures_differ;
    // Whoever began goes on; where he does not, somebody else may after a while.
    const bool left_alone = now - found.maybe_i64("decided_ms").value_or(0) >= left_alone_after_ms;
    const bool mine = found.maybe_text("decided_by") == by;
    return mine || left_alone ? batch_decision::begun : batch_decision::not_in_this_state;
}

batch_decision begin_reject(
    connection& db,
    std::int64_t id,
    std::string_view by,
    std::string_view address,
    std::string_view reason,
    base::epoch_ms now
) {
    if (db.change(reject, by, now, reason, id) == 1) {
        const auto object = object_of(id);
        append_audit(db, {by, "refund_batch.reject", object, "done", {}, reason, address}, now);
        return batch_decision::begun;
    }
    auto found = db.select(how_it_stands, id);
    if (!found.next()) return batch_decision::unknown_batch;
    const bool rejected = state_of(found.text("state")) == batch_state::rejected;
    return rejected ? batch_decision::begun : batch_decision::not_in_this_state;
}

std::vector<std::string> undecided_of_batch(connection& db, std::int64_t id, int count) {
    std::vector<std::string> out;
    auto found = db.select(undecided, id, count);
    out.reserve(found.size());
    while (found.next()) out.push_back(found.text("out_refund_no"));
    return out;
}

void finish_release(connection& db, std::int64_t id) {
    db.change(all_released, id);
}

}  // namespace db
