#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// The books looked at from outside, as an auditor would: every promise that the database alone can
// show, and the chain of journals from the first to the last. Only reads.
namespace flows {

struct promise_kept {
    std::string_view name;
    std::string_view promise;         // Chinese
    std::vector<std::string> broken;  // places, a few of them; none: it holds
};

struct books_report {
    std::vector<promise_kept> promises;
    std::int64_t journals = 0;  // walked and sound
    bool sound() const;
};

base::task<books_report> verify_books(parts& with);

// As every night: alarms for what is broken, once a day over all servers. False: not the time, or
// somebody else does it.
base::task<bool> verify_books_nightly(parts& with);

}  // namespace flows
