#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"

namespace routes {

// Reports of finance, on the page and as spreadsheets.
void add_console_report_routes(http::router& table, flows::parts& with);

}  // namespace routes
