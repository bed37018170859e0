#pragma once

#include <string>
#include <string_view>

#include "server/flows/import_report.hpp"

namespace flows {

// The report for a person at a terminal: what was found, the first lines of each kind, every kept
// fault by row and column with its stable code in brackets. No personal data in the clear.
std::string to_text(const import_report& report, std::string_view file_name);

}  // namespace flows
