#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// Refunds in lots at the console: files, leavers, and the batches that both end in.
void add_refund_batch_routes(http::router& table, flows::parts& with);

}  // namespace routes
