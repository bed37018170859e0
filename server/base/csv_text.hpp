#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "server/base/error.hpp"

// From the bytes of a table file, as Excel and school systems write them, to UTF-8.
namespace base {

// The file as a whole cannot be read. row counts as Excel does (the first is 1); 0: no single row.
class csv_refusal : public error {
public:
    csv_refusal(std::string code, std::size_t row, std::string sentence);

    const std::string& code() const { return code_; }
    std::size_t row() const { return row_; }

private:
    std::string code_;
    std::size_t row_;
};

struct csv_text {
    std::string utf8;           // without byte order mark
    std::string_view encoding;  // "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"
};

// A byte order mark decides; else what is valid UTF-8 is that, and the rest must be GB18030 (which
// includes GBK and GB2312). Throws csv_refusal for anything else, naming the row of the first byte
// that does not fit, and for workbooks and web pages that only look like a table by their name.
csv_text decode_csv(std::string bytes);

// The row, as Excel counts, in which the byte at `offset` stands.
std::size_t csv_row_at(std::string_view text, std::size_t offset);

// Without blanks at both ends: spaces, line ends, full-width and no-break blanks, and the invisible
// direction marks that Windows dialogs leave on copied numbers.
std::string_view trimmed_text(std::string_view utf8);

// Bytes of the well-formed UTF-8 sequence at the start, 0 where there is none.
std::size_t utf8_sequence_size(std::string_view text);

}  // namespace base
