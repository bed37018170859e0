#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"
#include "server/rules/sending.hpp"

// Messages to students: queued in the unit that books, sent after its commit by whoever leases
// them.
namespace db {

// Queues a message that leaves after the commit. The key makes it one message however often the
// event is told.
void queue_message(
    connection& db,
    std::string_view kind,
    std::string_view business_key,
    std::int64_t person_id,
    base::epoch_ms now
);

struct queued_message {
    std::int64_t id = 0;
    std::string kind;
    std::string business_key;  // "paid:<order number>"
    std::optional<std::int64_t> person_id;
    int tries = 0;    // with the one that this claim begins
    int strikes = 0;  // likewise; a settled try takes its strikes back
    int unsure = 0;
    base::epoch_ms created_at = 0;
    base::epoch_ms seen_at = 0;  // when it was claimed, by the database's clock
};

// Claims up to `count` due messages for lease_ms. `owner` names this one round, so that a repeat
// finds what it claimed. kinds: separated by commas; what this program cannot write is left to a
// newer one.
std::vector<queued_message> claim_due_messages(
    connection& db,
    std::string_view owner,
    std::string_view kinds,
    base::epoch_ms lease_ms,
    int count
);

enum class message_way { none, by_template, by_text };

struct message_end {
    rules::message_state state = rules::message_state::queued;
    std::string reason;
    std::string code;  // WeChat's last errcode; "" for none
    message_way way = message_way::none;
    std::string openid;  // who was told
    std::string msgid;   // of a template message
    bool unsure = false;
    base::epoch_ms wait_ms = 0;  // until the next try
};

// Writes how the try ended and gives the lease back. False: the lease has gone to somebody else, or
// this was written before; nothing was written.
bool settle_message(
    connection& db,
    std::int64_t id,
    std::string_view owner,
    const message_end& end,
    base::epoch_ms now
);
// The try broke off by a fault of ours: its strike stays.
void postpone_message(
    connection& db, std::int64_t id, std::string_view owner, base::epoch_ms wait_ms
);

// ---- What WeChat tells later about a template message ----

enum class delivery { delivered, blocked, failed };

void keep_delivery(connection& db, std::string_view msgid, delivery result, base::epoch_ms now);

struct told_delivery {
    std::string msgid;
    delivery result = delivery::failed;
    base::epoch_ms told_at = 0;
    int tries = 0;
};

// Those whose message is known here.
std::vector<told_delivery> told_deliveries(connection& db, int count);
// Writes it on its message, once. again: what WeChat could not deliver is queued anew for then.
void write_delivery(connection& db, const told_delivery& told, std::optional<base::epoch_ms> again);
// Housekeeping: of other senders of the account.
std::int64_t delete_old_deliveries(connection& db, base::epoch_ms before, int count);

// ---- For people ----

struct message_counts {
    std::int64_t queued = 0;
    std::int64_t failed = 0;
    std::optional<base::epoch_ms> oldest_at;  // of the queued ones
};

message_counts count_messages(connection& db);

struct listed_message {
    std::string kind;
    std::string business_key;
    rules::message_state state = rules::message_state::queued;
    std::string reason;
    std::string code;
    int tries = 0;
    base::epoch_ms created_at = 0;
    base::epoch_ms next_try = 0;
};

// What waits or has failed (or the latter alone), newest first.
std::vector<listed_message> list_open_messages(connection& db, bool only_failed, int count);

// Queues what failed or was skipped once more, at once. False: there is no such message.
bool retry_message(connection& db, std::string_view business_key);

}  // namespace db
