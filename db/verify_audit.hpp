#pragma once

#include <cstdint>
#include <string>

#include "db/connection.hpp"

// Whether the audit is what was written. The chain is walked in pieces, so that memory and time of
// one stay bounded.
namespace db {

enum class audit_flaw {
    none,
    missing,       // a number that should be there is not
    changed,       // a row is not what its hash says
    unjoined,      // a row does not follow the one before: that one was written anew
    wrong_head,    // the head is not the last row
    wrong_before,  // more or fewer rows from before the chain than there were when it began
    outside,       // a row that was written later and is not in the chain
};

// Chinese, for people; "" for none.
std::string sentence_for(audit_flaw flaw, std::int64_t number);

struct audit_walk {
    std::int64_t number = 0;  // the last row that was found sound
    std::string hash = std::string(32, '\0');
    bool at_end = false;
    audit_flaw flaw = audit_flaw::none;
    std::int64_t broken_at = 0;  // the first row where it does not hold; 0: none in particular
    // As the head says.
    std::int64_t rows = 0;
    // Older than the chain, which does not vouch for them; at the end counted anew.
    std::int64_t rows_outside = 0;
};

// Goes on from `from` over at most `count` rows. What is written meanwhile is walked in a later
// piece.
audit_walk walk_audit(connection& db, const audit_walk& from, int count);

}  // namespace db
