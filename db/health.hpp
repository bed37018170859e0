#pragma once

#include "db/connection.hpp"

namespace db {

// The smallest question: is somebody there?
bool answers(connection& db);

}  // namespace db
