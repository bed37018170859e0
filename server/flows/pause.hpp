#pragma once

#include <chrono>

#include "server/base/task.hpp"

namespace flows {

// Waits without holding a thread.
base::task<void> pause(std::chrono::milliseconds how_long);

}  // namespace flows
