#pragma once

#include <string>

#include "db/order_search.hpp"
#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/flows/jobs.hpp"

// The orders that a search finds, as a spreadsheet: a million rows in bounded memory.
namespace flows {

// Audited, without what was looked for: it may name a student.
base::task<db::job> begin_order_export(
    parts& with, const console_visitor& who, db::order_filter wanted, std::string request_id
);
base::task<job_result> export_orders(job_at_work& job);

}  // namespace flows
