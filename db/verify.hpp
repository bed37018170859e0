#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/ledger.hpp"

// Whether the books are what they must be, as far as a database alone can show it. Only reads; each
// check is one statement, so that it sees one state even while money moves.
namespace db {

struct book_check {
    std::string_view name;     // stable, for programs: "bills_match_ledger"
    std::string_view promise;  // Chinese: what holds
    std::string_view sql;      // answers a row for each place where it does not: column `place`
};

const std::vector<book_check>& book_checks();

// At most `count` places where the promise is broken; none: it holds.
std::vector<std::string> broken_places(connection& db, const book_check& check, int count);

// The chain of journals is walked in pieces, so that memory stays bounded.
struct chain_walk {
    std::int64_t seq = 0;  // the last journal that was looked at
    std::string hash = std::string(32, '\0');
    base::epoch_ms booked_at = 0;
    bool at_end = false;
    std::string flaw;  // "" = sound so far
};

// Goes on from `from` over at most `count` journals. At the end the head must be what was walked
// to; a head that moved on meanwhile is walked after in the next piece.
chain_walk walk_chain(connection& db, const chain_walk& from, int count);

}  // namespace db
