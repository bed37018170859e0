#pragma once

#include "server/base/clock.hpp"
#include "server/rules/sending.hpp"

// What becomes of the notice of a top-up after a try. Unlike a message to a student it is repeated
// until the other system has taken it: that system knows each by its number, so a repeat is
// harmless, and somebody has paid for it.
namespace rules {

enum class delivery_end {
    taken,             // the other system has said so
    unsure,            // sent, but no word: perhaps taken
    not_now,           // it could not be reached, or is busy
    not_trusted,       // it refuses our signature: a person must correct something
    refused,           // it says that this top-up is wrong
    going_back,        // the money is on its way back to the payer: not now
    gone_back,         // all of the money went back to the payer
    gone_back_unsure,  // likewise, but an earlier try may have been taken: a person must ask
    partly_gone_back,  // a person must say what is to be handed out
    not_found,
};

message_plan plan_after(delivery_end end, int tries, int jitter);

// Before a try; as rules::plan_before, with more patience.
message_plan plan_delivery(int tries, int strikes, base::epoch_ms created_at, base::epoch_ms now);

// What an HTTP status of the other system means, beside "taken".
delivery_end end_of_status(unsigned status);

}  // namespace rules
