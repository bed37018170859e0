#pragma once

#include <string>

#include "server/base/task.hpp"
#include "server/flows/visitors.hpp"

namespace flows {

struct password_entry {
    std::string username;  // student number; ID number for new students
    std::string password;
};

struct identity_entry {
    std::string id_number;
    std::string name;
};

// All three answer the visitor under a new session token (the old one is dead), or throw
//   sign_in_failed      wrong, or nobody of that name: one answer for both, in the same time
//   sign_in_throttled   too many wrong tries for this account or from this address
// address: of the client, for the throttle.
base::task<visitor> sign_in_by_password(
    parts& with, visitor who, password_entry entry, std::string address, db::sign_in_place place
);
base::task<visitor> sign_in_by_identity(
    parts& with, visitor who, identity_entry entry, std::string address
);
// Through the binding of the session's WeChat account, at the level it was bound with.
base::task<visitor> sign_in_by_wechat(parts& with, visitor who);

// Binding: after a password sign-in in WeChat; repeating changes nothing.
base::task<void> bind_wechat(parts& with, visitor who);
base::task<void> unbind_wechat(parts& with, visitor who);

}  // namespace flows
