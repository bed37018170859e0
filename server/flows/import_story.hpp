#pragma once

#include <memory>
#include <string>
#include <vector>

#include "db/imports.hpp"
#include "server/base/beijing.hpp"
#include "server/base/csv.hpp"
#include "server/base/vault.hpp"
#include "server/flows/import_report.hpp"

namespace flows {

// What a file is judged with besides itself.
struct import_surroundings {
    const base::vault& vault;
    std::vector<std::string> mch_ids;  // of the configuration, the first is the default
    base::business_day today;
};

// One kind of file. The three steps, in this order; the last two may be run again.
class import_story {
public:
    import_story() = default;
    virtual ~import_story() = default;
    import_story(const import_story&) = delete;
    import_story& operator=(const import_story&) = delete;

    // Each row by itself and against the other rows. The table need not live on.
    virtual void check(const base::csv_table& table, import_report& report) = 0;
    // A unit that only selects: what is stored under the keys of the file.
    virtual void look(db::connection& db) = 0;
    // Pure. Faults that only the stored data shows, the difference, and what to write for it.
    virtual db::import_writes compare(import_report& report) const = 0;
};

std::unique_ptr<import_story> import_students_story(const import_surroundings& around);
std::unique_ptr<import_story> import_bills_story(const import_surroundings& around);
std::unique_ptr<import_story> import_items_story(const import_surroundings& around);
std::unique_ptr<import_story> import_adjustments_story(const import_surroundings& around);

}  // namespace flows
