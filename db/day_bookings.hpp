#pragma once

#include <string>
#include <string_view>

#include "db/connection.hpp"
#include "db/reconcile_lease.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"

// What only the bills tell, booked: WeChat's fees, and transfers between it and the bank.
namespace db {

std::string fees_key(const day_scope& of);

// The day's fees become `total`, with a value in that day: the first booking has the day's key, a
// correction that key and a number behind it. False: they are that already.
bool book_fees(connection& db, const day_scope& of, base::fen total, base::epoch_ms now);

struct transfer {
    std::string mch_id;
    std::string flow_no;
    base::fen amount;  // what it added to the account at WeChat
    base::epoch_ms at = 0;
};
enum class transfer_outcome { booked, booked_before, number_too_long };
transfer_outcome book_transfer(connection& db, const transfer& what, base::epoch_ms now);

}  // namespace db
