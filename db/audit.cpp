#include "db/audit.hpp"

#include "server/base/ids.hpp"

namespace db {
namespace {

constexpr auto insert_entry =
    "INSERT INTO audit (id, at_ms, actor, action, object, result, request_id) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";

}  // namespace

void append_audit(connection& db, const audit_entry& entry, base::epoch_ms now) {
    db.change(
        insert_entry,
        base::next_id(),
        now,
        entry.actor,
        entry.action,
        entry.object,
        entry.result,
        entry.request_id
    );
}

}  // namespace db
