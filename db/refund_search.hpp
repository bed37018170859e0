#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/order_search.hpp"
#include "db/refunds.hpp"

// Refunds as finance looks for them.
namespace db {

struct refund_filter {
    std::string out_refund_no;
    std::string order_no;
    std::string student_no;
    std::string name;  // how it begins
    std::vector<rules::refund_state> states;
    std::string operator_name;  // who asked or decided signs in by it
    std::string asked_by;       // actor
    std::string decided_by;     // actor
    std::string not_asked_by;   // actor: what he may release
    std::optional<std::int64_t> batch_id;
    std::optional<base::epoch_ms> asked_from;
    std::optional<base::epoch_ms> asked_before;
    // Of the operator; none: everybody's, and refunds of money that belongs to no student.
    std::vector<std::string> colleges;
};

struct listed_refund_line {
    int line_no = 0;
    std::string item_name;  // "" for money in suspense
    std::string period;
    base::fen amount;
};

struct listed_refund {
    refund one;
    std::vector<listed_refund_line> lines;
    listed_student student;     // person_id 0: of nobody we know
    std::string asked_by_name;  // of an operator, "" otherwise
    std::string decided_by_name;
};

// Newest first; below: page_end{asked_at, id} of the last one seen.
std::vector<listed_refund> search_refunds(
    connection& db, const refund_filter& wanted, std::optional<page_end> below, int count
);

// By its number, with the right to see it.
std::optional<listed_refund> find_listed_refund(
    connection& db, std::string_view out_refund_no, const std::vector<std::string>& colleges
);

}  // namespace db
