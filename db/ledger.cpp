#include "db/ledger.hpp"

#include "server/base/error.hpp"
#include "server/base/ids.hpp"

namespace db {
namespace {

constexpr auto insert_journal =
    "INSERT INTO ledger_journals (id, kind, business_key, booked_ms) VALUES (?, ?, ?, ?)";

constexpr auto insert_entries =
    "INSERT INTO ledger_entries (journal_id, line_no, account, person_id, bill_id, amount_fen) "
    "VALUES";

}  // namespace

void book(
    connection& db,
    std::string_view kind,
    std::string_view business_key,
    const std::vector<ledger_entry>& entries,
    base::epoch_ms now
) {
    base::fen sum;
    for (const auto& entry : entries) sum += entry.amount;
    base::ensure(sum == base::fen{}, "a journal sums to zero");

    const auto id = base::next_id();
    db.change(insert_journal, id, kind, business_key, now);
    std::vector<std::vector<value>> list;
    list.reserve(entries.size());
    for (const auto& entry : entries) {
        list.push_back(
            {id, list.size() + 1, entry.account, entry.person_id, entry.bill_id, entry.amount}
        );
    }
    db.change_many(insert_entries, "(?, ?, ?, ?, ?, ?)", list);
}

}  // namespace db
