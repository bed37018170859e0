#pragma once

#include "server/flows/console_visitors.hpp"
#include "server/flows/order_life.hpp"
#include "server/routes/json.hpp"
#include "server/rules/refund_rules.hpp"

// How orders, refunds and students look at the console; and how filters arrive.
namespace routes {

// As members of an object.
void write_student(
    json_writer& out,
    const db::listed_student& one,
    const flows::console_visitor& who,
    std::string_view id_number = {}
);
void write_listed_order(
    json_writer& out,
    const db::found_order& one,
    const flows::console_visitor& who,
    std::string_view id_number = {}
);
void write_listed_refund(
    json_writer& out,
    const db::listed_refund& one,
    const std::vector<db::deed>& deeds,
    const flows::console_visitor& who
);
void write_deeds(
    json_writer& out, const std::vector<db::deed>& deeds, const flows::console_visitor& who
);
// A member: who did something.
void write_doer(
    json_writer& out,
    std::string_view member,
    std::string_view actor,
    std::string_view display_name,
    const flows::console_visitor& who
);

// Throws base::error{bad_request}.
db::order_filter order_filter_of(const json_object& form);
// As it is kept with a saved search: no more than what the filter knows.
std::string written_filter(const json_object& form);
rules::refund_reason refund_reason_in(const json_object& form);

// A page's end as the page carries it: "<instant>-<id>".
std::optional<db::page_end> page_end_in(const json_object& form);
std::string written(const db::page_end& end);

}  // namespace routes
