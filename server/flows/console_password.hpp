#pragma once

#include <string>

#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"

// An operator's own password and authenticator: the first ones, and others later.
namespace flows {

struct code_secret {
    std::string secret;  // base32
    std::string uri;     // otpauth://…
};

// The same one for the whole session, so that a page may be opened again after the scan.
base::task<code_secret> begin_setup(parts& with, const console_visitor& who);
// Answers the visitor under a new token, at the stage where his role works; every other session of
// his has ended. Throws password_too_weak, code_wrong, and not_signed_in where another window
// was quicker.
base::task<console_visitor> finish_setup(
    parts& with, const console_visitor& who, std::string new_password, std::string code
);

// These ask for the present password and a code: password_wrong, code_wrong, sign_in_throttled. The
// other sessions end.
base::task<void> change_console_password(
    parts& with,
    const console_visitor& who,
    std::string present,
    std::string code,
    std::string new_password
);
base::task<code_secret> begin_new_authenticator(
    parts& with, const console_visitor& who, std::string present, std::string code
);
// `code` is of the new one. Throws code_wrong, also where none was begun.
base::task<void> finish_new_authenticator(
    parts& with, const console_visitor& who, std::string code
);

}  // namespace flows
