#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/order_search.hpp"
#include "server/rules/leaver_rules.hpp"

// What the books know of a student who leaves.
namespace db {

struct leaver {
    listed_student who;
    std::string id_number_sealed;
};

// Those too who have left already; colleges as in order_filter.
std::optional<leaver> find_leaver(
    connection& db, std::string_view student_no, const std::vector<std::string>& colleges
);

struct leaver_paid_bill {
    std::int64_t id = 0;
    std::string item_name;
    rules::leaver_bill facts;
    std::vector<rules::leaver_source> sources;
};

// Bills with money on them, newest period first. Read without locks: what guards is the asking.
std::vector<leaver_paid_bill> paid_bills_of_leaver(connection& db, std::int64_t person_id);

}  // namespace db
