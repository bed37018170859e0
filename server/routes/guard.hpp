#pragma once

#include <string>

#include "server/base/task.hpp"
#include "server/flows/visitors.hpp"
#include "server/http/message.hpp"
#include "server/http/router.hpp"

// Who is asking, and may he? Every address that knows people begins here.
namespace routes {

inline constexpr std::string_view session_cookie = "__Host-campus";

base::task<flows::visitor> visitor_of(flows::parts& with, const http::request& asked);

// For calls that change something. Throws unsupported_media, foreign_origin, csrf_token_wrong.
void require_own_page(
    const flows::parts& with, const http::request& asked, const flows::visitor& who
);
// ... for whoever brought his cookie and has this token.
void require_own_page(
    const flows::parts& with, const http::request& asked, bool brought, std::string_view csrf_token
);

// Throws not_signed_in, password_change_needed.
void require_student(const flows::visitor& who);

// The session lives as long as the browser; the server ends it earlier.
void set_session_cookie(http::reply& answer, const flows::visitor& who);

using story = base::task<http::reply> (*)(flows::parts&, const http::request&);

// A row of the table of addresses below /api/v1.
void add_story(
    http::router& table,
    flows::parts& with,
    http::verb method,
    std::string path,
    story tell,
    std::size_t body_limit
);

}  // namespace routes
