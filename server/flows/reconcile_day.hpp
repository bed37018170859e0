#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/day_differences.hpp"
#include "db/reconciliation_days.hpp"
#include "server/base/beijing.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// The daily close: WeChat's bills of a day against our payments, refunds and ledger. What the bill
// alone knows and WeChat confirms is booked; everything else is a named difference.
namespace flows {

struct merchant_day {
    std::string mch_id;
    std::string merchant_name;
    db::reconciliation_day now;
    std::string trouble;  // Chinese: why this run could not compare it
    bool unsure = false;  // some answer of WeChat's was not clear
};

struct day_report {
    std::string day;
    std::vector<merchant_day> merchants;
    std::vector<db::day_difference> differences;
    std::int64_t seen_seq = 0;  // the end of the ledger that was compared

    bool has_trouble() const;
    bool differs() const;
    bool unsure() const;
};

// Once more whenever wanted: what is known already is not written again. Waits for another run of
// the same day; throws base::error{busy} when that does not end.
base::task<day_report> reconcile_day(parts& with, base::business_day day);
// Without looking at WeChat.
base::task<day_report> look_at_day(parts& with, base::business_day day);

// For stories that work on a day they hold.
base::task<db::day_lease> hold_day(parts& with, base::business_day day);
base::task<void> leave_day(parts& with, db::day_lease mine);
std::vector<db::day_scope> scopes_of(const parts& with, base::business_day day);
// With the bills fetched anew, or as they are on file.
enum class bills_from { wechat, file };
base::task<day_report> reconcile_held_day(
    parts& with, db::day_lease mine, base::business_day day, bills_from where
);

}  // namespace flows
