#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/base/money.hpp"

namespace db {

// The whole result of a select, in memory and detached from its connection. Columns go by name; a
// wrong name, a NULL where none is expected or a wrong type throws base::error{internal}.
//
//   auto bills = db.select(my_bills, person_id);
//   while (bills.next()) list.push_back(bill_of(bills));
class rows {
public:
    bool next();  // the first call steps onto the first row
    std::size_t size() const { return width() == 0 ? 0 : cells_.size() / width(); }
    bool empty() const { return cells_.empty(); }

    bool is_null(std::string_view column) const;
    std::int64_t i64(std::string_view column) const;  // also SUM(), which arrives as a decimal
    base::fen fen(std::string_view column) const { return base::fen{i64(column)}; }
    bool flag(std::string_view column) const { return i64(column) != 0; }
    std::string text(std::string_view column) const;
    std::string bytes(std::string_view column) const { return text(column); }

    std::optional<std::int64_t> maybe_i64(std::string_view column) const;
    std::optional<base::fen> maybe_fen(std::string_view column) const;
    std::optional<std::string> maybe_text(std::string_view column) const;
    std::optional<std::string> maybe_bytes(std::string_view column) const {
        return maybe_text(column);
    }

private:
    friend class connection;
    using cell = std::variant<std::nullptr_t, std::int64_t, std::string>;

    std::size_t width() const { return columns_.size(); }
    const cell& at(std::string_view column) const;

    std::vector<std::string> columns_;
    std::vector<cell> cells_;  // row after row
    std::size_t row_ = 0;      // 0: before the first
};

}  // namespace db
