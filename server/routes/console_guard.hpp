#pragma once

#include <string>
#include <string_view>

#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/http/message.hpp"
#include "server/http/router.hpp"

// Which operator is asking, and may he? Every address of the console begins here.
namespace routes {

inline constexpr std::string_view console_cookie = "__Host-campus-console";

// What a story of the console sees: somebody who is signed in, at the stage and in a role that the
// table of rights lets in (rules/console_rights), from a page of ours where something changes.
using console_story =
    base::task<http::reply> (*)(flows::parts&, const http::request&, const flows::console_visitor&);

// A row of the table of addresses below /api/v1/console. `operation` is the operationId of
// openapi.yaml; one that the table of rights does not know ends the start of the server.
// Throws, before the story is told: foreign_origin, unsupported_media, csrf_token_wrong,
// not_signed_in, console_setup_needed, console_setup_done, not_your_role.
void add_console_story(
    http::router& table,
    flows::parts& with,
    http::verb method,
    std::string path,
    std::string_view operation,
    console_story tell,
    std::size_t body_limit = 16 * 1024
);

// For the two addresses that serve strangers too.
base::task<flows::console_visitor> console_visitor_of(
    flows::parts& with, const http::request& asked
);
void require_own_console_page(
    const flows::parts& with, const http::request& asked, const flows::console_visitor& who
);

// The session lives as long as the browser; the server ends it earlier.
void set_console_cookie(http::reply& answer, const flows::console_visitor& who);

}  // namespace routes
