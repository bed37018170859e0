#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/base/clock.hpp"

namespace base {

// An id for a row: time, then a part drawn at start, then a counter. Made without a shared counter,
// never expected in order; a clash of two processes shows as a duplicate key and is drawn again.
std::int64_t next_id();

// prefix + Beijing time to the second + 10 random characters without look-alikes (50 bits). Fits
// WeChat's out_trade_no (at most 32 of [0-9A-Za-z]) with a prefix of up to 8.
std::string new_order_no(std::string_view prefix, epoch_ms now);

// Names this process in leases: changes with every start.
const std::string& instance_name();

}  // namespace base
