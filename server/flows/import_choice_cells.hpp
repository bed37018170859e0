#pragma once

#include <string>
#include <vector>

#include "db/imports.hpp"
#include "server/flows/import_cells.hpp"
#include "server/flows/import_columns.hpp"
#include "server/flows/import_report.hpp"

// The columns of an item file that offer an item to whoever wants it. All may be missing: a file
// without them changes nothing of it. A blank cell leaves what is stored, 无 clears it.
namespace flows {

struct choice_cells {
    optional_cell<std::string> description;
    optional_cell<std::string> period;
    optional_cell<base::fen> price;
    optional_cell<base::fen> least;
    optional_cell<base::fen> most;
    optional_cell<std::string> target_label;
    optional_cell<std::string> target_hint;
    optional_cell<std::string> target_pattern;
    optional_cell<std::string> before_text;
    optional_cell<std::string> after_text;
    optional_cell<int> capacity;
    optional_cell<std::string> form;
};

// In the order of read_choice_cells.
std::vector<column_rule> choice_columns();

// `first`: the place of the first of them in the whole list of columns.
choice_cells read_choice_cells(row_reader& row, std::size_t first);

db::stored_choice applied(const choice_cells& cells, db::stored_choice to);

std::vector<field_change> choice_changes(const db::stored_choice& a, const db::stored_choice& b);

// What does not go together in what would be stored. column: its name, for the report.
struct choice_flaw {
    std::string column;
    std::string code;
    std::string sentence;
};

std::vector<choice_flaw> choice_flaws(const db::stored_item& wanted);

}  // namespace flows
