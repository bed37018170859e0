#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/order_questions.hpp"
#include "db/order_search.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/rules/refund_rules.hpp"

// All that the books know of one order.
namespace db {

struct life_line {
    int line_no = 0;
    std::int64_t bill_id = 0;
    std::string item_name;
    std::string period;
    base::fen amount;
    base::fen credited;
    base::fen held;
    base::fen refunded;
};

struct life_payment {
    std::string mch_id;
    std::string transaction_id;
    base::fen amount;
    base::epoch_ms paid_at = 0;
    std::string learnt_by;
    std::string state;
    base::fen surplus;
    base::fen held;
    base::fen refunded;
    base::epoch_ms booked_at = 0;
};

// Never the notice itself: it names the payer's WeChat account.
struct life_notice {
    std::string notice_id;
    std::string event_type;
    std::string outcome;
    int received_count = 0;
    base::epoch_ms received_at = 0;
    base::epoch_ms last_received_at = 0;
    std::int64_t bytes = 0;
    std::string sha256;  // in hex, of what was received and kept
};

struct life_message {
    std::string kind;
    std::string state;
    std::string reason;
    int tries = 0;
    base::epoch_ms queued_at = 0;
    std::optional<base::epoch_ms> ended_at;
    std::string delivery;
};

struct deed {
    base::epoch_ms at = 0;
    std::string actor;
    std::string actor_name;  // of an operator, "" otherwise
    std::string action;
    std::string object;
    std::string result;
};

struct life_entry {
    std::string account;
    std::string item_name;  // of a fee's account
    base::fen amount;
};

struct life_journal {
    std::optional<std::int64_t> seq;
    std::string kind;
    std::string business_key;
    base::epoch_ms value_at = 0;
    base::epoch_ms booked_at = 0;
    std::vector<life_entry> entries;
};

struct order_life {
    std::int64_t id = 0;
    std::optional<base::epoch_ms> prepared_at;
    std::string id_number_sealed;
    std::vector<life_line> lines;
    std::optional<life_payment> payment;
    // What could go back now, if there is a payment.
    std::optional<rules::refundable> standing;
    std::vector<life_notice> notices;
    std::vector<order_question> questions;
    std::vector<std::string> refund_numbers;
    std::vector<life_message> messages;
    std::vector<deed> deeds;
    std::vector<life_journal> journals;
};

// Of an order that was found, with the right to see it.
order_life life_of_order(connection& db, const found_order& of);

// Who did what with these, oldest first, a bounded number. Objects are as the audit names them.
std::vector<deed> deeds_about(connection& db, const std::vector<std::string>& objects);

// How a payment stands, read without a lock: a preview and never the guard.
std::optional<rules::refundable> refundable_of(connection& db, std::string_view order_no);

}  // namespace db
