#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "db/bill_files.hpp"
#include "db/jobs.hpp"
#include "server/base/beijing.hpp"
#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/flows/jobs.hpp"
#include "server/flows/mend_day.hpp"
#include "server/flows/reconcile_day.hpp"

// The daily close as finance sees it: a calendar of days, one day with its three sides, and what is
// decided about it. A day is the whole school's, so an operator of some colleges sees none.
namespace flows {

// All merchants of a day together.
struct day_tile {
    std::string day;
    db::day_state state = db::day_state::open;  // the worst of them
    std::string trouble;
    std::int64_t unresolved = 0;
    bool busy = false;  // a run works on it
    db::side_sums bill;
    db::side_sums ours;
    db::side_sums ledger;
};

struct day_calendar {
    std::string month;           // "2026-11"
    std::string today;           // which is not over
    std::string first_day;       // that was ever looked at; "" for none
    std::vector<day_tile> days;  // those that are known, ascending
};

// Throws day_not_found for a month that does not exist.
base::task<day_calendar> month_at_desk(parts& with, const console_visitor& who, std::string month);

struct bill_fact {
    std::string mch_id;
    db::bill_kind kind = db::bill_kind::trade;
    db::kept_bill file;
};

struct day_view {
    day_report report;
    std::vector<bill_fact> files;  // those that are whole
    bool busy = false;
    bool over = false;                                      // the day has ended
    std::map<std::string, std::string, std::less<>> names;  // actor → how people call him
};

// Throws day_not_found: in the future, or no day at all.
base::task<day_view> day_at_desk(parts& with, const console_visitor& who, std::string day);

// A run of the day, as a job. Audited.
base::task<db::job> begin_day_run(
    parts& with, const console_visitor& who, std::string day, std::string request_id
);
base::task<job_result> run_day(job_at_work& job);  // its argument is the day

// Each answers the day afterwards. Throws day_not_mended with a sentence of its own, wechat_unknown
// where WeChat was not clear; a second time is no fault.
base::task<day_view> mend_at_desk(
    parts& with, const console_visitor& who, std::string day, int number, std::string note
);
base::task<day_view> explain_at_desk(
    parts& with, const console_visitor& who, std::string day, int number, std::string note
);
base::task<day_view> close_at_desk(parts& with, const console_visitor& who, std::string day);

struct bill_download {
    db::bill_key key;
    std::string file_name;  // "2026-11-22-1900000001-trade.csv.gz"
    std::int64_t size = 0;  // of what is sent
};

// The bill as it was downloaded. Throws not_found. Audited.
base::task<bill_download> find_bill_file(
    parts& with, const console_visitor& who, std::string day, std::string mch_id, db::bill_kind kind
);
base::task<std::string> bill_file_part(parts& with, const db::bill_key& key, int number);

}  // namespace flows
