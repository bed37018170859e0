#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "wechat/pay/bill_amount.hpp"
#include "wechat/pay/bill_file.hpp"

// What all daily bills have in common: a line of column names, rows whose cells each begin with a
// backtick, a line of names of totals, the totals. Nothing is quoted, so the two characters ,`
// separate the cells of a row, and a cell that holds them breaks it. UTF-8 with or without BOM,
// CRLF or LF. Columns are found by name: others may come, and move.
namespace wechat::pay {

class bill_lines {
public:
    static constexpr std::size_t line_max = 32UL * 1024;

    explicit bill_lines(const bill_file& from) : pieces_{from.raw(), bill_file::unpacked_max} {}

    // Without its line end; valid until the next call. nullopt at the end, and at a fault.
    std::optional<std::string_view> next();
    std::size_t number() const { return number_; }  // of the last line, from 1
    bill_fault fault() const { return fault_; }

private:
    std::optional<std::string_view> fail(bill_fault why);
    std::optional<std::string_view> checked(std::string_view line);

    bill_pieces pieces_;
    std::string_view piece_;
    std::string held_;  // a line that began in an earlier piece
    std::size_t number_ = 0;
    bill_fault fault_ = bill_fault::none;
};

class bill_table {
public:
    // A column of this table; not there when `at` is npos.
    struct column {
        std::string_view name;
        std::size_t at = std::string_view::npos;
        bool is_there() const { return at != std::string_view::npos; }
    };

    // from must outlive the table. first_total: the name that marks the line of the totals' names.
    bill_table(const bill_file& from, std::string_view first_total);

    column find(std::string_view name) const;
    column need(std::string_view name);  // refuses when it is not there

    // Moves to the next row. False after the last one, when the totals are read, and at a refusal.
    bool next_row();
    std::size_t line() const { return lines_.number(); }
    // A cell of this row, without its backtick. A column that is not there is empty.
    std::string_view cell(const column& where) const;
    // A cell of this row as what it must be; else refuses, and answers nothing in particular.
    base::epoch_ms time(const column& where);  // "2026-11-21 09:15:03", Beijing
    base::fen amount(const column& where);     // never negative
    base::fen balance(const column& where);    // with a sign, perhaps
    fine_yuan fee(const column& where);
    std::string id(const column& where);    // visible ASCII, at most 64; may be empty
    std::string word(const column& where);  // UTF-8 without control characters, at most 256 bytes

    // After the last row. nullopt when there is no such total.
    std::optional<std::string_view> total(std::string_view name) const;

    const bill_refusal& refusal() const { return refusal_; }
    void refuse(bill_fault what, std::string_view column = {});

private:
    std::optional<std::string_view> next_line();
    bool read_names(std::string_view line, std::vector<std::string>& into);
    bool split(std::string_view line, std::size_t wanted);
    void read_totals(std::string_view names);

    bill_lines lines_;
    std::string first_total_;
    std::vector<std::string> names_;
    std::vector<std::string> total_names_;
    std::string totals_line_;
    std::vector<std::string_view> cells_;  // of this row; of the totals after the last
    bool ended_ = false;
    bill_refusal refusal_;
};

// Sums of one column, to be compared with the totals line.
class bill_sum {
public:
    // False beyond 64 bits.
    bool add(std::int64_t count) { return !__builtin_add_overflow(sum_, count, &sum_); }
    std::int64_t count() const { return sum_; }
    // Whether a total, as printed, says the same; `unit` is the worth of one of ours in 1e-5.
    bool is(std::string_view printed, std::int64_t unit) const;

private:
    std::int64_t sum_ = 0;
};

}  // namespace wechat::pay
