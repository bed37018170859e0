#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "db/connection.hpp"
#include "server/base/clock.hpp"

// Personal data that a student may see and change. What is sealed comes sealed: see
// server/base/vault.hpp.
namespace db {

struct profile_row {
    std::string gender;  // male | female | unknown
    std::optional<std::string> phone_sealed;
    std::optional<std::string> email;
    std::optional<std::string> postcode;
    std::optional<std::string> address;
    std::optional<std::string> bank_card_sealed;
    std::int64_t wechat_accounts = 0;
};

std::optional<profile_row> find_profile(connection& db, std::int64_t person_id);

// What is absent stays, what is empty is removed.
struct profile_change {
    std::optional<std::string> phone_sealed;
    std::optional<std::string> email;
    std::optional<std::string> postcode;
    std::optional<std::string> address;
    std::optional<std::string> bank_card_sealed;
};

void change_profile(
    connection& db, std::int64_t person_id, const profile_change& change, base::epoch_ms now
);

}  // namespace db
