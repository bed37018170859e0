#include "db/outbox.hpp"

#include "server/base/ids.hpp"

namespace db {
namespace {

constexpr auto insert_message =
    "INSERT INTO outbox (id, kind, business_key, person_id, next_try_ms, created_ms) "
    "VALUES (?, ?, ?, ?, ?, ?)";

}  // namespace

void queue_message(
    connection& db,
    std::string_view kind,
    std::string_view business_key,
    std::int64_t person_id,
    base::epoch_ms now
) {
    db.change(insert_message, base::next_id(), kind, business_key, person_id, now, now);
}

}  // namespace db
