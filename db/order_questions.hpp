#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

// What WeChat was asked about an order, and told: for people who look at its life. Nothing is
// decided by it.
namespace db {

enum class question_kind { query, close };
std::string_view name_of(question_kind kind);

struct order_question {
    question_kind kind = question_kind::query;
    std::string answer;  // "paid", "open", "closed", "absent", "unknown", or WeChat's code
    int times = 0;
    base::epoch_ms first_at = 0;
    base::epoch_ms last_at = 0;
};

// Equal answers are counted together.
void note_question(
    connection& db,
    std::string_view order_no,
    question_kind kind,
    std::string_view answer,
    base::epoch_ms now
);

// Oldest first.
std::vector<order_question> questions_of_order(connection& db, std::string_view order_no);

}  // namespace db
