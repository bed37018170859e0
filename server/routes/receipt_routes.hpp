#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// /api/v1/orders/{order_no}/receipt, …/receipt/facts, /receipts/verify
void add_receipt_routes(http::router& table, flows::parts& with);

}  // namespace routes
