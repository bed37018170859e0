#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

// Filters that an operator keeps for himself.
namespace db {

inline constexpr int saved_searches_max = 30;

struct saved_search {
    std::int64_t id = 0;
    std::string name;
    std::string filter;  // as the API wrote it
    base::epoch_ms changed_at = 0;
};

// By name.
std::vector<saved_search> list_saved_searches(connection& db, std::int64_t operator_id);

enum class keep_outcome { kept, name_taken, too_many, unknown_search };

keep_outcome insert_saved_search(
    connection& db, std::int64_t operator_id, const saved_search& made, base::epoch_ms now
);
// Only one of his own.
keep_outcome change_saved_search(
    connection& db, std::int64_t operator_id, const saved_search& wanted, base::epoch_ms now
);
void delete_saved_search(connection& db, std::int64_t operator_id, std::int64_t id);

}  // namespace db
