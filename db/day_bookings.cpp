#include "db/day_bookings.hpp"

#include "db/day_compare.hpp"
#include "db/ledger.hpp"

namespace db {
namespace {

constexpr std::size_t key_size_max = 80;

constexpr auto bookings_of_fees =
    "SELECT COUNT(*) AS n FROM ledger_journals WHERE business_key = ? OR business_key LIKE ?";

}  // namespace

std::string fees_key(const day_scope& of) {
    return "fees:" + of.mch_id + ":" + of.day;
}

bool book_fees(connection& db, const day_scope& of, base::fen total, base::epoch_ms now) {
    // The head of the chain first: two who book the same day see each other's work.
    lock_ledger_head(db);
    const auto amount = total - fees_booked_of(db, of);
    if (amount == base::fen{}) {
        db.found_done();
        return false;
    }
    auto key = fees_key(of);
    auto before = db.select(bookings_of_fees, key, key + ":%");
    if (before.next() && before.i64("n") > 0) key += ":" + std::to_string(before.i64("n") + 1);
    ledger_journal journal{"fees", key, {}, of.until - 1};
    journal.entries = {
        {fees_account(of.mch_id), {}, {}, amount},
        {provider_account(of.mch_id), {}, {}, -amount},
    };
    book(db, journal, now);
    return true;
}

transfer_outcome book_transfer(connection& db, const transfer& what, base::epoch_ms now) {
    const auto key = "transfer:" + what.mch_id + ":" + what.flow_no;
    if (key.size() > key_size_max) return transfer_outcome::number_too_long;
    if (is_booked(db, key)) {
        db.found_done();
        return transfer_outcome::booked_before;
    }
    ledger_journal journal{"transfer", key, {}, what.at};
    journal.entries = {
        {provider_account(what.mch_id), {}, {}, what.amount},
        {bank_account(what.mch_id), {}, {}, -what.amount},
    };
    book(db, journal, now);
    return transfer_outcome::booked;
}

}  // namespace db
