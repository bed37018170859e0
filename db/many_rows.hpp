#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"

// Statements about many rows at once: a round trip for each row would take minutes where this takes
// seconds. Full pieces share one statement text, so that it is prepared once.
namespace db {

inline constexpr std::size_t rows_per_statement = 500;

// head + row + joint + row … + tail, each row with `?` for its values.
struct many_rows {
    std::string_view head;
    std::string_view row;
    std::string_view joint = ", ";
    std::string_view tail = {};
    // Takes the place of `row` for the first one, where only that names and types the columns.
    std::string_view first_row = {};
};

std::string statement_for(const many_rows& shape, std::size_t count);

// fill(values, record) appends the values of one record; they may refer to the record, and to
// nothing that dies before the call ends. last: the values of the tail. Answers the count of rows
// changed.
template <class Record, class Fill>
std::int64_t change_in_pieces(
    connection& db,
    const many_rows& shape,
    std::span<const Record> records,
    Fill fill,
    const std::vector<value>& last = {}
) {
    std::int64_t changed = 0;
    std::vector<value> values;
    for (std::size_t start = 0; start < records.size(); start += rows_per_statement) {
        const auto count = std::min(rows_per_statement, records.size() - start);
        values.clear();
        for (const auto& record : records.subspan(start, count)) fill(values, record);
        values.insert(values.end(), last.begin(), last.end());
        changed += db.change_with(statement_for(shape, count), values);
    }
    return changed;
}

// SELECT … WHERE column IN (…) for any number of keys; each(rows) sees row after row.
template <class Key, class Each>
void select_in_pieces(
    connection& db, std::string_view select_where_in, std::span<const Key> keys, Each each
) {
    const auto text = statement_for({select_where_in, "?", ", ", ")"}, rows_per_statement);
    std::vector<value> values;
    for (std::size_t start = 0; start < keys.size(); start += rows_per_statement) {
        values.clear();
        for (std::size_t i = 0; i < rows_per_statement; ++i) {
            // The last key again and again: the same text for every piece.
            values.emplace_back(keys[std::min(start + i, keys.size() - 1)]);
        }
        auto found = db.select_with(text, values);
        while (found.next()) each(found);
    }
}

}  // namespace db
