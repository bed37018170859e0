#include "db/imports.hpp"

#include <fmt/format.h>

#include "db/audit.hpp"
#include "db/import_writers.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/encoding.hpp"

namespace db {
namespace {

constexpr auto batch_is_there = "SELECT id FROM import_batches WHERE id = ?";

constexpr auto insert_batch =
    "INSERT INTO import_batches (id, kind, file_sha256, rows_new, rows_changed, rows_unchanged, "
    "made_by, made_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

void note(connection& db, const import_batch& batch, base::epoch_ms now) {
    db.change(
        insert_batch,
        batch.id,
        batch.kind,
        blob{batch.file_sha256},
        batch.rows_new,
        batch.rows_changed,
        batch.rows_unchanged,
        batch.made_by,
        now
    );
    const auto actor = fmt::format("command:{}", batch.made_by);
    const auto action = fmt::format("import.{}", batch.kind);
    const auto object =
        fmt::format("batch:{} sha256:{:.16}", batch.id, base::to_hex(batch.file_sha256));
    const auto result = fmt::format(
        "new {} changed {} same {}", batch.rows_new, batch.rows_changed, batch.rows_unchanged
    );
    append_audit(db, {actor, action, object, result, ""}, now);
}

}  // namespace

void write_import(
    connection& db, const import_batch& batch, const import_writes& writes, base::epoch_ms now
) {
    if (!db.select(batch_is_there, batch.id).empty()) {
        db.found_done();
        return;
    }
    try {
        insert_people(db, writes.new_people, now);
        insert_items(db, writes.new_items, now);
        base::crash_point("import.after_new_people");
        insert_bills(db, writes.new_bills, now);
        base::crash_point("import.after_new_bills");
        update_people(db, writes.changed_people, now);
    } catch (const duplicate_key&) {
        throw import_raced{};
    }
    update_items(db, writes.changed_items, now);
    update_bills(db, writes.changed_bills, now);
    for (const auto& one : writes.new_adjustments) {
        if (!add_adjustment(db, one, batch.made_by, now)) throw import_raced{};
    }
    for (const auto& one : writes.new_terms) add_term(db, one, batch.made_by, now);
    base::crash_point("import.after_changes");
    note(db, batch, now);
    base::crash_point("import.after_note");
}

}  // namespace db
