#pragma once

#include <vector>

#include "db/imports.hpp"
#include "server/base/vault.hpp"
#include "server/flows/import_report.hpp"
#include "server/flows/import_students.hpp"

namespace flows {

// stored: everybody who has a number of the file. Pure but for fresh ids and seals.
db::import_writes student_difference(
    const std::vector<student_line>& lines,
    const std::vector<db::stored_person>& stored,
    const base::vault& vault,
    import_difference& out
);

}  // namespace flows
