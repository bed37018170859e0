#pragma once

#include <map>
#include <string>
#include <string_view>

// What a job is to do, as text: names and values, which may hold anything.
namespace flows {

using job_fields = std::map<std::string, std::string, std::less<>>;

// Empty values are left out; the same fields give the same text.
std::string job_argument(const job_fields& fields);
// Throws base::error{internal}: not written by job_argument.
job_fields fields_of_job(std::string_view argument);
// "" for none.
std::string field(const job_fields& fields, std::string_view name);

}  // namespace flows
