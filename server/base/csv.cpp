#include "server/base/csv.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

namespace base {
namespace {

constexpr std::size_t excel_columns_max = 16'384;  // blank ones at the end do no harm

}  // namespace

// Walks over the text once; a cell is written over its own source, since unquoting only shortens.
class csv_reader {
public:
    csv_reader(csv_text source, const csv_limits& limits) : limits_{limits} {
        table_.text_ = std::move(source.utf8);
        table_.encoding_ = source.encoding;
        choose_separator();
    }

    csv_table read() && {
        auto& text = table_.text_;
        while (at_ < text.size()) {
            const auto first = table_.cells_.size();
            do {
                read_cell();
                if (table_.cells_.size() - first > excel_columns_max) refuse_width();
            } while (!row_ended_);
            keep_row(first);
            ++row_;
        }
        if (table_.rows_.empty()) throw csv_refusal{"file_empty", 0, "文件中没有任何内容"};
        return std::move(table_);
    }

private:
    [[noreturn]] void refuse(const char* code, std::string sentence) const {
        throw csv_refusal{code, row_, std::move(sentence)};
    }

    [[noreturn]] void refuse_width() const {
        refuse("too_many_columns", "此行的列数过多，请检查分隔符");
    }

    void choose_separator() {
        auto& text = table_.text_;
        if (text.size() >= 5 && text.starts_with("sep=") && (text.find_first_of("\r\n") == 5)) {
            table_.separator_ = text[4];
            at_ = text.compare(5, 2, "\r\n") == 0 ? 7 : 6;
            return;
        }
        constexpr std::array candidates{',', '\t', ';'};
        std::array<std::size_t, candidates.size()> counts{};
        bool quoted = false;
        for (const char c : text) {
            if (c == '"') quoted = !quoted;
            if (quoted) continue;
            for (std::size_t i = 0; i < candidates.size(); ++i) counts[i] += c == candidates[i];
            const auto most = std::max_element(counts.begin(), counts.end());
            if ((c == '\n' || c == '\r') && *most > 0) break;
        }
        const auto most = std::max_element(counts.begin(), counts.end());
        table_.separator_ = candidates[static_cast<std::size_t>(most - counts.begin())];
    }

    // At the end of a cell: steps over the separator or the line end.
    void step_over() {
        const auto& text = table_.text_;
        row_ended_ = true;
        if (at_ >= text.size()) return;
        if (text[at_] == table_.separator_) row_ended_ = false;
        const bool pair = text[at_] == '\r' && at_ + 1 < text.size() && text[at_ + 1] == '\n';
        at_ += pair ? 2 : 1;
    }

    bool ends_cell(char c) const { return c == table_.separator_ || c == '\n' || c == '\r'; }

    void read_cell() {
        auto& text = table_.text_;
        const auto start = at_;
        while (at_ < text.size() && text[at_] == ' ') ++at_;
        const bool quoted = at_ < text.size() && text[at_] == '"';
        std::size_t end = 0;
        if (quoted) {
            end = unquote(start);
        } else {
            const std::array stops{table_.separator_, '\n', '\r'};
            at_ = std::min(
                text.find_first_of(std::string_view{stops.data(), stops.size()}, at_), text.size()
            );
            end = at_;
        }
        add_cell(start, end);
        step_over();
    }

    // at_ stands on the opening quote. Answers where the unquoted text ends that begins at `to`.
    std::size_t unquote(std::size_t to) {
        auto& text = table_.text_;
        const auto start = to;
        for (++at_;; ++at_) {
            if (at_ >= text.size()) refuse("quote_never_ends", "此行有引号没有结束");
            if (to - start > limits_.cell_bytes_max) {
                refuse("cell_too_long", "此行有单元格过长，可能是引号没有结束");
            }
            if (text[at_] == '"') {
                if (at_ + 1 >= text.size() || text[at_ + 1] != '"') break;
                ++at_;
            }
            text[to++] = text[at_];
        }
        ++at_;
        while (at_ < text.size() && text[at_] == ' ') ++at_;
        if (at_ < text.size() && !ends_cell(text[at_])) {
            refuse("quote_misplaced", "此行的引号位置不正确：引号结束后还有内容");
        }
        return to;
    }

    void add_cell(std::size_t start, std::size_t end) {
        const std::string_view text{table_.text_};
        if (end - start > limits_.cell_bytes_max) refuse("cell_too_long", "此行有单元格过长");
        auto cell = trimmed_text(text.substr(start, end - start));
        if (cell.find('\0') != std::string_view::npos) {
            refuse("nul_character", "此行含有空字符，文件可能已损坏");
        }
        if (cell.size() >= 3 && cell.starts_with("=\"") && cell.ends_with('"')) {
            cell = trimmed_text(cell.substr(2, cell.size() - 3));
        } else if (cell.starts_with('\'')) {
            cell = trimmed_text(cell.substr(1));
        }
        const auto place =
            cell.empty() ? start : static_cast<std::size_t>(cell.data() - text.data());
        table_.cells_.push_back(
            {static_cast<std::uint32_t>(place), static_cast<std::uint32_t>(cell.size())}
        );
    }

    void keep_row(std::size_t first) {
        auto& cells = table_.cells_;
        while (cells.size() > first && cells.back().size == 0) cells.pop_back();
        if (cells.size() == first) return;
        if (cells.size() - first > limits_.columns_max) refuse_width();
        if (table_.rows_.size() >= limits_.rows_max) {
            refuse("too_many_rows", "文件行数过多，请分成几个文件导入（每个不超过20万行）");
        }
        table_.rows_.push_back(
            {static_cast<std::uint32_t>(row_),
             static_cast<std::uint32_t>(first),
             static_cast<std::uint32_t>(cells.size() - first)}
        );
    }

    const csv_limits limits_;
    csv_table table_;
    std::size_t at_ = 0;
    std::size_t row_ = 1;
    bool row_ended_ = false;
};

namespace {

[[noreturn]] void refuse_size(const csv_limits& limits) {
    throw csv_refusal{
        "file_too_large",
        0,
        "文件过大（上限" + std::to_string(limits.bytes_max >> 20U) + "MB），请分成几个文件导入"};
}

}  // namespace

std::string_view csv_table::cell(std::size_t row, std::size_t column) const {
    if (column >= rows_[row].width) return {};
    const auto& where = cells_[rows_[row].first + column];
    return std::string_view{text_}.substr(where.start, where.size);
}

csv_table read_csv(std::string bytes, const csv_limits& limits) {
    if (bytes.size() > limits.bytes_max) refuse_size(limits);
    return csv_reader{decode_csv(std::move(bytes)), limits}.read();
}

std::string read_csv_bytes(const std::string& path, const csv_limits& limits) {
    std::ifstream file{path, std::ios::binary};
    std::string bytes;
    constexpr std::size_t piece = std::size_t{1} << 20U;
    while (file) {
        const auto had = bytes.size();
        bytes.resize(had + piece);
        file.read(bytes.data() + had, piece);
        bytes.resize(had + static_cast<std::size_t>(file.gcount()));
        if (bytes.size() > limits.bytes_max) refuse_size(limits);
    }
    if (!file.eof()) throw csv_refusal{"file_unreadable", 0, "无法读取文件，请检查路径和权限"};
    return bytes;
}

bool is_spoiled_number(std::string_view cell) {
    const auto mark = cell.find_first_of("Ee");
    if (mark == std::string_view::npos || mark == 0) return false;
    auto power = cell.substr(mark + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    constexpr std::string_view digits = "0123456789";
    return !power.empty() && power.find_first_not_of(digits) == std::string_view::npos &&
           cell.substr(0, mark).find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace base
