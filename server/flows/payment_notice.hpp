#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

namespace flows {

enum class notice_answer {
    accepted,       // durable here: 204, WeChat stops sending
    not_authentic,  // 401, nothing was changed
    not_readable,   // authentic but undecipherable: 500, it comes again
};

using header_pairs = std::vector<std::pair<std::string, std::string>>;

// WeChat Pay tells us something. Raw bytes are verified before they are parsed; `accepted` is
// answered only after the commit. Throws database_… when it could not be kept: it comes again.
base::task<notice_answer> take_notice(parts& with, const header_pairs& headers, std::string body);

}  // namespace flows
