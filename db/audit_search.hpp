#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/audit.hpp"
#include "db/connection.hpp"
#include "server/base/clock.hpp"

// The audit as people search it, newest first.
namespace db {

struct audit_place {
    base::epoch_ms at = 0;
    std::int64_t id = 0;
};

// "" and nothing: any.
struct audit_wish {
    std::string actor;          // the whole of it
    std::string action;         // the whole of it ...
    std::string action_prefix;  // ... or its beginning
    std::string object_prefix;
    std::string text;  // any part of object, result, detail or address
    std::optional<base::epoch_ms> from;
    std::optional<base::epoch_ms> until;  // not included
    std::optional<audit_place> before;    // behind the page that was seen
};

struct audit_page {
    std::vector<audit_row> rows;  // number 0: from before the chain
    std::optional<audit_place> next;
};

// At most `count` rows, looked for among the `stretch` newest that the other filters leave over, so
// that a rare text does not read the whole table: such a page may be short and still have a next.
audit_page search_audit(connection& db, const audit_wish& wanted, int count, int stretch);

}  // namespace db
