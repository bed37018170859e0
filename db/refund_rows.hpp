#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "db/refunds.hpp"

// Reading and writing whole refunds; for db/refund*.cpp only.
namespace db {

struct refund_of_request {
    refund found;
    std::string request_hash;
};
std::optional<refund_of_request> refund_by_request(
    connection& db, std::string_view order_no, std::string_view request_id
);
// to_watch: the watcher shall look at it at once; otherwise a person has the word.
void insert_refund(
    connection& db,
    const refund& made,
    std::string_view request_id,
    std::string_view request_hash,
    bool to_watch
);
std::optional<refund> lock_refund(connection& db, std::int64_t id);
// The refunds that `owner` has claimed and whose lease still runs.
std::vector<refund> claimed_refunds(connection& db, std::string_view owner);
// "" where no payment is known by it.
std::string order_of_transaction(
    connection& db, std::string_view mch_id, std::string_view transaction_id
);
// What it held is free again: on the payment and on its lines.
void free_reservation(connection& db, const refund& one);

}  // namespace db
