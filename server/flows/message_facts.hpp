#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/outbox.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/base/template_fields.hpp"

// What a message speaks of, as the database knows it now. One reader for each kind of message.
namespace flows {

struct message_line {
    std::string period;
    std::string item_name;
    base::fen amount;
};

struct message_facts {
    base::template_kind kind = base::template_kind::paid;
    std::vector<std::string> openids;  // whom to tell; the first who can be reached
    std::string student;               // masked name; "" when he has left
    std::string order_no;
    std::vector<message_line> lines;
    base::fen amount;     // paid, or paid back
    base::fen kept_back;  // of what was paid: not credited to any bill
    base::epoch_ms at = 0;
    std::string refund_no;  // of a refund
    std::string reason;     // likewise
};

// Part of a unit. nullopt: there is no such thing.
using facts_reader =
    std::optional<message_facts> (*)(db::connection& db, const db::queued_message& one);

struct message_kind {
    std::string_view name;  // also the first part of the business key: "paid:<order number>"
    facts_reader read;
};

// nullptr: not known to this program.
const message_kind* find_message_kind(std::string_view name);
std::vector<std::string_view> message_kind_names();

}  // namespace flows
