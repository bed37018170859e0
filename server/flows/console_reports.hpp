#pragma once

#include <string>
#include <vector>

#include "db/reports.hpp"
#include "server/base/beijing.hpp"
#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/flows/jobs.hpp"

// Reports of finance: what is due, paid and owed; what money came and went; who owes.
namespace flows {

// A group of the fees as a page asks for it; the operator's colleges narrow it.
struct fee_question {
    db::fee_group group = db::fee_group::college;
    db::fee_filter filter;  // its scope is set here
};

inline constexpr int fee_rows_max = 500;

struct fee_answer {
    db::fee_report report;
    db::fee_filter_choices choices;
};
base::task<fee_answer> report_fees(parts& with, const console_visitor& who, fee_question asked);

// Money of [from, until] days, both counted, at most a year. Of the whole school: throws
// outside_your_colleges. Throws bad_request for a span that cannot be.
struct money_question {
    db::money_group group = db::money_group::day;
    base::business_day from;
    base::business_day until;
};
struct money_answer {
    std::vector<db::money_row> rows;  // days and hours without money are there, too
};
base::task<money_answer> report_money(
    parts& with, const console_visitor& who, money_question asked
);

// The same for whoever has asked whether it may be seen.
base::task<money_answer> sum_money_of(parts& with, money_question asked);

// The debts that the filter finds, a page of them.
base::task<db::debt_page> report_debts(
    parts& with,
    const console_visitor& who,
    db::fee_filter filter,
    std::optional<db::debt_place> after
);

// ---- As spreadsheets, by jobs. Audited.

// Which export, and of what: what the job keeps as its argument.
base::task<db::job> begin_fee_export(
    parts& with, const console_visitor& who, fee_question asked, std::string request_id
);
base::task<db::job> begin_money_export(
    parts& with, const console_visitor& who, money_question asked, std::string request_id
);
base::task<db::job> begin_debt_export(
    parts& with, const console_visitor& who, db::fee_filter filter, std::string request_id
);
base::task<job_result> export_fees(job_at_work& job);
base::task<job_result> export_money(job_at_work& job);
base::task<job_result> export_debts(job_at_work& job);

}  // namespace flows
