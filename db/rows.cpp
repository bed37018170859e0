#include "db/rows.hpp"

#include <algorithm>
#include <charconv>

#include "server/base/error.hpp"

namespace db {
namespace {

// The column's name is ours; its content must not be in the text.
[[noreturn]] void refuse(std::string_view column, std::string_view why) {
    throw base::error{
        base::errc::internal, "column " + std::string{column} + ": " + std::string{why}};
}

}  // namespace

bool rows::next() {
    if (row_ <= size()) ++row_;
    return row_ <= size();
}

const rows::cell& rows::at(std::string_view column) const {
    const auto found = std::ranges::find(columns_, column);
    if (found == columns_.end()) refuse(column, "not selected");
    if (row_ == 0 || row_ > size()) refuse(column, "read outside of the rows");
    return cells_[(row_ - 1) * width() + static_cast<std::size_t>(found - columns_.begin())];
}

bool rows::is_null(std::string_view column) const {
    return std::holds_alternative<std::nullptr_t>(at(column));
}

std::int64_t rows::i64(std::string_view column) const {
    const auto& found = at(column);
    if (const auto* number = std::get_if<std::int64_t>(&found)) return *number;
    const auto* digits = std::get_if<std::string>(&found);
    if (digits == nullptr) refuse(column, "is NULL");
    std::int64_t number = 0;
    const auto* end = digits->data() + digits->size();
    const auto [stop, error] = std::from_chars(digits->data(), end, number);
    if (error != std::errc{} || stop != end) refuse(column, "is not a whole number");
    return number;
}

std::string rows::text(std::string_view column) const {
    const auto& found = at(column);
    if (const auto* content = std::get_if<std::string>(&found)) return *content;
    refuse(column, is_null(column) ? "is NULL" : "is a number, not text");
}

std::optional<std::int64_t> rows::maybe_i64(std::string_view column) const {
    if (is_null(column)) return std::nullopt;
    return i64(column);
}

std::optional<base::fen> rows::maybe_fen(std::string_view column) const {
    if (is_null(column)) return std::nullopt;
    return fen(column);
}

std::optional<std::string> rows::maybe_text(std::string_view column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
}

}  // namespace db
