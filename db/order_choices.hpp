#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/connection.hpp"

namespace db {

struct named_item {
    std::int64_t id = 0;
    std::string name;
};

// What filters of orders can be set to. Colleges and the like are those of students; a list stops
// at so many, since nobody scrolls through more.
struct order_choices {
    std::vector<std::string> colleges;
    std::vector<std::string> majors;
    std::vector<std::string> classes;
    std::vector<std::string> grades;
    std::vector<named_item> items;
    std::vector<std::string> periods;  // newest first
};

// colleges: of the operator; none: everybody's.
order_choices list_order_choices(
    connection& db, const std::vector<std::string>& colleges, int most_of_each
);

}  // namespace db
