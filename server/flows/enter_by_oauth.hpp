#pragma once

#include <optional>
#include <string>

#include "server/base/task.hpp"
#include "server/flows/visitors.hpp"

// Who is it, as WeChat sees him: the way through the OAuth page and back.
namespace flows {

struct oauth_start {
    std::string location;       // WeChat's page
    std::string browser_token;  // for a cookie that binds the return to this browser
};

// next_path must be one of ours: it is kept in the database and never taken from the return.
base::task<oauth_start> begin_oauth(parts& with, std::string next_path);

enum class oauth_end_kind {
    entered,   // go on to next_path, with session_token as the cookie
    restart,   // the code was spent or lost: once more, with the same next_path
    snapshot,  // a virtual visitor of WeChat's snapshot page
    failed,
};

struct oauth_end {
    oauth_end_kind kind = oauth_end_kind::failed;
    std::string next_path = "/h5/";
    std::string session_token;
};

struct oauth_return {
    std::string code;
    std::string state;
    std::string browser_token;  // the cookie of the start
    visitor who;                // as the browser's session cookie says
};

// Tolerates what phones do: two returns with one state, an old code after Back, no code at all.
base::task<oauth_end> end_oauth(parts& with, oauth_return came);

}  // namespace flows
