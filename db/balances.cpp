#include "db/balances.hpp"

namespace db {
namespace {

// Journals that are older than value_ms have the time of booking.
#define CAMPUS_BALANCE_COLUMNS                                                     \
    "SELECT e.account, MAX(i.name) AS item_name, SUM(e.amount_fen) AS amount_fen " \
    "FROM ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id "         \
    "LEFT JOIN fee_items i ON e.account = CONCAT('fee:', i.id) "                   \
    "WHERE COALESCE(j.value_ms, j.booked_ms) < ? "

constexpr auto of_all = CAMPUS_BALANCE_COLUMNS "GROUP BY e.account ORDER BY e.account";

constexpr auto of_account =
    CAMPUS_BALANCE_COLUMNS "AND e.account = ? GROUP BY e.account ORDER BY e.account";

constexpr auto of_person =
    CAMPUS_BALANCE_COLUMNS "AND e.person_id = ? GROUP BY e.account ORDER BY e.account";

std::vector<account_balance> read(rows found) {
    std::vector<account_balance> out;
    while (found.next()) {
        out.push_back(
            {found.text("account"),
             found.maybe_text("item_name").value_or(""),
             found.fen("amount_fen")}
        );
    }
    return out;
}

}  // namespace

std::vector<account_balance> balances_at(
    connection& db, base::epoch_ms until, std::string_view account
) {
    if (account.empty()) return read(db.select(of_all, until));
    return read(db.select(of_account, until, account));
}

std::vector<account_balance> balances_of_person(
    connection& db, std::int64_t person_id, base::epoch_ms until
) {
    return read(db.select(of_person, until, person_id));
}

}  // namespace db
