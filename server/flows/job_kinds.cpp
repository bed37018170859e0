#include "server/flows/job_kinds.hpp"

#include <array>

#include "server/flows/console_days.hpp"
#include "server/flows/console_reports.hpp"
#include "server/flows/order_export.hpp"

namespace flows {

std::span<const job_kind> job_kinds() {
    static constexpr std::array all{
        job_kind{"day_run", run_day},
        job_kind{"export_orders", export_orders},
        job_kind{"export_fees", export_fees},
        job_kind{"export_money", export_money},
        job_kind{"export_debts", export_debts},
    };
    return all;
}

}  // namespace flows
