#include "db/notices.hpp"

#include <optional>

#include "server/base/ids.hpp"

namespace db {
namespace {

constexpr auto count_repeat =
    "UPDATE notices SET received_count = received_count + 1, last_received_ms = ? "
    "WHERE notice_id = ?";

constexpr auto insert_notice =
    "INSERT INTO notices (id, notice_id, event_type, order_no, raw_body, outcome, received_ms, "
    "last_received_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

}  // namespace

void keep_notice(connection& db, const kept_notice& one, base::epoch_ms now) {
    if (db.change(count_repeat, now, one.notice_id) == 1) return;
    const auto order_no =
        one.order_no.empty() ? std::optional<std::string>{} : std::optional{one.order_no};
    db.change(
        insert_notice,
        base::next_id(),
        one.notice_id,
        one.event_type,
        order_no,
        blob{one.raw_body},
        one.outcome,
        now,
        now
    );
}

}  // namespace db
