#pragma once

#include "server/flows/console_visitors.hpp"
#include "server/flows/operators.hpp"
#include "server/routes/json.hpp"

// Shapes that several addresses of the console answer.
namespace routes {

// Who is here, as /console/session says it; with the cookie where the token is a new one.
http::reply console_session_reply(const flows::parts& with, const flows::console_visitor& who);

void write_operator(json_writer& out, const flows::operator_facts& one);

// As an element of an array, or as a member.
void write_console_session(json_writer& out, const flows::session_facts& one);
http::reply console_sessions_reply(const std::vector<flows::session_facts>& sessions);

}  // namespace routes
