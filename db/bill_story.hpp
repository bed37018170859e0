#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/bill_terms.hpp"
#include "db/connection.hpp"
#include "server/rules/fee_rules.hpp"

// "Why do I owe this?": one bill from its standard to what is left of it.
namespace db {

struct bill_payment {
    std::string order_no;
    base::fen amount;
    base::fen refunded;
    base::epoch_ms paid_at = 0;
};

struct bill_story {
    rules::bill bill;
    base::fen standard;
    std::vector<bill_adjustment> adjustments;  // oldest first
    std::vector<bill_term> terms;              // oldest first
    std::vector<bill_payment> payments;        // oldest first
};

// Of this person only, settled or not.
std::optional<bill_story> find_bill_story(
    connection& db, std::int64_t person_id, std::int64_t bill_id
);

}  // namespace db
