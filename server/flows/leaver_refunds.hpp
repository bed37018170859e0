#pragma once

#include <string>
#include <vector>

#include "db/leavers.hpp"
#include "server/base/beijing.hpp"
#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/flows/parts.hpp"
#include "server/flows/refund_batches.hpp"

// A student leaves: what goes back by the national rule, and the refunds for it, which wait for
// another person.
namespace flows {

struct leaver_bill_figures {
    db::leaver_paid_bill bill;
    rules::leaver_share share;
    rules::leaver_spread spread;
    std::string how;
};

struct leaver_figures {
    db::listed_student student;
    std::string id_number;  // opened, to be masked
    base::business_day left_on;
    std::string rule;
    std::vector<leaver_bill_figures> bills;
    base::fen total;      // through WeChat
    base::fen other_way;  // what WeChat does not take any more
};

// As a batch keeps it.
db::leaver_figure kept_figure(const leaver_bill_figures& one);

// Changes nothing. Throws leaver_not_found.
base::task<leaver_figures> figure_leaver(
    parts& with, const console_visitor& who, std::string student_no, base::business_day left_on
);

struct leaver_request {
    std::string request_id;
    std::string student_no;
    base::business_day left_on;
    base::fen total_seen;
    std::string note;
};

// Throws leaver_not_found, refund_figures_changed, leaver_waits_already, request_id_reused.
base::task<batch_story> ask_leaver_refunds(
    parts& with, const console_visitor& who, leaver_request wanted
);

}  // namespace flows
