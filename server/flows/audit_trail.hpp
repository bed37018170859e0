#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/audit_search.hpp"
#include "db/verify_audit.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// The audit, read: searched by people, and its chain walked.
namespace flows {

struct audit_search {
    std::string who;     // an actor, or the login name of an operator
    std::string what;    // an action, or its beginning with a dot at the end
    std::string object;  // its beginning
    std::string text;
    std::optional<base::epoch_ms> from;
    std::optional<base::epoch_ms> until;
    std::string before;  // `next` of the page before; "" for the first
};

struct audit_found {
    std::vector<db::audit_row> rows;
    std::map<std::string, std::string, std::less<>> names;  // actor → display name of an operator
    std::string next;                                       // "" at the end
};

// Throws bad_request where `before` is none of ours.
base::task<audit_found> search_audit(parts& with, audit_search wanted);

struct audit_stretch {
    db::audit_walk at;
    std::string next;  // "" where there is nothing more to walk
};

// Goes on behind `after` (a `next`, or "" for the beginning) by some thousand rows. Throws
// bad_request where it is none of ours: whoever made one up could have rows passed over.
base::task<audit_stretch> walk_audit(parts& with, std::string after);

}  // namespace flows
