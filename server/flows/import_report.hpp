#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/money.hpp"

// What an import found, shown or did. Texts are for people, in Chinese, with personal data masked.
namespace flows {

enum class import_kind { students, bills, items, adjustments };

std::string_view name_of(import_kind kind);          // "students"
std::string_view chinese_name_of(import_kind kind);  // "学生"

// One thing wrong in the file. row counts as Excel does, 0: the file as a whole; column is the
// heading as the file spells it, "" for the whole row. code is stable, for programs.
struct import_fault {
    std::size_t row = 0;
    std::string column;
    std::string code;
    std::string sentence;
};

// Counts everything and keeps the first ones by row.
class fault_list {
public:
    static constexpr std::size_t kept_max = 200;

    void add(import_fault fault);
    bool empty() const { return total_ == 0; }
    std::size_t total() const { return total_; }
    std::vector<import_fault> first() const;

private:
    std::multimap<std::size_t, import_fault> kept_;
    std::size_t total_ = 0;
};

struct field_change {
    std::string field;
    std::string from;
    std::string to;
};

struct import_line {
    std::size_t row = 0;
    std::string subject;
    std::vector<field_change> fields;  // of a new one: what is worth showing, from = ""
};

// The file disagrees with what is stored in a way that an import must not decide.
struct import_conflict {
    std::size_t row = 0;
    std::string subject;
    std::string code;
    std::string sentence;
};

struct import_difference {
    static constexpr std::size_t lines_kept_max = 10;
    static constexpr std::size_t conflicts_kept_max = 200;

    std::size_t rows_new = 0;
    std::size_t rows_changed = 0;
    std::size_t rows_unchanged = 0;
    std::size_t rows_in_conflict = 0;
    std::vector<import_line> first_new;
    std::vector<import_line> first_changed;
    std::vector<import_conflict> first_conflicts;
    base::fen new_total;      // bills: sum of the new ones
    base::fen changed_total;  // bills: by how much the changed ones grow, may be negative

    bool wants_new_line() const { return first_new.size() < lines_kept_max; }
    bool wants_changed_line() const { return first_changed.size() < lines_kept_max; }
    void add_conflict(import_conflict conflict);
};

enum class import_outcome {
    refused_faults,     // nothing written
    refused_conflicts,  // nothing written
    shown,              // --dry-run: nothing written
    written,
    unchanged,  // everything is there already; only the batch is noted
};

struct import_report {
    import_kind kind = import_kind::students;
    import_outcome outcome = import_outcome::shown;
    std::string encoding;
    std::size_t rows = 0;  // below the heading
    std::vector<std::string> notes;
    fault_list faults;
    import_difference difference;
    std::string sha256;         // of the file, hex
    std::int64_t batch_id = 0;  // import_batches.id when something was noted
};

}  // namespace flows
