#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "db/audit.hpp"
#include "db/operator_sessions.hpp"
#include "db/operators.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// Which operator is asking. The console's cookie is its own: a student's opens nothing here, and
// the other way round.
namespace flows {

// Where a request came from.
struct console_origin {
    std::string address;
    std::string browser;  // coarse, rules::browser_name
    std::string request_id;
};

struct console_visitor {
    std::string token;       // value of the cookie; a new one if the browser brought none
    bool brought = false;    // the browser brought the cookie
    std::string csrf_token;  // follows from the token
    console_origin from;

    // Who it is, where somebody is signed in. After the guard (routes/console_guard) always.
    std::optional<db::operator_session> session;
    db::operator_row who;
    std::string actor;  // "operator:4711", as refunds, days and the audit keep it

    bool signed_in() const { return session.has_value(); }
    const db::college_scope& scope() const { return who.scope; }
};

std::string operator_actor(std::int64_t operator_id);

// Reads only (but notes once a minute that the session is in use).
base::task<console_visitor> recognise_operator(
    parts& with, std::string cookie, console_origin from
);

// For calls about the whole school. Throws outside_your_colleges.
void require_whole_school(const console_visitor& who);

// An audit row of this operator's, with where he sits:
//   db::append_audit(db, deed_of(who, "refund.ask", number, "done"), now);
db::audit_entry deed_of(
    const console_visitor& who,
    std::string_view action,
    std::string_view object,
    std::string_view result,
    std::string_view detail = {}
);

// A visitor with a new token, and the session that goes with it, not stored yet.
console_visitor new_console_visitor(
    const parts& with,
    const console_visitor& before,
    db::operator_row who,
    rules::console_stage stage
);
// A visitor whom nobody knows.
console_visitor console_stranger(const parts& with, console_origin from);

base::task<console_visitor> sign_out_of_console(parts& with, console_visitor who);

base::epoch_ms console_idle_ms(const parts& with);

// Housekeeping: sessions of more than a month ago.
base::task<void> sweep_console(parts& with);

}  // namespace flows
