#pragma once

#include <cstdint>
#include <string_view>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

// What one server of all does once: once a day, or once for a key.
namespace db {

// True: the caller has the duty `name` for `key` (a day) for lease_ms, and nobody has finished it.
bool claim_duty(
    connection& db, std::string_view name, std::string_view key, base::epoch_ms lease_ms
);
void finish_duty(connection& db, std::string_view name, std::string_view key);
// Tried in vain: again after `wait_ms`.
void postpone_duty(
    connection& db, std::string_view name, std::string_view key, base::epoch_ms wait_ms
);

}  // namespace db
