#pragma once

#include <string_view>

#include "server/base/clock.hpp"

// What becomes of a message to a student after a try. It leaves at least once. What may have
// arrived is repeated freely only where WeChat recognises a repeat, else rarely and not for ever:
// nobody shall be told the same thing all day.
namespace rules {

enum class message_state { queued, sent, skipped, failed };
std::string_view name_of(message_state state);
message_state message_state_of(std::string_view name);

// How one try ended.
enum class try_end {
    accepted,       // WeChat took it
    not_delivered,  // WeChat took it, and said later that it could not deliver it
    nobody,         // there is nobody to tell
    not_reachable,  // whoever could be told cannot be reached: final, and no fault of ours
    not_found,      // it speaks of something that does not exist
    bad_content,    // refused for what it says: never again unchanged
    unsure,         // it may have arrived
    busy,           // not now
    too_fast,       // nothing more from this account for a minute
    quota,          // nothing more today
    settings,       // a person must correct something; slowly until then
};

struct message_history {
    int tries = 0;   // this one included
    int unsure = 0;  // tries that may have arrived, this one included
    // WeChat delivers the same message to the same person once within ten minutes.
    bool repeat_is_harmless = false;
};

struct message_plan {
    message_state state = message_state::queued;
    std::string_view reason;     // one word; "" when sent
    base::epoch_ms wait_ms = 0;  // until the next try, when queued
    // So long no message of this kind leaves: it is the account that was refused, not a reader.
    base::epoch_ms hold_ms = 0;
};

// now: tells how far tomorrow is. jitter: 0 to 999, drawn by the caller, so that what was refused
// together does not return together.
message_plan plan_after(try_end end, const message_history& so_far, base::epoch_ms now, int jitter);

// Before a try, all by one clock. `tries` and `strikes` include this one; a strike is a claim that
// ended without a word, as when the process died. Queued: go on.
message_plan plan_before(int tries, int strikes, base::epoch_ms created_at, base::epoch_ms now);

// The try broke off by a fault of our own: how long until the next.
base::epoch_ms wait_after_fault_ms(int tries, int jitter);

}  // namespace rules
