#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/operator_sessions.hpp"
#include "db/operators.hpp"
#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/rules/operator_form.hpp"

// Who works at the console: an admin adds, changes, resets, lets in and out. Everything is audited
// under `who`, which is a visitor or, at the command line, just an actor.
namespace flows {

struct operator_facts {
    db::operator_row row;
    std::int64_t live_sessions = 0;
};

struct operator_with_password {
    operator_facts facts;
    std::string initial_password;  // told once: the database knows its hash
};

base::task<std::vector<operator_facts>> list_operators(parts& with);
// Nothing: nobody of that name.
base::task<std::optional<db::operator_row>> find_operator_named(parts& with, std::string name);

// Throws operator_unfit with a sentence, operator_name_taken.
base::task<operator_with_password> add_operator(
    parts& with, const console_visitor& who, std::string name, rules::operator_form form
);
// Throws operator_unfit, operator_not_found, operator_changed, last_admin.
base::task<operator_facts> change_operator(
    parts& with,
    const console_visitor& who,
    std::int64_t id,
    rules::operator_form form,
    std::int64_t version
);
// even_the_last: for the command line. Throws operator_not_found, last_admin.
base::task<operator_with_password> reset_operator(
    parts& with, const console_visitor& who, std::int64_t id, bool even_the_last = false
);
base::task<operator_facts> set_operator_disabled(
    parts& with, const console_visitor& who, std::int64_t id, bool disabled
);

// ---- sessions

struct session_facts {
    db::listed_session row;
    std::optional<base::epoch_ms> ended_at;  // also where nobody ended it but time
    std::string ended_by;
    bool own = false;  // the one that asks
};

struct session_wish {
    std::optional<std::int64_t> operator_id;
    std::optional<std::int64_t> before;
    bool live_only = false;
};

base::task<std::vector<session_facts>> list_sessions(
    parts& with, const console_visitor& who, session_wish wanted
);
// Of anybody. Throws console_session_not_found.
base::task<session_facts> end_session(parts& with, const console_visitor& who, std::int64_t id);
// Of an operator, all. Throws operator_not_found.
base::task<void> end_sessions_of(parts& with, const console_visitor& who, std::int64_t operator_id);
// Of one's own: another one, or all but this. Throws console_session_not_found.
base::task<void> end_own_session(parts& with, const console_visitor& who, std::int64_t id);
base::task<void> end_own_other_sessions(parts& with, const console_visitor& who);

base::task<std::vector<std::string>> list_colleges(parts& with, const console_visitor& who);

}  // namespace flows
