#pragma once

#include <vector>

#include "db/imports.hpp"

// The statements behind write_import. The inserts let duplicate_key pass, the updates throw
// import_raced when a row is not as it was seen.
namespace db {

void insert_people(connection& db, const std::vector<stored_person>& people, base::epoch_ms now);
void update_people(connection& db, const std::vector<stored_person>& people, base::epoch_ms now);

void insert_items(connection& db, const std::vector<stored_item>& items, base::epoch_ms now);
void update_items(connection& db, const std::vector<stored_item>& items, base::epoch_ms now);

void insert_bills(connection& db, const std::vector<stored_bill>& bills, base::epoch_ms now);
void update_bills(connection& db, const std::vector<bill_change>& changes, base::epoch_ms now);

}  // namespace db
