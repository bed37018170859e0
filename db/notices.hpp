#pragma once

#include <string>
#include <string_view>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

namespace db {

struct kept_notice {
    std::string notice_id;
    std::string event_type;
    std::string order_no;  // "" when it names none
    std::string raw_body;
    std::string outcome;
};

// Keeps an authentic notice once and counts its repeats.
void keep_notice(connection& db, const kept_notice& one, base::epoch_ms now);

}  // namespace db
