#include "db/audit.hpp"

#include <utility>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"

namespace db {
namespace {

constexpr auto read_head =
    "SELECT number, hash, began_ms, rows_before FROM audit_chain WHERE id = 1";
constexpr auto lock_head =
    "SELECT number, hash, began_ms, rows_before FROM audit_chain WHERE id = 1 FOR UPDATE";

// The lock orders the writers of one node; the condition decides between two of them.
constexpr auto move_head =
    "UPDATE audit_chain SET number = ?, hash = ? WHERE id = 1 AND number = ? AND hash = ?";

constexpr auto insert_row =
    "INSERT INTO audit (id, at_ms, actor, action, object, result, request_id, detail, address, "
    "number, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

audit_head head_of(rows found) {
    base::ensure(found.next(), "the audit has a head");
    return {
        found.i64("number"), found.bytes("hash"), found.i64("began_ms"), found.i64("rows_before")};
}

// The first `count` characters: a column counts characters, and an audit that fails for a long text
// would fail the deed.
std::string first_characters(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    while (end < text.size() && count > 0) {
        --count;
        ++end;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
    }
    return std::string{text.substr(0, end)};
}

// With its length in front, so that no two rows have one text.
void append_part(std::string& to, std::string_view part) {
    to += std::to_string(part.size());
    to += ':';
    to += part;
}

void chain(connection& db, audit_row row) {
    const auto head = head_of(db.select(lock_head));
    row.number = head.number + 1;
    const auto hash = audit_hash(head.hash, row);
    db.change(
        insert_row,
        row.id,
        row.at,
        row.actor,
        row.action,
        row.object,
        row.result,
        row.request_id,
        row.detail,
        row.address,
        row.number,
        blob{head.hash},
        blob{hash}
    );
    base::ensure(
        db.change(move_head, row.number, blob{hash}, head.number, blob{head.hash}) == 1,
        "the audit has one end"
    );
}

}  // namespace

void append_audit(connection& db, const audit_entry& entry, base::epoch_ms now) {
    audit_row row;
    row.id = base::next_id();
    row.at = now;
    row.actor = first_characters(entry.actor, 64);
    row.action = first_characters(entry.action, 48);
    row.object = first_characters(entry.object, 96);
    row.result = first_characters(entry.result, 48);
    row.request_id = first_characters(entry.request_id, 40);
    row.detail = first_characters(entry.detail, 400);
    row.address = first_characters(entry.address, 64);
    db.before_commit([row = std::move(row)](connection& at_end) { chain(at_end, row); });
}

std::string audit_hash(std::string_view hash_before, const audit_row& row) {
    std::string text{hash_before};
    append_part(text, std::to_string(row.number));
    append_part(text, std::to_string(row.id));
    append_part(text, std::to_string(row.at));
    append_part(text, row.actor);
    append_part(text, row.action);
    append_part(text, row.object);
    append_part(text, row.result);
    append_part(text, row.request_id);
    append_part(text, row.detail);
    append_part(text, row.address);
    return base::sha256(text);
}

audit_head read_audit_head(connection& db) {
    return head_of(db.select(read_head));
}

}  // namespace db
