#include "server/flows/job_kinds.hpp"

#include <array>

#include "server/flows/console_days.hpp"

namespace flows {

std::span<const job_kind> job_kinds() {
    static constexpr std::array all{
        job_kind{"day_run", run_day},
    };
    return all;
}

}  // namespace flows
