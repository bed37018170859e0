#pragma once

#include <string>

#include "server/base/beijing.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// What finance decides about a day: a difference is mended as proposed or explained, and the day is
// closed. Audited; a second time changes nothing.
namespace flows {

struct mend_wish {
    base::business_day day;
    int number = 0;    // of the difference
    std::string by;    // "finance:<name>"
    std::string note;  // may be empty where a booking says enough
};

enum class mend_kind {
    done,
    done_before,
    refused,  // see `why`
    unclear,  // WeChat gave no answer that can be trusted: again in a while
};

struct mend_outcome {
    mend_kind kind = mend_kind::done;
    std::string why;  // Chinese
};

// Does what is proposed for the difference.
base::task<mend_outcome> mend_difference(parts& with, mend_wish wish);
// Accepts it as it is; the note is the reason.
base::task<mend_outcome> explain_difference(parts& with, mend_wish wish);
// Compares once more and closes the day of all merchants. Only when nothing is left to decide and
// no earlier day with movements is open.
base::task<mend_outcome> close_day(parts& with, base::business_day day, std::string by);

}  // namespace flows
