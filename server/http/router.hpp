#pragma once

#include <string>
#include <vector>

#include "server/http/message.hpp"

namespace http {

// One row of the table of addresses. `pattern` has literal parts and {name} parts, each matching
// one path segment; a pattern ending in "/*" matches everything below.
struct route {
    verb method;
    std::string pattern;
    handler answer;
    std::size_t body_limit = 64 * 1024;
};

struct match {
    const route* found = nullptr;
    text_pairs parameters;
    std::string allow;  // when the path exists under other methods: value of the Allow header
};

class router {
public:
    void add(route row);
    // HEAD is matched as GET. A literal segment wins over {name}, both win over "/*".
    match find(verb method, std::string_view path) const;
    const std::vector<route>& rows() const { return rows_; }

private:
    std::vector<route> rows_;
};

}  // namespace http
