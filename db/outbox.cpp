#include "db/outbox.hpp"

#include "db/server_clock.hpp"
#include "server/base/ids.hpp"

namespace db {
namespace {

constexpr auto insert_message =
    "INSERT INTO outbox (id, kind, business_key, person_id, next_try_ms, created_ms) "
    "VALUES (?, ?, ?, ?, " CAMPUS_DB_NOW_MS ", ?)";

constexpr auto claim_due = "UPDATE outbox SET lease_owner = ?, lease_until_ms = " CAMPUS_DB_NOW_MS
                           " + ?, tries = tries + 1, strikes = strikes + 1, version = version + 1 "
                           "WHERE state = 'queued' AND next_try_ms <= " CAMPUS_DB_NOW_MS
                           " AND lease_until_ms <= " CAMPUS_DB_NOW_MS
                           " AND FIND_IN_SET(kind, ?) > 0 ORDER BY next_try_ms LIMIT ?";

constexpr auto claimed =
    "SELECT id, kind, business_key, person_id, tries, strikes, unsure, "
    "created_ms, " CAMPUS_DB_NOW_MS
    " AS seen_ms FROM outbox "
    "WHERE state = 'queued' AND next_try_ms <= " CAMPUS_DB_NOW_MS
    " AND lease_owner = ? AND lease_until_ms > " CAMPUS_DB_NOW_MS " ORDER BY next_try_ms";

constexpr auto settle =
    "UPDATE outbox SET state = ?, reason = ?, last_code = ?, way = ?, openid = ?, msgid = ?, "
    "unsure = unsure + ?, strikes = 0, next_try_ms = " CAMPUS_DB_NOW_MS
    " + ?, ended_ms = ?, delivery = NULL, "
    "delivery_ms = NULL, lease_owner = NULL, lease_until_ms = 0, version = version + 1 "
    "WHERE id = ? AND lease_owner = ? AND state = 'queued'";

constexpr auto postpone = "UPDATE outbox SET next_try_ms = " CAMPUS_DB_NOW_MS
                          " + ?, lease_owner = NULL, lease_until_ms = 0, version = version + 1 "
                          "WHERE id = ? AND lease_owner = ? AND state = 'queued'";

constexpr auto insert_delivery =
    "INSERT IGNORE INTO template_deliveries (msgid, result, told_ms) VALUES (?, ?, ?)";

constexpr auto matched_deliveries =
    "SELECT d.msgid, d.result, d.told_ms, o.tries FROM template_deliveries d "
    "JOIN outbox o ON o.msgid = d.msgid ORDER BY d.told_ms LIMIT ?";

constexpr auto mark_delivery =
    "UPDATE outbox SET delivery = ?, delivery_ms = ?, version = version + 1 "
    "WHERE msgid = ? AND state = 'sent' AND delivery IS NULL";

constexpr auto queue_undelivered =
    "UPDATE outbox SET delivery = ?, delivery_ms = ?, state = 'queued', reason = 'not_delivered', "
    "ended_ms = NULL, next_try_ms = " CAMPUS_DB_NOW_MS
    " + ?, version = version + 1 "
    "WHERE msgid = ? AND state = 'sent' AND delivery IS NULL";

constexpr auto delete_delivery = "DELETE FROM template_deliveries WHERE msgid = ?";
constexpr auto delete_deliveries = "DELETE FROM template_deliveries WHERE told_ms <= ? LIMIT ?";

constexpr auto count_queued =
    "SELECT COUNT(*) AS number, MIN(created_ms) AS oldest_ms FROM outbox WHERE state = 'queued'";
constexpr auto count_failed = "SELECT COUNT(*) AS number FROM outbox WHERE state = 'failed'";

constexpr auto list_open =
    "SELECT kind, business_key, state, reason, last_code, tries, created_ms, next_try_ms "
    "FROM outbox WHERE state IN ('failed', ?) ORDER BY created_ms DESC, id DESC LIMIT ?";

constexpr auto queue_again =
    "UPDATE outbox SET state = 'queued', tries = 0, strikes = 0, unsure = 0, "
    "next_try_ms = " CAMPUS_DB_NOW_MS
    ", ended_ms = NULL, lease_owner = NULL, lease_until_ms = 0, version = version + 1 "
    "WHERE business_key = ? AND state IN ('failed', 'skipped')";

std::optional<std::string_view> word_of(message_way way) {
    switch (way) {
        case message_way::by_template:
            return "template";
        case message_way::by_text:
            return "text";
        case message_way::none:
            break;
    }
    return std::nullopt;
}

std::string_view name_of(delivery result) {
    switch (result) {
        case delivery::delivered:
            return "delivered";
        case delivery::blocked:
            return "blocked";
        case delivery::failed:
            return "failed";
    }
    return "failed";
}

delivery delivery_of(std::string_view name) {
    if (name == "delivered") return delivery::delivered;
    return name == "blocked" ? delivery::blocked : delivery::failed;
}

std::optional<std::string_view> or_null(const std::string& text) {
    return text.empty() ? std::optional<std::string_view>{} : std::optional{std::string_view{text}};
}

}  // namespace

void queue_message(
    connection& db,
    std::string_view kind,
    std::string_view business_key,
    std::int64_t person_id,
    base::epoch_ms now
) {
    db.change(insert_message, base::next_id(), kind, business_key, person_id, now);
}

std::vector<queued_message> claim_due_messages(
    connection& db,
    std::string_view owner,
    std::string_view kinds,
    base::epoch_ms lease_ms,
    int count
) {
    db.change(claim_due, owner, lease_ms, kinds, count);
    // Not by the count: a run whose COMMIT was not heard of has claimed them already.
    auto found = db.select(claimed, owner);
    std::vector<queued_message> out;
    while (found.next()) {
        auto& one = out.emplace_back();
        one.id = found.i64("id");
        one.kind = found.text("kind");
        one.business_key = found.text("business_key");
        one.person_id = found.maybe_i64("person_id");
        one.tries = static_cast<int>(found.i64("tries"));
        one.strikes = static_cast<int>(found.i64("strikes"));
        one.unsure = static_cast<int>(found.i64("unsure"));
        one.created_at = found.i64("created_ms");
        one.seen_at = found.i64("seen_ms");
    }
    return out;
}

bool settle_message(
    connection& db,
    std::int64_t id,
    std::string_view owner,
    const message_end& end,
    base::epoch_ms now
) {
    const bool ended = end.state != rules::message_state::queued;
    const auto changed = db.change(
        settle,
        rules::name_of(end.state),
        or_null(end.reason),
        or_null(end.code),
        word_of(end.way),
        or_null(end.openid),
        or_null(end.msgid),
        end.unsure,
        end.wait_ms,
        ended ? std::optional{now} : std::nullopt,
        id,
        owner
    );
    return changed == 1;
}

void postpone_message(
    connection& db, std::int64_t id, std::string_view owner, base::epoch_ms wait_ms
) {
    db.change(postpone, wait_ms, id, owner);
}

void keep_delivery(connection& db, std::string_view msgid, delivery result, base::epoch_ms now) {
    db.change(insert_delivery, msgid, name_of(result), now);
}

std::vector<told_delivery> told_deliveries(connection& db, int count) {
    auto found = db.select(matched_deliveries, count);
    std::vector<told_delivery> out;
    while (found.next()) {
        auto& one = out.emplace_back();
        one.msgid = found.text("msgid");
        one.result = delivery_of(found.text("result"));
        one.told_at = found.i64("told_ms");
        one.tries = static_cast<int>(found.i64("tries"));
    }
    return out;
}

void write_delivery(
    connection& db, const told_delivery& told, std::optional<base::epoch_ms> again_ms
) {
    const auto result = name_of(told.result);
    if (again_ms) {
        db.change(queue_undelivered, result, told.told_at, *again_ms, told.msgid);
    } else {
        db.change(mark_delivery, result, told.told_at, told.msgid);
    }
    db.change(delete_delivery, told.msgid);
}

std::int64_t delete_old_deliveries(connection& db, base::epoch_ms before, int count) {
    return db.change(delete_deliveries, before, count);
}

message_counts count_messages(connection& db) {
    message_counts out;
    auto queued = db.select(count_queued);
    if (queued.next()) {
        out.queued = queued.i64("number");
        out.oldest_at = queued.maybe_i64("oldest_ms");
    }
    auto failed = db.select(count_failed);
    if (failed.next()) out.failed = failed.i64("number");
    return out;
}

std::vector<listed_message> list_open_messages(connection& db, bool only_failed, int count) {
    auto found = db.select(list_open, only_failed ? "failed" : "queued", count);
    std::vector<listed_message> out;
    while (found.next()) {
        auto& one = out.emplace_back();
        one.kind = found.text("kind");
        one.business_key = found.text("business_key");
        one.state = rules::message_state_of(found.text("state"));
        one.reason = found.maybe_text("reason").value_or("");
        one.code = found.maybe_text("last_code").value_or("");
        one.tries = static_cast<int>(found.i64("tries"));
        one.created_at = found.i64("created_ms");
        one.next_try = found.i64("next_try_ms");
    }
    return out;
}

bool retry_message(connection& db, std::string_view business_key) {
    return db.change(queue_again, business_key) == 1;
}

}  // namespace db
