#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// /api/v1/bills, /payments, /orders
void add_order_routes(http::router& table, flows::parts& with);

}  // namespace routes
