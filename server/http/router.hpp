#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"

namespace http {

// One row of the table of addresses. `pattern` has literal parts and {name} parts, each matching
// one non-empty path segment; a pattern ending in "/*" matches everything below, and its own
// folder with and without the slash.
struct route {
    verb method = verb::get;
    std::string pattern;
    handler answer;
    std::size_t body_limit = 64 * 1024;
    immediate_handler at_once = {};  // instead of `answer`, for what never waits
};

struct match {
    const route* found = nullptr;
    text_pairs parameters;
    std::string allow;  // when the path exists under other methods: value of the Allow header
};

// The table as a tree of path segments. Filled before the server starts, read by all threads.
class router {
public:
    router() : nodes_(1) {}

    // Throws base::error{internal} for a pattern that is malformed or stands there already.
    void add(route row);
    void get(std::string pattern, handler answer) {
        add({verb::get, std::move(pattern), std::move(answer), 64 * 1024, {}});
    }
    // HEAD is matched as GET. A literal segment wins over {name}, both win over "/*".
    match find(verb method, std::string_view path) const;
    const std::vector<route>& rows() const { return rows_; }

private:
    using rows_by_verb = std::map<verb, std::size_t>;
    struct node {
        std::map<std::string, std::size_t, std::less<>> literal;
        std::optional<std::size_t> named;
        rows_by_verb here;
        rows_by_verb below;
    };
    struct search;

    std::size_t child_of(std::size_t at, std::string_view part);
    bool descend(search& wanted, std::size_t at, std::string_view rest, bool at_end) const;

    std::vector<node> nodes_;
    std::vector<route> rows_;
};

}  // namespace http
