#pragma once

#include <filesystem>
#include <string_view>

#include "db/college_scope.hpp"
#include "server/base/task.hpp"
#include "server/flows/jobs.hpp"
#include "server/paper/workbook.hpp"

// What every export to a spreadsheet begins and ends with.
namespace flows {

// The colleges of the operator who asked, as they are now. Throws not_your_role: whoever was let go
// meanwhile gets nothing any more.
base::task<db::college_scope> scope_of_job(const job_at_work& job);

// Ends the book; its file will be called "<title>-20261122.xlsx".
job_result finished(paper::workbook& book, std::filesystem::path file, std::string_view title);

}  // namespace flows
