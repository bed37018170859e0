#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "db/connection.hpp"

// The WHERE of a search, put together from what was asked for. Texts that came from people are
// arguments of the statement, never part of it.
namespace db {

class wanted_rows {
public:
    wanted_rows() = default;
    // The values refer to texts of its own: a copy's would be another one's.
    wanted_rows(const wanted_rows&) = delete;
    wanted_rows& operator=(const wanted_rows&) = delete;
    wanted_rows(wanted_rows&&) = default;
    wanted_rows& operator=(wanted_rows&&) = default;
    ~wanted_rows() = default;

    // condition has a `?` for each value.
    template <class... Values>
    void add(std::string_view condition, const Values&... values) {
        text_ += text_.empty() ? " WHERE " : " AND ";
        text_ += condition;
        (values_.emplace_back(owned(values)), ...);
    }
    // All that another one wants, as one more condition; it must outlive this one.
    void add_all(const wanted_rows& other) {
        if (other.text_.empty()) return;
        constexpr std::string_view where = " WHERE ";
        text_ += (text_.empty() ? " WHERE " : " AND ") + other.text_.substr(where.size());
        values_.insert(values_.end(), other.values_.begin(), other.values_.end());
    }
    // For a condition with as many `?` as the list is long.
    void add_list(std::string_view condition, const std::vector<std::string>& list) {
        add(condition);
        for (const auto& one : list) values_.emplace_back(owned(one));
    }
    template <class Value>
    void add_in(std::string_view column, const std::vector<Value>& list) {
        if (list.empty()) return;
        std::string marks;
        for (const auto& one : list) {
            marks += marks.empty() ? "?" : ", ?";
            values_.emplace_back(owned(one));
        }
        text_ += text_.empty() ? " WHERE " : " AND ";
        text_ += std::string{column} + " IN (" + marks + ")";
    }
    void add_text(std::string_view column, const std::string& text) {
        if (!text.empty()) add(std::string{column} + " = ?", text);
    }
    void add_beginning(std::string_view column, const std::string& text);

    const std::string& text() const { return text_; }
    const std::vector<value>& values() const { return values_; }

private:
    template <class Value>
    value owned(const Value& one) {
        if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
            return value{std::string_view{kept_.emplace_back(one)}};
        } else {
            return value{one};
        }
    }

    std::string text_;
    std::vector<value> values_;
    std::deque<std::string> kept_;
};

}  // namespace db
