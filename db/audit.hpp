#pragma once

#include <string_view>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

namespace db {

// Who did what. actor: "student:<id>", "command:<name>", "wechat"; never a name or an ID number.
struct audit_entry {
    std::string_view actor;
    std::string_view action;
    std::string_view object;
    std::string_view result;
    std::string_view request_id;
};

void append_audit(connection& db, const audit_entry& entry, base::epoch_ms now);

}  // namespace db
