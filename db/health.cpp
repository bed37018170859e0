#include "db/health.hpp"

namespace db {
namespace {

constexpr auto anything = "SELECT 1 AS one";

}  // namespace

bool answers(connection& db) {
    return db.select(anything).next();
}

}  // namespace db
