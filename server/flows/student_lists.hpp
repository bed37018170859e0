#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/bill_story.hpp"
#include "db/orders.hpp"
#include "db/payments.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"
#include "server/rules/fee_rules.hpp"

// What a student sees of his own: arrears, orders, paid items.
namespace flows {

struct period_bills {
    std::string name;
    std::vector<rules::bill> bills;
};

struct arrears {
    base::fen total;
    base::fen payable;          // of it, what the student may pay now
    std::string merchant_name;  // who receives; of the first bill
    std::vector<period_bills> periods;
};

base::task<arrears> arrears_of(parts& with, std::int64_t person_id);

// Throws bill_not_found.
base::task<db::bill_story> story_of_bill(parts& with, std::int64_t person_id, std::int64_t bill_id);

struct order_page {
    std::vector<db::order> orders;
    bool more = false;
};

base::task<order_page> orders_of(parts& with, std::int64_t person_id, db::order_search wanted);

base::task<std::vector<db::paid_item>> paid_items_of(parts& with, std::int64_t person_id);

}  // namespace flows
