#include "db/ledger.hpp"

#include <algorithm>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"

namespace db {
namespace {

constexpr auto insert_journal =
    "INSERT INTO ledger_journals (id, kind, business_key, booked_ms, seq, value_ms, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";

constexpr auto insert_entries =
    "INSERT INTO ledger_entries (journal_id, line_no, account, person_id, bill_id, amount_fen) "
    "VALUES";

constexpr auto journal_by_key = "SELECT id FROM ledger_journals WHERE business_key = ?";

constexpr auto read_head = "SELECT seq, hash, closed_until_ms FROM ledger_chain WHERE id = 1";

constexpr auto lock_head =
    "SELECT seq, hash, closed_until_ms FROM ledger_chain WHERE id = 1 FOR UPDATE";

// The lock orders the writers of one node; the condition decides between two of them.
constexpr auto move_head =
    "UPDATE ledger_chain SET seq = ?, hash = ? WHERE id = 1 AND seq = ? AND hash = ?";

constexpr auto move_closed =
    "UPDATE ledger_chain SET closed_until_ms = ? WHERE id = 1 AND closed_until_ms < ?";

chain_head head_of(rows found) {
    base::ensure(found.next(), "the ledger has a head");
    return {found.i64("seq"), found.bytes("hash"), found.i64("closed_until_ms")};
}

std::string number_or_dash(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : "-";
}

}  // namespace

std::string provider_account(std::string_view mch_id) {
    return "provider:" + std::string{mch_id};
}

std::string fees_account(std::string_view mch_id) {
    return "fees:" + std::string{mch_id};
}

std::string bank_account(std::string_view mch_id) {
    return "bank:" + std::string{mch_id};
}

std::string fee_account(std::int64_t item_id) {
    return "fee:" + std::to_string(item_id);
}

std::string chain_hash(std::string_view hash_before, const chained_journal& journal) {
    // Lines and tabs are in none of the parts, so no two journals have one text.
    std::string text{hash_before};
    text += "\n" + std::to_string(journal.seq) + "\t" + std::to_string(journal.id) + "\t" +
            journal.kind + "\t" + journal.business_key + "\t" + std::to_string(journal.booked_at) +
            "\t" + std::to_string(journal.value_at) + "\n";
    for (const auto& entry : journal.entries) {
        text += entry.account + "\t" + number_or_dash(entry.person_id) + "\t" +
                number_or_dash(entry.bill_id) + "\t" + std::to_string(entry.amount.count()) + "\n";
    }
    return base::sha256(text);
}

void book(connection& db, const ledger_journal& what, base::epoch_ms now) {
    base::fen sum;
    for (const auto& entry : what.entries) sum += entry.amount;
    base::ensure(sum == base::fen{} && !what.entries.empty(), "a journal sums to zero");

    const auto head = lock_ledger_head(db);
    chained_journal made;
    made.seq = head.seq + 1;
    made.id = base::next_id();
    made.kind = what.kind;
    made.business_key = what.business_key;
    made.booked_at = now;
    made.value_at = std::max(what.value_at, head.closed_until);
    made.entries = what.entries;
    const auto hash = chain_hash(head.hash, made);
    db.change(
        insert_journal,
        made.id,
        what.kind,
        what.business_key,
        now,
        made.seq,
        made.value_at,
        blob{hash}
    );
    std::vector<std::vector<value>> list;
    list.reserve(made.entries.size());
    for (const auto& entry : made.entries) {
        list.push_back(
            {made.id, list.size() + 1, entry.account, entry.person_id, entry.bill_id, entry.amount}
        );
    }
    db.change_many(insert_entries, "(?, ?, ?, ?, ?, ?)", list);
    base::ensure(
        db.change(move_head, made.seq, blob{hash}, head.seq, blob{head.hash}) == 1,
        "the chain has one end"
    );
}

bool is_booked(connection& db, std::string_view business_key) {
    return db.select(journal_by_key, business_key).next();
}

chain_head ledger_head(connection& db) {
    return head_of(db.select(read_head));
}

chain_head lock_ledger_head(connection& db) {
    return head_of(db.select(lock_head));
}

void close_ledger_until(connection& db, base::epoch_ms until) {
    db.change(move_closed, until, until);
}

}  // namespace db
