#pragma once

#include "db/orders.hpp"
#include "server/base/task.hpp"
#include "server/flows/pay_bills.hpp"

namespace flows {

// Gets the order's prepay id from WeChat, once: whoever holds the claim sends the stored bytes, the
// others wait for what he brings. A prepay id that is still fresh is used again.
base::task<payable> prepare_order(parts& with, db::order live);

}  // namespace flows
