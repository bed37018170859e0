#include "wechat/pay/bill_table.hpp"

#include <algorithm>

#include "server/base/beijing.hpp"
#include "server/base/encoding.hpp"

namespace wechat::pay {
namespace {

constexpr char backtick = '`';
constexpr std::string_view between_cells = ",`";
constexpr std::size_t columns_max = 200;
constexpr std::size_t id_bytes_max = 64;
constexpr std::size_t word_bytes_max = 256;

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

}  // namespace

bill_table::bill_table(const bill_file& from, std::string_view first_total)
    : lines_{from}, first_total_{first_total} {
    const auto line = next_line();
    if (!line || line->empty() || line->starts_with(backtick)) {
        refuse(bill_fault::header_missing);
    } else {
        read_names(*line, names_);
    }
}

void bill_table::refuse(bill_fault what, std::string_view column) {
    ended_ = true;
    if (refusal_) return;
    refusal_.what = what;
    refusal_.line = lines_.number();
    refusal_.column = column;
}

std::optional<std::string_view> bill_table::next_line() {
    auto line = lines_.next();
    if (!line && lines_.fault() != bill_fault::none) refuse(lines_.fault());
    return line;
}

bool bill_table::read_names(std::string_view line, std::vector<std::string>& into) {
    for (;;) {
        const auto comma = line.find(',');
        const auto name = line.substr(0, comma);
        if (into.size() == columns_max) break;
        into.emplace_back(name);
        if (comma == std::string_view::npos) return true;
        line.remove_prefix(comma + 1);
    }
    refuse(bill_fault::header_missing);
    return false;
}

bill_table::column bill_table::find(std::string_view name) const {
    const auto at = std::find(names_.begin(), names_.end(), name);
    column made{name};
    if (at != names_.end()) made.at = static_cast<std::size_t>(at - names_.begin());
    return made;
}

bill_table::column bill_table::need(std::string_view name) {
    const auto made = find(name);
    if (!made.is_there()) {
        refuse(bill_fault::column_missing, name);
    } else if (std::count(names_.begin(), names_.end(), name) > 1) {
        refuse(bill_fault::column_twice, name);
    }
    return made;
}

bool bill_table::split(std::string_view line, std::size_t wanted) {
    cells_.clear();
    line.remove_prefix(1);
    for (;;) {
        const auto end = line.find(between_cells);
        cells_.push_back(line.substr(0, end));
        if (end == std::string_view::npos || cells_.size() > wanted) break;
        line.remove_prefix(end + between_cells.size());
    }
    if (cells_.size() == wanted) return true;
    refuse(bill_fault::cells_differ);
    return false;
}

bool bill_table::next_row() {
    if (ended_) return false;
    const auto line = next_line();
    if (!line) {
        refuse(bill_fault::totals_missing);
        return false;
    }
    if (line->starts_with(backtick)) return split(*line, names_.size());
    ended_ = true;
    read_totals(*line);
    return false;
}

void bill_table::read_totals(std::string_view names) {
    if (!read_names(names, total_names_)) return;
    if (std::count(total_names_.begin(), total_names_.end(), first_total_) != 1) {
        return refuse(bill_fault::not_a_row);
    }
    const auto line = next_line();
    if (!line || !line->starts_with(backtick)) return refuse(bill_fault::totals_missing);
    totals_line_ = *line;
    if (!split(totals_line_, total_names_.size())) return;
    while (const auto more = next_line()) {
        if (!more->empty()) return refuse(bill_fault::totals_followed);
    }
}

std::optional<std::string_view> bill_table::total(std::string_view name) const {
    const auto at = std::find(total_names_.begin(), total_names_.end(), name);
    if (at == total_names_.end()) return std::nullopt;
    return cells_[static_cast<std::size_t>(at - total_names_.begin())];
}

std::string_view bill_table::cell(const column& where) const {
    return where.is_there() ? cells_[where.at] : std::string_view{};
}

base::epoch_ms bill_table::time(const column& where) {
    const auto text = cell(where);
    if (text.size() == 19 && text[10] == ' ') {
        std::string written{text};
        written[10] = 'T';
        if (const auto read = base::parse_rfc3339(written + "+08:00")) return *read;
    }
    refuse(bill_fault::bad_time, where.name);
    return 0;
}

base::fen bill_table::amount(const column& where) {
    const auto read = balance(where);
    if (read < base::fen{}) refuse(bill_fault::bad_amount, where.name);
    return read;
}

base::fen bill_table::balance(const column& where) {
    const auto read = read_fen(cell(where));
    if (!read) refuse(bill_fault::bad_amount, where.name);
    return read.value_or(base::fen{});
}

fine_yuan bill_table::fee(const column& where) {
    const auto read = read_fine(cell(where));
    if (!read) refuse(bill_fault::bad_amount, where.name);
    return read.value_or(fine_yuan{});
}

std::string bill_table::id(const column& where) {
    const auto text = cell(where);
    const bool visible =
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (!visible || text.size() > id_bytes_max) refuse(bill_fault::bad_cell, where.name);
    return std::string{text};
}

std::string bill_table::word(const column& where) {
    const auto text = cell(where);
    if (text.size() > word_bytes_max || !base::is_utf8(text) ||
        std::any_of(text.begin(), text.end(), is_control)) {
        refuse(bill_fault::bad_cell, where.name);
    }
    return std::string{text};
}

bool bill_sum::is(std::string_view printed, std::int64_t unit) const {
    const auto read = read_total(printed);
    std::int64_t worth = 0;
    return read && !__builtin_mul_overflow(sum_, unit, &worth) && read->count() == worth;
}

}  // namespace wechat::pay
