#include "server/paper/workbook.hpp"

#include <utility>

#include <xlsxwriter.h>

#include "server/base/beijing.hpp"
#include "server/base/error.hpp"

namespace paper {
namespace {

// A sheet of Excel has 1,048,576.
constexpr std::int64_t rows_of_a_sheet = 1'000'000;

struct closes {
    void operator()(lxw_workbook* book) const {
        // Not ended: nobody wants the file, but its memory has to go.
        workbook_close(book);
    }
};

}  // namespace

struct workbook::state {
    std::unique_ptr<lxw_workbook, closes> book;
    lxw_worksheet* sheet = nullptr;
    lxw_format* head = nullptr;
    lxw_format* money = nullptr;
    std::string title;
    std::vector<column> columns;
    std::int64_t rows = 0;
    int sheets = 0;

    void begin_sheet() {
        ++sheets;
        const auto name = sheets == 1 ? title : title + " " + std::to_string(sheets);
        sheet = workbook_add_worksheet(book.get(), name.c_str());
        base::ensure(sheet != nullptr, "a sheet can be added");
        worksheet_freeze_panes(sheet, 1, 0);
        lxw_col_t at = 0;
        for (const auto& one : columns) {
            worksheet_set_column(sheet, at, at, one.width, nullptr);
            worksheet_write_string(sheet, 0, at, one.title.c_str(), head);
            ++at;
        }
    }

    void write(lxw_row_t row, lxw_col_t at, const cell& one) const {
        if (const auto* text = std::get_if<std::string>(&one)) {
            worksheet_write_string(sheet, row, at, text->c_str(), nullptr);
        } else if (const auto* number = std::get_if<std::int64_t>(&one)) {
            worksheet_write_number(sheet, row, at, static_cast<double>(*number), nullptr);
        } else if (const auto* amount = std::get_if<base::fen>(&one)) {
            // The file format knows no other numbers; up to 2^53 fen each is exact to the fen.
            const auto yuan = static_cast<double>(amount->count()) / 100;
            worksheet_write_number(sheet, row, at, yuan, money);
        }
    }
};

workbook::workbook(
    const std::filesystem::path& file,
    const std::filesystem::path& folder,
    std::string title,
    std::vector<column> columns
)
    : state_{std::make_unique<state>()} {
    auto& it = *state_;
    auto aside = folder.string();
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = aside.data();
    it.book.reset(workbook_new_opt(file.string().c_str(), &options));
    base::ensure(it.book != nullptr, "a workbook can be made");
    it.title = std::move(title);
    it.columns = std::move(columns);
    it.head = workbook_add_format(it.book.get());
    format_set_bold(it.head);
    it.money = workbook_add_format(it.book.get());
    format_set_num_format(it.money, "#,##0.00");
    it.begin_sheet();
}

workbook::~workbook() = default;

void workbook::add(std::span<const cell> row) {
    auto& it = *state_;
    base::ensure(row.size() == it.columns.size(), "a row has a cell for each column");
    if (it.rows > 0 && it.rows % rows_of_a_sheet == 0) it.begin_sheet();
    const auto at_row = static_cast<lxw_row_t>(it.rows % rows_of_a_sheet + 1);
    lxw_col_t at = 0;
    for (const auto& one : row) it.write(at_row, at++, one);
    ++it.rows;
}

std::int64_t workbook::rows() const {
    return state_->rows;
}

void workbook::end() {
    const auto last = static_cast<lxw_row_t>(state_->rows % rows_of_a_sheet);
    const auto columns = static_cast<lxw_col_t>(state_->columns.size());
    if (columns > 0) worksheet_autofilter(state_->sheet, 0, 0, last, columns - 1);
    const auto wrong = workbook_close(state_->book.release());
    if (wrong != LXW_NO_ERROR) throw base::error{base::errc::internal, lxw_strerror(wrong)};
}

std::string instant_text(base::epoch_ms instant) {
    return base::to_minute_text(instant);
}

}  // namespace paper
