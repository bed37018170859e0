#pragma once

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

namespace flows {

// Tells students what was booked: a template message where the school has one, else a text in the
// chat. One round; answers how many messages it looked at. At least once: each message is leased,
// sent outside any transaction, and settled only by whoever still holds the lease. Several servers
// may do it at once.
base::task<int> send_messages_once(parts& with);

// Writes down what WeChat told about template messages, and counts the outbox for /metrics. True:
// there is more to write down.
base::task<bool> look_after_messages(parts& with);

}  // namespace flows
