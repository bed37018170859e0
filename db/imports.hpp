#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/bill_terms.hpp"
#include "db/connection.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/base/money.hpp"

// Imports in two steps: read what is stored, compare outside any transaction, then write all of the
// difference in one unit. Nothing is locked in between: each write carries what the comparison saw
// (version, amounts, no live order) in its WHERE, or meets a unique key, and one row that has
// changed meanwhile undoes the whole unit by import_raced. The caller then reads again.
//
// One transaction for the whole file, although reliability.md wants them below 1,000 rows: a file
// that stands half in the books is worse than a long transaction, and imports are rare and can be
// tried again. Rows go in statements of at most 500.
namespace db {

// Somebody else wrote between reading and writing. Nothing has been written.
class import_raced : public base::error {
public:
    import_raced()
        : error{base::errc::busy, "what an import compared with has changed meanwhile"} {}
};

// ---- people

struct stored_person {
    std::int64_t id = 0;
    std::optional<std::string> student_no;
    std::string kind;    // current | new
    std::string status;  // active | left
    std::string name;
    std::string id_number_hash;
    std::string id_number_sealed;  // only written, and only for a new row
    std::string gender;            // male | female | unknown
    std::optional<std::string> phone_sealed;
    std::string college;
    std::string major;
    std::string class_name;
    std::string grade;
    std::int64_t version = 1;  // as read; the guard of an update
};

// Whoever has one of the numbers or hashes, each person once.
std::vector<stored_person> people_with(
    connection& db,
    const std::vector<std::string_view>& student_nos,
    const std::vector<std::string_view>& id_number_hashes
);

// ---- fee items

// How an item is offered to whoever wants it: see rules::choice_item.
struct stored_choice {
    std::string description;
    std::string period;
    std::optional<base::fen> price;
    std::optional<base::fen> least;
    std::optional<base::fen> most;
    std::string target_label;
    std::string target_hint;
    std::string target_pattern;
    std::string before_text;
    std::string after_text;
    std::string form;
    std::optional<int> capacity;
    int places_taken = 0;  // as read; never written
};

struct stored_item {
    std::int64_t id = 0;
    std::string name;
    std::string category;
    std::string mch_id;
    bool required = true;
    bool partial_allowed = false;
    int settle_order = 100;
    std::optional<base::epoch_ms> open_from;
    std::optional<base::epoch_ms> open_until;
    stored_choice choice;
    std::int64_t version = 1;
};

std::vector<stored_item> all_items(connection& db);

// ---- bills

struct stored_bill {
    std::int64_t id = 0;
    std::int64_t person_id = 0;
    std::int64_t item_id = 0;
    std::string period;
    base::fen standard;
    base::fen due;
    base::fen paid;
    std::optional<base::epoch_ms> pay_before;
    bool in_live_order = false;
    bool chosen = false;  // the student's own choice: no import changes it
    std::int64_t version = 1;
};

std::vector<stored_bill> bills_of_people(
    connection& db, const std::vector<std::int64_t>& person_ids
);

// From what the comparison saw to what shall be.
struct bill_change {
    stored_bill seen;
    base::fen standard;
    base::fen due;
    std::optional<base::epoch_ms> pay_before;
};

// ---- writing

struct import_batch {
    std::int64_t id = 0;
    std::string_view kind;
    std::string_view file_sha256;  // 32 bytes
    std::int64_t rows_new = 0;
    std::int64_t rows_changed = 0;
    std::int64_t rows_unchanged = 0;
    std::string_view made_by;
};

struct import_writes {
    std::vector<stored_person> new_people;
    std::vector<stored_person> changed_people;  // all columns but the ID number
    std::vector<stored_item> new_items;
    std::vector<stored_item> changed_items;
    std::vector<stored_bill> new_bills;
    std::vector<bill_change> changed_bills;
    std::vector<bill_adjustment> new_adjustments;  // by ascending bill
    std::vector<bill_term> new_terms;
};

// The unit that writes, with the batch row and an audit row. Run again after it has been committed
// (the batch id tells), it does nothing. Throws import_raced.
void write_import(
    connection& db, const import_batch& batch, const import_writes& writes, base::epoch_ms now
);

}  // namespace db
