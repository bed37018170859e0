#include "db/verify_audit.hpp"

#include "db/audit.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

constexpr auto rows_after =
    "SELECT number, id, at_ms, actor, action, object, result, request_id, detail, address, "
    "prev_hash, hash FROM audit WHERE number > ? ORDER BY number LIMIT ?";

constexpr auto count_outside =
    "SELECT COUNT(*) AS outside, COUNT(CASE WHEN at_ms < ? THEN 1 END) AS older, "
    "COUNT(CASE WHEN at_ms >= ? THEN 1 END) AS younger FROM audit WHERE number IS NULL";

// So long may servers of the release before stand beside ours.
constexpr base::epoch_ms change_over_ms = 24LL * 3600 * 1000;

audit_row row_of(const rows& from) {
    audit_row out;
    out.number = from.i64("number");
    out.id = from.i64("id");
    out.at = from.i64("at_ms");
    out.actor = from.text("actor");
    out.action = from.text("action");
    out.object = from.text("object");
    out.result = from.text("result");
    out.request_id = from.text("request_id");
    out.detail = from.text("detail");
    out.address = from.text("address");
    return out;
}

void note(audit_walk& at, audit_flaw flaw, std::int64_t broken_at) {
    at.flaw = flaw;
    at.broken_at = broken_at;
}

void look_at_end(connection& db, audit_walk& at, const audit_head& head) {
    if (at.number != head.number) return;
    at.at_end = true;
    if (at.hash != head.hash) return note(at, audit_flaw::wrong_head, at.number);
    auto found = db.select(count_outside, head.began_at, head.began_at + change_over_ms);
    base::ensure(found.next(), "COUNT answers one row");
    at.rows_outside = found.i64("outside");
    if (found.i64("older") != head.rows_before) return note(at, audit_flaw::wrong_before, 0);
    if (found.i64("younger") > 0) note(at, audit_flaw::outside, 0);
}

}  // namespace

std::string sentence_for(audit_flaw flaw, std::int64_t number) {
    const auto row = "第 " + std::to_string(number) + " 条记录";
    switch (flaw) {
        case audit_flaw::none:
            return "";
        case audit_flaw::missing:
            return row + "不见了";
        case audit_flaw::changed:
            return row + "的内容与写入时不同";
        case audit_flaw::unjoined:
            return row + "与前一条接不上，前一条被改写过";
        case audit_flaw::wrong_head:
            return row + "不是链条记下的最后一条";
        case audit_flaw::wrong_before:
            return "链条启用以前的记录条数与当时不同";
        case audit_flaw::outside:
            return "有链条启用以后写入、却不在链条中的记录";
    }
    return "";
}

audit_walk walk_audit(connection& db, const audit_walk& from, int count) {
    // The head first: a row that is written after it belongs to a later piece.
    const auto head = read_audit_head(db);
    auto at = from;
    at.rows = head.number;
    at.rows_outside = head.rows_before;
    auto found = db.select(rows_after, from.number, count);
    while (found.next()) {
        const auto row = row_of(found);
        if (row.number > head.number) break;
        if (row.number != at.number + 1) {
            note(at, audit_flaw::missing, at.number + 1);
            return at;
        }
        if (found.maybe_bytes("prev_hash").value_or("") != at.hash) {
            note(at, audit_flaw::unjoined, row.number);
            return at;
        }
        const auto hash = audit_hash(at.hash, row);
        if (found.maybe_bytes("hash").value_or("") != hash) {
            note(at, audit_flaw::changed, row.number);
            return at;
        }
        at.number = row.number;
        at.hash = hash;
    }
    if (at.number == from.number && at.number < head.number) {
        note(at, audit_flaw::missing, at.number + 1);
        return at;
    }
    look_at_end(db, at, head);
    return at;
}

}  // namespace db
