#include "db/bill_terms.hpp"

#include <array>
#include <span>
#include <utility>

#include "db/many_rows.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

constexpr auto select_adjustments =
    "SELECT id, bill_id, kind, amount_fen, reason, paper_no, made_ms FROM bill_adjustments "
    "WHERE bill_id IN (";

constexpr auto select_terms =
    "SELECT id, bill_id, kind, amount_fen, until_ms, reason, paper_no, made_ms FROM bill_terms "
    "WHERE bill_id IN (";

constexpr auto change_due =
    "UPDATE bills SET due_fen = due_fen + ?, version = version + 1, changed_ms = ? "
    "WHERE id = ? AND live_order_no IS NULL AND due_fen + ? >= paid_fen";

constexpr auto insert_adjustment =
    "INSERT INTO bill_adjustments (id, bill_id, kind, amount_fen, reason, paper_no, made_by, "
    "made_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

constexpr auto insert_term =
    "INSERT INTO bill_terms (id, bill_id, kind, amount_fen, until_ms, reason, paper_no, made_by, "
    "made_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr std::array adjustment_words{
    std::pair{adjustment_kind::correction, "correction"},
    std::pair{adjustment_kind::reduction, "reduction"},
    std::pair{adjustment_kind::surcharge, "surcharge"},
};

adjustment_kind adjustment_kind_of(std::string_view text) {
    for (const auto& [kind, word] : adjustment_words) {
        if (word == text) return kind;
    }
    throw base::error{base::errc::internal, "an adjustment of no known kind"};
}

}  // namespace

std::string_view name_of(adjustment_kind kind) {
    for (const auto& [one, word] : adjustment_words) {
        if (one == kind) return word;
    }
    return "correction";
}

std::string_view name_of(term_kind kind) {
    return kind == term_kind::loan ? "loan" : "deferral";
}

std::vector<bill_adjustment> adjustments_of(
    connection& db, const std::vector<std::int64_t>& bill_ids
) {
    std::vector<bill_adjustment> out;
    const auto keep = [&](const rows& row) {
        bill_adjustment one;
        one.id = row.i64("id");
        one.bill_id = row.i64("bill_id");
        one.kind = adjustment_kind_of(row.text("kind"));
        one.amount = row.fen("amount_fen");
        one.reason = row.text("reason");
        one.paper_no = row.text("paper_no");
        one.made_at = row.i64("made_ms");
        out.push_back(std::move(one));
    };
    select_in_pieces(db, select_adjustments, std::span{bill_ids}, keep);
    std::ranges::sort(out, {}, &bill_adjustment::id);
    return out;
}

std::vector<bill_term> terms_of(connection& db, const std::vector<std::int64_t>& bill_ids) {
    std::vector<bill_term> out;
    const auto keep = [&](const rows& row) {
        bill_term one;
        one.id = row.i64("id");
        one.bill_id = row.i64("bill_id");
        one.kind = row.text("kind") == "loan" ? term_kind::loan : term_kind::deferral;
        one.amount = row.fen("amount_fen");
        one.until = row.i64("until_ms");
        one.reason = row.text("reason");
        one.paper_no = row.text("paper_no");
        one.made_at = row.i64("made_ms");
        out.push_back(std::move(one));
    };
    select_in_pieces(db, select_terms, std::span{bill_ids}, keep);
    std::ranges::sort(out, {}, &bill_term::id);
    return out;
}

bool add_adjustment(
    connection& db, const bill_adjustment& made, std::string_view made_by, base::epoch_ms now
) {
    if (db.change(change_due, made.amount, now, made.bill_id, made.amount) != 1) return false;
    db.change(
        insert_adjustment,
        made.id,
        made.bill_id,
        name_of(made.kind),
        made.amount,
        made.reason,
        made.paper_no,
        made_by,
        now
    );
    return true;
}

void add_term(connection& db, const bill_term& made, std::string_view made_by, base::epoch_ms now) {
    db.change(
        insert_term,
        made.id,
        made.bill_id,
        name_of(made.kind),
        made.amount,
        made.until,
        made.reason,
        made.paper_no,
        made_by,
        now
    );
}

}  // namespace db
