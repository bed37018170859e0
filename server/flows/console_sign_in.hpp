#pragma once

#include <cstdint>
#include <string>

#include "db/operator_proofs.hpp"
#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"

namespace flows {

struct console_entry {
    std::string name;
    std::string password;
    std::string code;  // "" with the initial password
};

// The visitor under a new token. With the initial password he is at the stage of setting up. Throws
//   sign_in_failed      something is wrong, or there is nobody of that name, or he is disabled: one
//                       answer for all of it, in the same time
//   sign_in_throttled   too many wrong tries for this name or from this address
base::task<console_visitor> sign_in_to_console(
    parts& with, console_visitor who, console_entry entry
);

// What an operator proves once more before he changes how he signs in. Throws password_wrong,
// code_wrong, sign_in_throttled. The step is not taken yet: what is changed takes it.
struct proven_operator {
    db::operator_row now;
    std::int64_t step = 0;

    db::operator_proof proof() const;
};
base::task<proven_operator> prove_operator(
    parts& with, const console_visitor& who, std::string password, std::string code
);

// The counts of somebody who is helped back in.
void forget_console_tries(const parts& with, db::connection& db, const std::string& name);

}  // namespace flows
