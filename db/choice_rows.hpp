#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "db/choices.hpp"

// Rows of sign-ups, for db/choices*.cpp only.
namespace db {

void insert_sign_up(connection& db, const sign_up& made, const order_draft& draft);

std::optional<sign_up> find_live_sign_up(
    connection& db, std::int64_t person_id, std::int64_t item_id, std::string_view period
);

// Its order has its money. False: there is no such sign-up.
bool sign_up_paid(connection& db, std::string_view order_no);

struct asked_sign_up {
    sign_up found;
    std::string request_hash;
};

std::optional<asked_sign_up> find_request(
    connection& db, std::int64_t person_id, std::string_view request_id
);

}  // namespace db
