#pragma once

#include <string>
#include <vector>

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

namespace flows {

// Compares the templates of the configuration with those of the account, so that a mistake shows
// before the first message is refused. Answers Chinese sentences for administrators; empty: fine,
// or none is configured.
base::task<std::vector<std::string>> check_templates(parts& with);

}  // namespace flows
