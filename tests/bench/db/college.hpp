#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/private_database.hpp"

// Data for the comparisons: students with three open bills each, and orders over two of them.
namespace bench {

struct awaiting_order {
    std::string order_no;
    std::int64_t amount_fen;
};

void enroll(const support::private_database& database, int students);

// One order for each of the first `count` students.
std::vector<awaiting_order> open_orders(const support::private_database& database, int count);

}  // namespace bench
