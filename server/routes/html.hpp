#pragma once

#include <string>
#include <string_view>

#include "server/http/message.hpp"

namespace routes {

// A plain page of one sentence, for the few moments when no front end is loaded yet. link_path and
// link_text may be "". Texts are ours, never a visitor's.
http::reply page(
    unsigned status,
    std::string_view title,
    std::string_view sentence,
    std::string_view link_path,
    std::string_view link_text
);

}  // namespace routes
