#pragma once

#include <exception>
#include <string_view>

#include "server/base/error.hpp"
#include "server/http/message.hpp"

namespace http {

// A refusal as it is answered: JSON {"code","message"} for programs, a plain Chinese page for a
// person (Accept: text/html on GET). Neither tells anything about our inside.
struct refusal {
    unsigned status;
    std::string_view code;
    std::string_view message;
};

// For refusals that come before any handler: 400, 408, 413, 414, 417, 431, 500, 501, 503, 505.
refusal refusal_of(unsigned status);

reply error_reply(const refusal& what, const request* asked);

// Turns what a handler threw into its answer and logs it at the table's level. `route` is the
// pattern, so that no value of an address reaches the log.
reply answer_thrown(const std::exception_ptr& thrown, const request& asked, std::string_view route);

}  // namespace http
