#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/day_compare.hpp"
#include "db/reconcile_lease.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/rules/day_difference.hpp"

// Differences on file: each once, with what was decided about it.
namespace db {

enum class difference_state { open, waiting, resolved };
std::string_view name_of(difference_state state);

struct day_difference {
    std::int64_t id = 0;
    std::string day;
    int number = 0;  // of the day
    std::string mch_id;
    rules::difference_kind kind = rules::difference_kind::row_odd;
    std::string key;
    std::string order_no;
    std::string refund_no;
    std::string transaction_id;
    base::fen provider;
    base::fen ours;
    difference_state state = difference_state::open;
    rules::proposal proposal = rules::proposal::explain;
    std::string resolution;
    base::epoch_ms found_at = 0;
    std::optional<base::epoch_ms> wait_until;
    std::string decided_by;
    std::optional<base::epoch_ms> decided_at;
    std::string note;
};

// Puts what was found on file: new, or known with other amounts. What a person explained stays
// explained while its amounts stay. A unit's worth at a time: at most differences_at_once.
inline constexpr std::size_t differences_at_once = 200;
void record_differences(
    connection& db,
    const day_lease& mine,
    const day_scope& of,
    std::span<const difference_found> found,
    base::epoch_ms now
);

// What is on file and was not found any more has settled itself.
void settle_vanished(
    connection& db,
    const day_lease& mine,
    const day_scope& of,
    const day_compared& compared,
    base::epoch_ms now
);

// Open and waiting ones of a merchant's day; all of a day.
std::vector<day_difference> unresolved_differences(connection& db, const day_scope& of, int count);
std::vector<day_difference> differences_of_day(connection& db, std::string_view day, int count);
std::optional<day_difference> find_difference(connection& db, std::string_view day, int number);
// Days of the merchant from `since` on whose differences wait for later bills.
std::vector<std::string> days_that_wait(
    connection& db, std::string_view mch_id, std::string_view since
);

struct decided {
    std::string_view resolution;  // booked, explained, day_cut, agrees
    std::string_view by;
    std::string_view note;
};
// False: somebody has resolved it before.
bool resolve_difference(
    connection& db, const day_difference& one, const decided& how, base::epoch_ms now
);

// True: it was otherwise before.
bool turn_difference(
    connection& db, const day_difference& one, difference_state state, rules::proposal proposal
);

}  // namespace db
