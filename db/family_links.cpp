#include "db/family_links.hpp"

#include <algorithm>

#include "db/bills.hpp"
#include "db/server_clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

#define CAMPUS_LINK_COLUMNS                                                              \
    "SELECT id, person_id, message, order_no, orders_opened, withdrawn_ms, created_ms, " \
    "ends_ms, ends_ms <= " CAMPUS_DB_NOW_MS " AS ended, version FROM family_links WHERE "

constexpr auto by_token = CAMPUS_LINK_COLUMNS "token_hash = ?";
constexpr auto by_token_locked = CAMPUS_LINK_COLUMNS "token_hash = ? FOR UPDATE";
constexpr auto of_person =
    CAMPUS_LINK_COLUMNS "person_id = ? ORDER BY created_ms DESC, id DESC LIMIT ?";

constexpr auto lines_of =
    "SELECT bill_id, item_name, period, amount_fen FROM family_link_bills WHERE link_id = ? "
    "ORDER BY bill_id";

constexpr auto count_open =
    "SELECT COUNT(*) AS n FROM family_links WHERE person_id = ? AND withdrawn_ms IS NULL "
    "AND ends_ms > " CAMPUS_DB_NOW_MS;

constexpr auto insert_link =
    "INSERT INTO family_links (id, token_hash, person_id, message, created_ms, ends_ms) "
    "VALUES (?, ?, ?, ?, ?, " CAMPUS_DB_NOW_MS " + ?)";

constexpr auto insert_line =
    "INSERT INTO family_link_bills (link_id, bill_id, item_name, period, amount_fen) "
    "VALUES (?, ?, ?, ?, ?)";

constexpr auto withdraw =
    "UPDATE family_links SET withdrawn_ms = ?, version = version + 1 "
    "WHERE id = ? AND person_id = ? AND withdrawn_ms IS NULL";

constexpr auto take_order =
    "UPDATE family_links SET order_no = ?, orders_opened = orders_opened + 1, "
    "version = version + 1 WHERE id = ? AND version = ? AND withdrawn_ms IS NULL "
    "AND ends_ms > " CAMPUS_DB_NOW_MS;

constexpr auto insert_order = "INSERT INTO family_orders (order_no, link_id) VALUES (?, ?)";
constexpr auto select_order = "SELECT link_id FROM family_orders WHERE order_no = ?";

struct stored_link {
    family_link link;
    std::string order_no;
};

stored_link link_of(const rows& row) {
    stored_link out;
    out.link.id = row.i64("id");
    out.link.person_id = row.i64("person_id");
    out.link.message = row.text("message");
    out.link.created_at = row.i64("created_ms");
    out.link.ends_at = row.i64("ends_ms");
    out.link.withdrawn = row.maybe_i64("withdrawn_ms").has_value();
    out.link.ended = row.flag("ended");
    out.link.orders_opened = static_cast<int>(row.i64("orders_opened"));
    out.link.version = row.i64("version");
    out.order_no = row.maybe_text("order_no").value_or("");
    return out;
}

// What stands in other tables. owed: every bill of the person that is not settled.
family_link completed(connection& db, stored_link stored, const std::vector<rules::bill>& owed) {
    auto& out = stored.link;
    auto lines = db.select(lines_of, out.id);
    while (lines.next()) {
        out.lines.push_back(
            {lines.i64("bill_id"),
             lines.text("item_name"),
             lines.text("period"),
             lines.fen("amount_fen")}
        );
    }
    for (const auto& line : out.lines) {
        const auto found = std::find_if(owed.begin(), owed.end(), [&line](const auto& bill) {
            return bill.id == line.bill_id;
        });
        if (found != owed.end()) out.bills_now.push_back(*found);
    }
    if (!stored.order_no.empty()) out.newest_order = find_order(db, stored.order_no);
    return std::move(out);
}

std::optional<family_link> first_completed(connection& db, rows found) {
    if (!found.next()) return std::nullopt;
    auto stored = link_of(found);
    const auto owed = unsettled_bills(db, stored.link.person_id);
    return completed(db, std::move(stored), owed);
}

std::string holder_of(const std::vector<rules::bill>& bills, const rules::selection& why) {
    for (const auto& bill : bills) {
        if (bill.id == why.which) return bill.live_order_no;
    }
    return {};
}

family_opened refused(family_open_kind kind) {
    family_opened out;
    out.kind = kind;
    return out;
}

// What the link itself says to this payer; nothing: go on and open an order.
std::optional<family_opened> answer_of(const family_link& link, const std::string& openid) {
    switch (link.state()) {
        case rules::family_state::open:
            return std::nullopt;
        case rules::family_state::paid:
            return refused(family_open_kind::paid);
        case rules::family_state::being_paid:
            break;
        case rules::family_state::settled:
        case rules::family_state::withdrawn:
        case rules::family_state::ended:
            return refused(family_open_kind::over);
    }
    const auto& order = link.newest_order;
    const bool mine = order && rules::is_live(order->state) && order->openid == openid;
    if (!mine) return refused(family_open_kind::someone_pays);
    // An end by time lets what was begun be finished; the student's own word does not.
    if (link.withdrawn) return refused(family_open_kind::over);
    auto out = refused(family_open_kind::same);
    out.opened = *order;
    return out;
}

}  // namespace

rules::family_state family_link::state() const {
    rules::family_facts facts;
    if (newest_order) facts.order = newest_order->state;
    facts.withdrawn = withdrawn;
    facts.ended = ended;
    facts.owes = !bills_now.empty();
    facts.held_elsewhere = std::any_of(bills_now.begin(), bills_now.end(), [](const auto& bill) {
        return !bill.live_order_no.empty();
    });
    return rules::state_of(facts);
}

family_made make_family_link(connection& db, const family_wish& wish) {
    family_made out;
    // Its locks put the wishes of one student in a row; nothing is held by a link.
    const auto bills = lock_bills(db, wish.person_id, wish.bill_ids);
    if (db.select(by_token, blob{wish.token_hash}).next()) {
        db.found_done();
        return out;
    }
    if (bills.size() != wish.bill_ids.size()) {
        out.kind = family_make_kind::bill_missing;
        return out;
    }
    std::vector<rules::bill> owed;
    if (wish.school.arrears_first) owed = unsettled_bills(db, wish.person_id);
    std::vector<rules::wish> wanted;
    wanted.reserve(bills.size());
    for (const auto& bill : bills) wanted.push_back({bill, std::nullopt});
    out.why = rules::judge_selection(wanted, owed, wish.total_seen, wish.now, wish.school);
    if (out.why.verdict != rules::selection_verdict::ok) {
        out.kind = family_make_kind::not_selectable;
        out.holding_order_no = holder_of(bills, out.why);
        return out;
    }
    auto open = db.select(count_open, wish.person_id);
    if (open.next() && open.i64("n") >= family_links_open_max) {
        out.kind = family_make_kind::too_many;
        return out;
    }
    db.change(
        insert_link,
        wish.id,
        blob{wish.token_hash},
        wish.person_id,
        wish.message,
        wish.now,
        wish.life_ms
    );
    for (const auto& bill : bills) {
        db.change(
            insert_line,
            wish.id,
            bill.id,
            bill.item_name,
            bill.period,
            rules::payable_of(bill, wish.now)
        );
    }
    return out;
}

std::optional<family_link> find_family_link(connection& db, std::string_view token_hash) {
    return first_completed(db, db.select(by_token, blob{token_hash}));
}

std::vector<family_link> list_family_links(connection& db, std::int64_t person_id, int count) {
    std::vector<family_link> out;
    const auto owed = unsettled_bills(db, person_id);
    auto found = db.select(of_person, person_id, count);
    while (found.next()) out.push_back(completed(db, link_of(found), owed));
    return out;
}

bool withdraw_family_link(
    connection& db, std::int64_t id, std::int64_t person_id, base::epoch_ms now
) {
    return db.change(withdraw, now, id, person_id) == 1;
}

family_opened open_family_order(connection& db, std::string_view token_hash, order_draft draft) {
    const auto link = first_completed(db, db.select(by_token_locked, blob{token_hash}));
    if (!link) return refused(family_open_kind::unknown_link);
    if (auto known = answer_of(*link, draft.openid)) {
        if (known->kind == family_open_kind::same) db.found_done();
        return std::move(*known);
    }
    draft.person_id = link->person_id;
    // The next order of this link: a repeat of this very one has been answered above.
    draft.request_id =
        "family-" + std::to_string(link->id) + "-" + std::to_string(link->orders_opened + 1);
    draft.request_hash = base::sha256(draft.request_id + '|' + draft.openid);
    for (const auto& bill : link->bills_now) draft.bill_ids.push_back(bill.id);
    std::sort(draft.bill_ids.begin(), draft.bill_ids.end());
    auto made = open_order(db, draft);
    family_opened out;
    out.why = made.why;
    if (made.kind == open_kind::not_selectable || made.kind == open_kind::bill_missing) {
        const bool held = made.why.verdict == rules::selection_verdict::in_live_order;
        out.kind = held ? family_open_kind::someone_pays : family_open_kind::not_selectable;
        return out;
    }
    base::ensure(
        made.kind == open_kind::opened, "each order of a link has a request id of its own"
    );
    base::crash_point("family.after_order");
    // Withdrawn or ended at this very moment: then the order must not be.
    if (db.change(take_order, made.opened.order_no, link->id, link->version) != 1) {
        throw base::error{base::errc::family_link_over};
    }
    db.change(insert_order, made.opened.order_no, link->id);
    base::crash_point("family.after_link");
    out.opened = std::move(made.opened);
    return out;
}

bool is_family_order(connection& db, std::string_view order_no) {
    return db.select(select_order, order_no).next();
}

}  // namespace db
