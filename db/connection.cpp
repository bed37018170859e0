#include "db/connection.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <cppconn/datatype.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>

#include "db/connection_parts.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

sql::SQLString borrowed(std::string_view text) {
    return {text.data(), text.size()};
}

void bind(sql::PreparedStatement& to, std::span<const value> arguments) {
    struct binder {
        sql::PreparedStatement& to;
        unsigned place;
        void operator()(std::nullptr_t) const { to.setNull(place, sql::DataType::VARCHAR); }
        void operator()(std::int64_t number) const { to.setInt64(place, number); }
        void operator()(std::string_view text) const { to.setString(place, borrowed(text)); }
        // As text, too: it is counted, not terminated, and since client, connection and results
        // share one character set the server converts nothing (tests/db/connection_test.cpp).
        void operator()(blob bytes) const { to.setString(place, borrowed(bytes.bytes)); }
    };
    unsigned place = 0;
    for (const auto& argument : arguments) std::visit(binder{to, ++place}, argument.held());
}

enum class shape { whole, unsigned_whole, text, nothing };

shape shape_of(sql::ResultSetMetaData& columns, unsigned place) {
    switch (columns.getColumnType(place)) {
        case sql::DataType::TINYINT:
        case sql::DataType::SMALLINT:
        case sql::DataType::MEDIUMINT:
        case sql::DataType::INTEGER:
        case sql::DataType::BIGINT:
        case sql::DataType::YEAR:
            return columns.isSigned(place) ? shape::whole : shape::unsigned_whole;
        case sql::DataType::DECIMAL:
        case sql::DataType::NUMERIC:
        case sql::DataType::CHAR:
        case sql::DataType::BINARY:
        case sql::DataType::VARCHAR:
        case sql::DataType::VARBINARY:
        case sql::DataType::LONGVARCHAR:
        case sql::DataType::LONGVARBINARY:
        case sql::DataType::ENUM:
        case sql::DataType::SET:
        case sql::DataType::JSON:
            return shape::text;
        case sql::DataType::SQLNULL:
            return shape::nothing;
        default:
            // Floating point and DATETIME come back changed from this connector.
            throw base::error{
                base::errc::internal,
                "column " + columns.getColumnLabel(place).asStdString() + " has an unfit type"};
    }
}

std::int64_t unsigned_of(const sql::ResultSet& from, unsigned place) {
    const auto number = from.getUInt64(place);
    if (!std::in_range<std::int64_t>(number)) {
        throw base::error{
            base::errc::internal, "a selected number does not fit into 64 signed bits"};
    }
    return static_cast<std::int64_t>(number);
}

}  // namespace

void raise_current() {
    try {
        throw;
    } catch (const sql::SQLException& error) {
        raise(error.getErrorCode(), error.getSQLState(), error.what());
    }
}

sql::PreparedStatement& statement_shelf::get(sql::Connection& link, std::string_view text) {
    if (const auto found = by_text_.find(text); found != by_text_.end()) {
        order_.splice(order_.begin(), order_, found->second);
        return *found->second->statement;
    }
    std::unique_ptr<sql::PreparedStatement> made{link.prepareStatement(borrowed(text))};
    if (order_.size() >= most_) {
        by_text_.erase(order_.back().text);
        order_.pop_back();
    }
    order_.push_front(kept{std::string{text}, std::move(made)});
    by_text_.emplace(order_.front().text, order_.begin());
    return *order_.front().statement;
}

connection::connection(std::unique_ptr<parts> all) : parts_{std::move(all)} {}
connection::~connection() = default;

rows connection::select_with(std::string_view sql, std::span<const value> arguments) {
    ++parts_->statements_run;
    base::crash_point("db.before_statement");
    if (parts_->fault) {
        parts_->fault({fault_point::place::before_statement, parts_->statements_run, sql});
    }
    return translated([&] {
        auto& statement = parts_->statements.get(*parts_->link, sql);
        bind(statement, arguments);
        const std::unique_ptr<sql::ResultSet> from{statement.executeQuery()};
        auto& meta = *from->getMetaData();

        rows all;
        const auto width = meta.getColumnCount();
        std::vector<shape> shapes;
        for (unsigned place = 1; place <= width; ++place) {
            all.columns_.push_back(meta.getColumnLabel(place).asStdString());
            shapes.push_back(shape_of(meta, place));
        }
        all.cells_.reserve(from->rowsCount() * width);
        while (from->next()) {
            for (unsigned place = 1; place <= width; ++place) {
                const auto how = shapes[place - 1];
                if (how == shape::nothing || from->isNull(place)) {
                    all.cells_.emplace_back(nullptr);
                } else if (how == shape::whole) {
                    all.cells_.emplace_back(std::int64_t{from->getInt64(place)});
                } else if (how == shape::unsigned_whole) {
                    all.cells_.emplace_back(unsigned_of(*from, place));
                } else {
                    all.cells_.emplace_back(from->getString(place).asStdString());
                }
            }
        }
        return all;
    });
}

std::int64_t connection::change_with(std::string_view sql, std::span<const value> arguments) {
    if (!parts_->may_write) {
        throw base::error{base::errc::internal, "a unit for reading tried to change something"};
    }
    ++parts_->statements_run;
    base::crash_point("db.before_statement");
    if (parts_->fault) {
        parts_->fault({fault_point::place::before_statement, parts_->statements_run, sql});
    }
    return translated([&] {
        auto& statement = parts_->statements.get(*parts_->link, sql);
        bind(statement, arguments);
        return std::int64_t{statement.executeUpdate()};
    });
}

std::int64_t connection::change_many(
    std::string_view head,
    std::string_view row,
    const std::vector<std::vector<value>>& list,
    std::string_view tail
) {
    // Full pieces share one statement text, so that it is prepared once.
    constexpr std::size_t piece = 50;
    std::int64_t changed = 0;
    std::string text;
    std::vector<value> flat;
    for (std::size_t start = 0; start < list.size(); start += piece) {
        const auto count = std::min(piece, list.size() - start);
        text.assign(head).append(" ");
        flat.clear();
        for (std::size_t at = 0; at < count; ++at) {
            text.append(at == 0 ? "" : ", ").append(row);
            flat.insert(flat.end(), list[start + at].begin(), list[start + at].end());
        }
        if (!tail.empty()) text.append(" ").append(tail);
        changed += change_with(text, flat);
    }
    return changed;
}

std::int64_t connection::last_insert_id() {
    auto found = select("SELECT LAST_INSERT_ID() AS id");
    base::ensure(found.next(), "LAST_INSERT_ID answers one row");
    return found.i64("id");
}

void connection::found_done() {
    parts_->found_done = true;
}

void connection::before_commit(std::function<void(connection&)> step) {
    if (!parts_->may_write) {
        throw base::error{base::errc::internal, "a unit for reading has nothing to commit"};
    }
    parts_->last_steps.push_back(std::move(step));
}

}  // namespace db
