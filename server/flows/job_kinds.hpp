#pragma once

#include <span>

#include "server/flows/jobs.hpp"

namespace flows {

// Every kind of job that this program can do.
std::span<const job_kind> job_kinds();

}  // namespace flows
