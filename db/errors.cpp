#include "db/errors.hpp"

#include <algorithm>
#include <array>

namespace db {
namespace {

struct meaning {
    int code;
    failure_kind kind;
};

using enum failure_kind;

// Sorted by code. Everything else is decided by number range and SQLSTATE below.
constexpr std::array meanings{
    meaning{1020, conflict},    // record has changed since last read
    meaning{1021, broken},      // disk full
    meaning{1022, duplicate},   // duplicate key, older wording
    meaning{1030, broken},      // error from the storage engine
    meaning{1034, broken},      // index corrupted
    meaning{1040, lost},        // too many connections
    meaning{1047, lost},        // node is not part of the cluster's majority
    meaning{1053, lost},        // server is shutting down
    meaning{1062, duplicate},   //
    meaning{1077, lost},        // normal shutdown
    meaning{1079, lost},        // shutdown complete
    meaning{1114, broken},      // table full
    meaning{1152, lost},        // connection aborted
    meaning{1153, ours},        // packet too large: it would be so on every connection
    meaning{1158, lost},        // network: read
    meaning{1159, lost},        // network: read timed out
    meaning{1160, lost},        // network: write
    meaning{1161, lost},        // network: write timed out
    meaning{1180, lost},        // error during COMMIT
    meaning{1184, lost},        // connection aborted before it was ready
    meaning{1194, broken},      // table crashed
    meaning{1203, lost},        // too many connections of this user
    meaning{1205, conflict},    // lock wait timed out
    meaning{1213, conflict},    // deadlock, or certification failed in the cluster
    meaning{1226, lost},        // resource limit of this user
    meaning{1243, lost},        // the server does not know this prepared statement
    meaning{1290, lost},        // server is read-only: the writer has moved
    meaning{1317, lost},        // killed by somebody else than us
    meaning{1412, conflict},    // table definition has changed, retry
    meaning{1461, lost},        // too many prepared statements: a new connection has none
    meaning{1586, duplicate},   // duplicate key, with its name
    meaning{1615, lost},        // prepared statement needs to be prepared again
    meaning{1836, lost},        // read-only mode
    meaning{1859, duplicate},   // duplicate key, without its name
    meaning{1927, lost},        // connection was killed
    meaning{1969, time_limit},  // max_statement_time (MariaDB)
    meaning{3024, time_limit},  // max_execution_time (MySQL)
    meaning{3572, conflict},    // NOWAIT found a lock (MySQL)
    meaning{4031, lost},        // disconnected for idleness
};
static_assert(std::ranges::is_sorted(meanings, {}, &meaning::code));

// Codes whose quoted pieces name columns, tables or SQL, never values of a row.
bool quotes_only_names(int code) {
    constexpr std::array safe{
        1044,
        1045,
        1046,
        1048,
        1049,
        1050,
        1054,
        1060,
        1061,
        1064,
        1091,
        1136,
        1142,
        1146,
        1227,
        1264,
        1364,
        1406};
    return std::ranges::find(safe, code) != safe.end() || (code >= 2000 && code < 3000);
}

// A value may hold quotes itself: everything from the first to the last quote goes.
std::string without_values(std::string_view message) {
    const auto first = message.find('\'');
    if (first == std::string_view::npos) return std::string{message};
    const auto last = message.rfind('\'');
    const auto rest = last == first ? std::string_view{} : message.substr(last + 1);
    return std::string{message.substr(0, first)} + "…" + std::string{rest};
}

std::string wording(int code, std::string_view sql_state, std::string_view message) {
    return std::to_string(code) + " " + std::string{sql_state} + " " +
           (quotes_only_names(code) ? std::string{message} : without_values(message));
}

// "Duplicate entry 'a''b-1' for key 'bills.bills_of_person'": the name is behind the last " key '",
// MySQL puts the table in front of it.
std::string key_in(std::string_view message) {
    constexpr std::string_view before = " key '";
    const auto start = message.rfind(before);
    if (start == std::string_view::npos) return {};
    auto name = message.substr(start + before.size());
    name = name.substr(0, name.find('\''));
    const auto dot = name.rfind('.');
    return std::string{dot == std::string_view::npos ? name : name.substr(dot + 1)};
}

}  // namespace

failure_kind classify(int code, std::string_view sql_state) {
    const auto* found = std::ranges::lower_bound(meanings, code, {}, &meaning::code);
    if (found != meanings.end() && found->code == code) return found->kind;
    // Errors of the client library leave the connection in an unknown state.
    if (code >= 2000 && code < 3000) return lost;
    if (sql_state == "40001") return conflict;
    if (sql_state.starts_with("08")) return lost;
    return ours;
}

std::string_view to_text(failure_kind kind) {
    switch (kind) {
        case conflict:
            return "conflict";
        case lost:
            return "lost";
        case duplicate:
            return "duplicate";
        case broken:
            return "broken";
        case time_limit:
            return "time_limit";
        case ours:
            return "ours";
    }
    return "?";
}

failure::failure(int code, std::string_view sql_state, std::string_view message)
    : std::runtime_error{wording(code, sql_state, message)},
      code_{code},
      sql_state_{sql_state},
      kind_{classify(code, sql_state)} {}

duplicate_key::duplicate_key(int code, std::string_view sql_state, std::string_view message)
    : failure{code, sql_state, "Duplicate entry for key " + key_in(message)},
      key_{key_in(message)} {}

void raise(int code, std::string_view sql_state, std::string_view message) {
    if (classify(code, sql_state) == duplicate) throw duplicate_key{code, sql_state, message};
    throw failure{code, sql_state, message};
}

}  // namespace db
