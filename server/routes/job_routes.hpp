#pragma once

#include "server/flows/jobs.hpp"
#include "server/http/router.hpp"
#include "server/routes/json.hpp"

// Jobs of the operator who asks: how far they are, and what came of them.
namespace routes {

void add_job_routes(http::router& table, flows::parts& with);

// The answer of every address that begins a job.
http::reply job_reply(const db::job& one);

}  // namespace routes
