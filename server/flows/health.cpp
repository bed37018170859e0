#include "server/flows/health.hpp"

#include <chrono>

#include "db/health.hpp"
#include "server/base/error.hpp"

namespace flows {

base::task<bool> is_ready(parts& with) {
    if (!with.pool.ready()) co_return false;
    constexpr db::limits soon{std::chrono::milliseconds{1000}};
    const auto unit = [](db::connection& db) { return db::answers(db); };
    bool ready = false;
    try {
        ready = co_await with.pool.read(unit, soon);
    } catch (const base::error&) {
        ready = false;
    }
    co_return ready;
}

}  // namespace flows
