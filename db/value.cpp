#include "db/value.hpp"

#include "server/base/error.hpp"

namespace db {

void value::refuse_range() {
    throw base::error{base::errc::internal, "a number does not fit into 64 signed bits"};
}

}  // namespace db
