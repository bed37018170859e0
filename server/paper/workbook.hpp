#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/base/clock.hpp"
#include "server/base/money.hpp"

// A spreadsheet (.xlsx), written row after row to a file: memory does not grow with the rows. Drawn
// by libxlsxwriter.
namespace paper {

// Text stays text, also where it is all digits: order numbers have more than a spreadsheet counts.
// A fen becomes yuan that can be summed up; an instant becomes Beijing's date and time, as text.
using cell = std::variant<std::monostate, std::string, std::int64_t, base::fen>;

struct column {
    std::string title;
    int width = 12;  // in digits
};

class workbook {
public:
    // title: of the sheet; at most 28 letters without []:*?/\ and quotes at its ends. Folder: for
    // what the library puts aside while it works. Throws base::error{internal} where the file
    // cannot be made.
    workbook(
        const std::filesystem::path& file,
        const std::filesystem::path& folder,
        std::string title,
        std::vector<column> columns
    );
    ~workbook();
    workbook(const workbook&) = delete;
    workbook& operator=(const workbook&) = delete;

    // As many cells as there are columns. After a million rows another sheet goes on.
    void add(std::span<const cell> row);
    std::int64_t rows() const;
    // Writes the file. Throws base::error{internal}: it is not whole.
    void end();

private:
    struct state;
    std::unique_ptr<state> state_;
};

// "2026-11-22 20:00" for a cell.
std::string instant_text(base::epoch_ms instant);

}  // namespace paper
