#pragma once

#include <optional>
#include <string>

#include "db/profiles.hpp"
#include "server/base/task.hpp"
#include "server/flows/visitors.hpp"

// 个人信息: what the school knows of a student. Changing anything asks for the password again.
namespace flows {

struct personal_data {
    profile student;
    db::profile_row row;
    // Opened: mask them before they leave the process.
    std::string phone;
    std::string bank_card;
    bool may_change = false;
};

base::task<personal_data> personal_data_of(parts& with, visitor who);

// What is absent stays; "" removes. Throws profile_unfit with a sentence, password_wrong,
// sign_in_throttled.
struct contact_entry {
    std::optional<std::string> phone;
    std::optional<std::string> email;
    std::optional<std::string> postcode;
    std::optional<std::string> address;
};
base::task<void> change_contact(
    parts& with, visitor who, std::string present, contact_entry entry, std::string address
);
base::task<void> change_bank_card(
    parts& with, visitor who, std::string present, std::string card, std::string address
);
base::task<void> unbind_all_wechat(
    parts& with, visitor who, std::string present, std::string address
);

}  // namespace flows
