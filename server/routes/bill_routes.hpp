#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// /api/v1/bills, /payments
void add_bill_routes(http::router& table, flows::parts& with);

}  // namespace routes
