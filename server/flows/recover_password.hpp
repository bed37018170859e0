#pragma once

#include <string>
#include <vector>

#include "db/accounts.hpp"
#include "server/base/task.hpp"
#include "server/flows/visitors.hpp"
#include "server/rules/security_questions.hpp"

// 找回密码: the questions, a word from the bound WeChat account where there is one, a new password.
// Until the answers were right nothing tells whether an account exists. A recovery belongs to the
// browser that began it and lasts twenty minutes.
namespace flows {

// After a captcha. Throws captcha_wrong, sign_in_throttled; recovery_not_possible where the school
// has switched it off.
base::task<db::recovery> begin_recovery(
    parts& with,
    visitor who,
    std::string username,
    std::int64_t captcha,
    std::string captcha_answer,
    std::string address
);
// Throws recovery_not_possible for one that is unknown here.
base::task<db::recovery> recovery_of(parts& with, visitor who, std::int64_t id);

// Throws recovery_failed; five wrong tries end it.
base::task<db::recovery> answer_recovery(
    parts& with, visitor who, std::int64_t id, std::vector<rules::question_answer> answers
);
// Throws recovery_not_possible, password_too_weak. Every session of the student ends.
base::task<db::recovery> finish_recovery(
    parts& with, visitor who, std::int64_t id, std::string password
);

// ---- in WeChat, by a visitor whose WeChat account is bound to the student

base::task<std::vector<db::recovery>> recoveries_to_confirm(parts& with, visitor who);
base::task<void> confirm_recovery(parts& with, visitor who, std::int64_t id, bool approve);

}  // namespace flows
