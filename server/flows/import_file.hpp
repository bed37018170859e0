#pragma once

#include <functional>
#include <string>
#include <vector>

#include "db/pool.hpp"
#include "server/base/vault.hpp"
#include "server/flows/import_report.hpp"

namespace flows {

struct import_request {
    import_kind kind = import_kind::students;
    std::string bytes;     // of the file, at most base::csv_limits::bytes_max
    bool dry_run = false;  // only show the difference
    std::string made_by;   // for the batch and the audit, at most 48 bytes
};

struct import_parts {
    db::pool& pool;
    const base::vault& vault;
    std::vector<std::string> mch_ids;
    // Between comparing and writing; tests let somebody else write there.
    std::function<void()> before_writing = {};
};

// The whole story, blocking: for commands and worker threads. All of the file or nothing is
// written; a second run of the same file finds everything unchanged.
//
// answers  a report whose outcome says what happened; faults and conflicts are answers, too
// throws   base::error{database_unavailable, database_outcome_unknown, internal}, or {busy} when
//          others kept changing the same rows
import_report import_file(const import_parts& with, import_request request);

}  // namespace flows
