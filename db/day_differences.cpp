#include "db/day_differences.hpp"

#include <algorithm>

#include "server/base/beijing.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"

namespace db {
namespace {

constexpr int days_to_wait = 3;
constexpr int unresolved_max = 10'000;

#define CAMPUS_DIFFERENCE_COLUMNS                                                    \
    "SELECT id, day, number, mch_id, kind, business_key, order_no, refund_no, "      \
    "transaction_id, provider_fen, our_fen, state, proposal, resolution, found_ms, " \
    "wait_until_ms, decided_by, decided_ms, note FROM reconciliation_differences "

constexpr auto by_key =
    CAMPUS_DIFFERENCE_COLUMNS "WHERE mch_id = ? AND kind = ? AND business_key = ?";

constexpr auto by_number = CAMPUS_DIFFERENCE_COLUMNS "WHERE day = ? AND number = ?";

constexpr auto unresolved = CAMPUS_DIFFERENCE_COLUMNS
    "WHERE day = ? AND mch_id = ? AND state <> 'resolved' ORDER BY number LIMIT ?";

constexpr auto all_of_day = CAMPUS_DIFFERENCE_COLUMNS "WHERE day = ? ORDER BY number LIMIT ?";

constexpr auto waiting_days =
    "SELECT DISTINCT day FROM reconciliation_differences "
    "WHERE mch_id = ? AND day >= ? AND state = 'waiting' ORDER BY day";

constexpr auto last_number =
    "SELECT COALESCE(MAX(number), 0) AS n FROM reconciliation_differences WHERE day = ?";

constexpr auto insert =
    "INSERT INTO reconciliation_differences (id, day, number, mch_id, kind, business_key, "
    "order_no, refund_no, transaction_id, provider_fen, our_fen, state, proposal, found_ms, "
    "wait_until_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr auto find_again =
    "UPDATE reconciliation_differences SET provider_fen = ?, our_fen = ?, state = 'open', "
    "proposal = ?, resolution = NULL, found_ms = ?, decided_by = NULL, decided_ms = NULL, "
    "note = NULL, version = version + 1 WHERE id = ?";

constexpr auto change_amounts =
    "UPDATE reconciliation_differences SET provider_fen = ?, our_fen = ?, version = version + 1 "
    "WHERE id = ? AND state <> 'resolved'";

constexpr auto resolve =
    "UPDATE reconciliation_differences SET state = 'resolved', resolution = ?, decided_by = ?, "
    "decided_ms = ?, note = ?, version = version + 1 WHERE id = ? AND state <> 'resolved'";

constexpr auto turn =
    "UPDATE reconciliation_differences SET state = ?, proposal = ?, version = version + 1 "
    "WHERE id = ? AND state <> 'resolved' AND (state <> ? OR proposal <> ?)";

difference_state state_of(std::string_view text) {
    if (text == "waiting") return difference_state::waiting;
    return text == "resolved" ? difference_state::resolved : difference_state::open;
}

day_difference difference_of(const rows& row) {
    day_difference out;
    out.id = row.i64("id");
    out.day = row.text("day");
    out.number = static_cast<int>(row.i64("number"));
    out.mch_id = row.text("mch_id");
    out.kind = rules::difference_kind_of(row.text("kind"));
    out.key = row.text("business_key");
    out.order_no = row.text("order_no");
    out.refund_no = row.text("refund_no");
    out.transaction_id = row.text("transaction_id");
    out.provider = row.fen("provider_fen");
    out.ours = row.fen("our_fen");
    out.state = state_of(row.text("state"));
    out.proposal = rules::proposal_of(row.text("proposal"));
    out.resolution = row.maybe_text("resolution").value_or("");
    out.found_at = row.i64("found_ms");
    out.wait_until = row.maybe_i64("wait_until_ms");
    out.decided_by = row.maybe_text("decided_by").value_or("");
    out.decided_at = row.maybe_i64("decided_ms");
    out.note = row.maybe_text("note").value_or("");
    return out;
}

std::vector<day_difference> all_of(rows found) {
    std::vector<day_difference> out;
    while (found.next()) out.push_back(difference_of(found));
    return out;
}

std::optional<day_difference> first_of(rows found) {
    if (!found.next()) return std::nullopt;
    return difference_of(found);
}

void insert_difference(
    connection& db, const day_scope& of, const difference_found& what, base::epoch_ms now
) {
    auto last = db.select(last_number, of.day);
    base::ensure(last.next(), "a maximum answers one row");
    const auto waits_until =
        base::start_of(base::plus_days(base::business_day_of(of.from), days_to_wait + 1));
    const bool waits = rules::may_wait(what.kind) && now < waits_until;
    db.change(
        insert,
        base::next_id(),
        of.day,
        last.i64("n") + 1,
        of.mch_id,
        rules::name_of(what.kind),
        what.key,
        what.order_no,
        what.refund_no,
        what.transaction_id,
        what.provider,
        what.ours,
        waits ? "waiting" : "open",
        rules::name_of(rules::first_proposal(what.kind)),
        now,
        rules::may_wait(what.kind) ? std::optional{waits_until} : std::nullopt
    );
}

void record_one(
    connection& db, const day_scope& of, const difference_found& what, base::epoch_ms now
) {
    const auto known = first_of(db.select(by_key, of.mch_id, rules::name_of(what.kind), what.key));
    if (!known) {
        insert_difference(db, of, what, now);
        return;
    }
    const bool same = known->provider == what.provider && known->ours == what.ours;
    if (known->state != difference_state::resolved) {
        if (!same) db.change(change_amounts, what.provider, what.ours, known->id);
        return;
    }
    // The bills still differ after the fees were booked, and what was explained is still so.
    const bool stands =
        known->resolution == "explained" || what.kind == rules::difference_kind::fees_differ;
    if (same && stands) return;
    const auto proposal = rules::name_of(rules::first_proposal(what.kind));
    db.change(find_again, what.provider, what.ours, proposal, now, known->id);
}

bool is_listed(const day_compared& in, const day_difference& one) {
    const bool found = std::ranges::any_of(in.found, [&](const difference_found& each) {
        return each.kind == one.kind && each.key == one.key;
    });
    return found || std::ranges::find(in.unlisted, one.kind) != in.unlisted.end();
}

}  // namespace

std::string_view name_of(difference_state state) {
    switch (state) {
        case difference_state::open:
            return "open";
        case difference_state::waiting:
            return "waiting";
        case difference_state::resolved:
            return "resolved";
    }
    return "open";
}

void record_differences(
    connection& db,
    const day_lease& mine,
    const day_scope& of,
    std::span<const difference_found> found,
    base::epoch_ms now
) {
    hold_day(db, mine);
    for (const auto& what : found) record_one(db, of, what, now);
}

void settle_vanished(
    connection& db,
    const day_lease& mine,
    const day_scope& of,
    const day_compared& compared,
    base::epoch_ms now
) {
    hold_day(db, mine);
    std::size_t settled = 0;
    for (const auto& one : unresolved_differences(db, of, unresolved_max)) {
        if (is_listed(compared, one) || settled == differences_at_once) continue;
        ++settled;
        const auto* how = rules::may_wait(one.kind) ? "day_cut" : "agrees";
        resolve_difference(db, one, {how, "rule:reconcile", {}}, now);
    }
}

std::vector<day_difference> unresolved_differences(connection& db, const day_scope& of, int count) {
    return all_of(db.select(unresolved, of.day, of.mch_id, count));
}

std::vector<day_difference> differences_of_day(connection& db, std::string_view day, int count) {
    return all_of(db.select(all_of_day, day, count));
}

std::optional<day_difference> find_difference(connection& db, std::string_view day, int number) {
    return first_of(db.select(by_number, day, number));
}

std::vector<std::string> days_that_wait(
    connection& db, std::string_view mch_id, std::string_view since
) {
    auto found = db.select(waiting_days, mch_id, since);
    std::vector<std::string> out;
    while (found.next()) out.push_back(found.text("day"));
    return out;
}

bool resolve_difference(
    connection& db, const day_difference& one, const decided& how, base::epoch_ms now
) {
    const auto note =
        how.note.empty() ? std::optional<std::string_view>{} : std::optional{how.note};
    return db.change(resolve, how.resolution, how.by, now, note, one.id) == 1;
}

bool turn_difference(
    connection& db, const day_difference& one, difference_state state, rules::proposal proposal
) {
    const auto word = name_of(state);
    const auto what = rules::name_of(proposal);
    return db.change(turn, word, what, one.id, word, what) == 1;
}

}  // namespace db
