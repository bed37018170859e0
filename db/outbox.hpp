#pragma once

#include <cstdint>
#include <string_view>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

namespace db {

// Queues a message that leaves after the commit. The key makes it one message however often the
// event is told.
void queue_message(
    connection& db,
    std::string_view kind,
    std::string_view business_key,
    std::int64_t person_id,
    base::epoch_ms now
);

}  // namespace db
