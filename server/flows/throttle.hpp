#pragma once

#include <string>
#include <string_view>

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// Wrong tries, counted in the database by account and by address, so that all instances count
// together.
namespace flows {

struct throttle_keys {
    std::string account;
    std::string address;
};

// purpose keeps the counts of different doors apart ("" = signing in).
throttle_keys throttle_keys_of(
    const parts& with,
    std::string_view purpose,
    const std::string& account,
    const std::string& address
);

// Wrong tries allowed in an hour.
struct tries_allowed {
    int by_account = 0;
    int by_address = 0;
};

// Counts a try for the account before it is judged, so that many at once cannot slip past the limit
// together. Throws sign_in_throttled.
base::task<void> count_or_refuse(parts& with, const throttle_keys& keys);
base::task<void> count_or_refuse(parts& with, const throttle_keys& keys, tries_allowed most);

// For what costs us something and has no account: throws too_many_requests.
base::task<void> count_by_address(
    parts& with, std::string_view purpose, const std::string& address, int most_in_an_hour
);

}  // namespace flows
