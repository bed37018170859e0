#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/day_compare.hpp"
#include "db/reconcile_lease.hpp"
#include "server/base/clock.hpp"

// The state of a merchant's day, and its end.
namespace db {

enum class day_state {
    open,      // not compared yet
    balanced,  // nothing is left to decide
    differs,
    closed,  // signed by a person: nothing is booked into it any more
};
std::string_view name_of(day_state state);

struct reconciliation_day {
    std::string day;
    std::string mch_id;
    day_state state = day_state::open;
    std::string trouble;  // while open: why it could not be compared
    day_sums sums;
    base::epoch_ms run_at = 0;
    std::string closed_by;
    std::optional<base::epoch_ms> closed_at;
    std::optional<std::int64_t> closed_seq;
    std::string closed_hash;  // 32 bytes
};

std::optional<reconciliation_day> find_day(
    connection& db, std::string_view day, std::string_view mch_id
);
std::vector<reconciliation_day> days_since(connection& db, std::string_view day);
// [from, until), by day and merchant.
std::vector<reconciliation_day> days_between(
    connection& db, std::string_view from, std::string_view until
);
struct days_difference_count {
    std::string day;
    std::int64_t unresolved = 0;
};
// Days without any are left out.
std::vector<days_difference_count> unresolved_between_days(
    connection& db, std::string_view from, std::string_view until
);
// The first day that was ever looked at.
std::optional<std::string> first_day(connection& db);

// A day that could not be compared. One that was before stays as it was.
void keep_trouble(
    connection& db,
    const day_lease& mine,
    const day_scope& of,
    std::string_view trouble,
    base::epoch_ms now
);

// After a comparison: balanced, or differs while a difference is unresolved. Writes only what has
// changed.
void finish_day(
    connection& db,
    const day_lease& mine,
    const day_scope& of,
    const day_sums& sums,
    base::epoch_ms now
);

enum class close_day_kind {
    closed,
    closed_before,
    day_not_over,
    not_compared,
    differs,
    earlier_day_open,  // see `which`
    moved_meanwhile,   // something was booked into the day after it was compared
};
struct close_day_outcome {
    close_day_kind kind = close_day_kind::closed;
    std::string which;
};

struct close_day_wish {
    day_lease mine;
    std::vector<day_scope> merchants;
    std::int64_t seen_seq = 0;  // the end of the ledger when the day was compared
    std::string by;
    base::epoch_ms now = 0;
};

// All merchants of the day at once, because the ledger is closed as a whole: keeps the end of the
// chain on the day, and books nothing before the next day any more. Audited.
close_day_outcome close_day(connection& db, const close_day_wish& wish);

}  // namespace db
