#pragma once

#include <string>
#include <vector>

#include "server/base/task.hpp"
#include "server/flows/visitors.hpp"
#include "server/rules/security_questions.hpp"

// A student's own password and the answers that recover it.
namespace flows {

// At the portal after the first sign-in: password and answers together, then every session of the
// student ends and he signs in again. Throws not_allowed_at_this_level, password_too_weak,
// security_answers_unfit.
base::task<visitor> set_first_password(
    parts& with, visitor who, std::string password, std::vector<rules::question_answer> answers
);

// The three below ask for the present password again: password_wrong, sign_in_throttled.
// Every other session ends.
base::task<void> change_password(
    parts& with, visitor who, std::string present, std::string wanted, std::string address
);
base::task<void> change_security(
    parts& with,
    visitor who,
    std::string present,
    std::vector<rules::question_answer> answers,
    std::string address
);
// Whether it is this student's own password; answers its hash.
base::task<std::string> require_password(
    parts& with, visitor who, std::string present, std::string address
);

// The ids chosen so far.
base::task<std::vector<std::string>> chosen_questions(parts& with, visitor who);

// Throws password_too_weak with a sentence.
void require_good_password(const parts& with, const db::person& whose, const std::string& password);

}  // namespace flows
