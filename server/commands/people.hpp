#pragma once

#include <string>

// Who sits at the command line.
namespace commands {

// The user of the system, for --by where it is not given.
std::string who_runs_this();
// "" when the name may stand in batches and audit, else the sentence that says why not.
std::string flaw_of_name(const std::string& name);

}  // namespace commands
