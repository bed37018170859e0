#pragma once

#include "server/flows/parts.hpp"
#include "server/http/router.hpp"
#include "server/http/static_files.hpp"

namespace routes {

// The built front ends, and the files by which WeChat proves that the host is ours. Inside WeChat a
// visitor without a session is first sent to WeChat's OAuth page. `files` must outlive the table.
void add_page_routes(http::router& table, flows::parts& with, const http::static_files& files);

}  // namespace routes
