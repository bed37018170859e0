#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/csv_text.hpp"

// Tables as schools export them: Excel's CSV in any of its dialects, and what other systems call
// CSV. Understood: UTF-8, GBK/GB18030, UTF-16 ("Unicode text"); comma, semicolon or tab, told by
// the first line that has one, or by Excel's own `sep=;`; CRLF, LF, CR; quoted cells with doubled
// quotes and line breaks; text cells written ="00123" or '00123; blank rows and columns.
//
// The tokeniser is ours because the packaged one (libcsv) accepts a quote that never ends and drops
// blank rows without counting them, and then no fault could be named by its row.
namespace base {

struct csv_limits {
    std::size_t bytes_max = std::size_t{64} << 20U;
    std::size_t rows_max = 200'001;  // that have something in them, the heading included
    std::size_t columns_max = 100;   // to the last one with text
    std::size_t cell_bytes_max = 4096;
};

// Rows that have something in them. Cells are trimmed UTF-8; the table owns the text.
class csv_table {
public:
    std::size_t size() const { return rows_.size(); }
    std::size_t number_of(std::size_t row) const { return rows_[row].number; }  // as Excel counts
    std::size_t width_of(std::size_t row) const { return rows_[row].width; }    // to its last text
    std::string_view cell(std::size_t row, std::size_t column) const;  // "" beyond its width

    std::string_view encoding() const { return encoding_; }
    char separator() const { return separator_; }

private:
    friend class csv_reader;
    struct row_span {
        std::uint32_t number;
        std::uint32_t first;
        std::uint32_t width;
    };
    struct cell_span {
        std::uint32_t start;
        std::uint32_t size;
    };

    std::string text_;
    std::vector<row_span> rows_;
    std::vector<cell_span> cells_;
    std::string_view encoding_;
    char separator_ = ',';
};

// Throws csv_refusal: not_csv, encoding_unknown, file_too_large, file_empty, too_many_rows,
// too_many_columns, cell_too_long, quote_misplaced, quote_never_ends, nul_character.
csv_table read_csv(std::string bytes, const csv_limits& limits = {});

// The same from a file, which is not read beyond the limit. Throws csv_refusal{file_unreadable}
// too.
std::string read_csv_bytes(const std::string& path, const csv_limits& limits = {});

// "1.23457E+17": Excel has shown a long number that way and lost its digits.
bool is_spoiled_number(std::string_view cell);

}  // namespace base
