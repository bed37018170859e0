#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/rules/fee_rules.hpp"
#include "server/rules/order_state.hpp"
#include "server/rules/refund_state.hpp"

// Orders and the conditional updates that move them. All functions are parts of units of work.
namespace db {

enum class pay_channel { jsapi, native };
std::string_view name_of(pay_channel channel);

struct order_line {
    std::int64_t bill_id = 0;
    std::int64_t item_id = 0;
    std::string item_name;
    std::string period;
    base::fen amount;
    base::fen credited;
};

// A refund as the student sees it: what is under way or done.
struct order_refund {
    rules::refund_state state = rules::refund_state::processing;
    base::fen amount;
    std::optional<base::epoch_ms> succeeded_at;
    std::string reason;
};

struct order {
    std::int64_t id = 0;
    std::string order_no;
    std::int64_t person_id = 0;
    std::string request_hash;  // 32 bytes
    rules::order_state state = rules::order_state::opened;
    pay_channel channel = pay_channel::jsapi;
    std::string mch_id;
    std::string merchant_name;
    std::string openid;  // "" for Native
    base::fen amount;
    base::epoch_ms created_at = 0;
    base::epoch_ms pay_until = 0;
    std::string provider_body;  // exact bytes of the order call
    std::string prepay_id;
    std::string code_url;
    base::epoch_ms prepared_at = 0;
    bool preparing = false;      // an order call of somebody may be on its way
    base::epoch_ms seen_at = 0;  // when it was read, by the database's clock
    bool closing = false;
    std::optional<base::epoch_ms> closed_at;
    std::optional<base::epoch_ms> paid_at;
    std::string transaction_id;
    int asked_count = 0;
    std::string attention;
    std::string
        chosen_from;  // category of what the student chose himself; "" for the school's bills
    std::vector<order_line> lines;
    // Oldest first; only of orders that a student looks at (find_own_order, list_orders).
    std::vector<order_refund> refunds;
};

// What is known when a student asks to pay.
struct order_draft {
    std::string order_no;
    std::int64_t person_id = 0;
    std::string request_id;
    std::string request_hash;
    pay_channel channel = pay_channel::jsapi;
    std::string openid;
    std::vector<std::int64_t> bill_ids;       // ascending, without repeats
    std::map<std::int64_t, base::fen> parts;  // of bills that are not to be paid whole
    rules::school_rules school;
    base::fen total_seen;
    base::epoch_ms now = 0;
    base::epoch_ms pay_until = 0;
    // Pure functions of their arguments: the unit may run twice.
    std::function<std::string(const std::string& mch_id)> merchant_name;
    std::function<std::string(const order&)> provider_body;
};

enum class open_kind {
    opened,
    same,               // this request id has opened it before
    request_id_reused,  // ... for something else
    bill_missing,
    not_selectable,  // see `why`
};

struct open_outcome {
    open_kind kind = open_kind::opened;
    order opened;
    rules::selection why;
    std::string holding_order_no;  // with in_live_order
};

// Rules 1 and 2 of the order's life: locks the bills in ascending id, opens one order over them or
// returns the one that the same request id opened.
open_outcome open_order(connection& db, const order_draft& draft);

// For units that open an order in a way of their own: see db/choices.
// chosen: what of each bill goes into the order.
order order_over(
    const order_draft& draft, const std::vector<rules::bill>& bills, const rules::selection& chosen
);
void store_order(connection& db, const order& made, const order_draft& draft);
std::optional<order> find_by_request(
    connection& db, std::int64_t person_id, std::string_view request_id
);

std::optional<order> find_order(connection& db, std::string_view order_no);
// Of this person only.
std::optional<order> find_own_order(
    connection& db, std::string_view order_no, std::int64_t person_id
);
std::optional<order> lock_order(connection& db, std::string_view order_no);

enum class order_kind { all, unfinished, paid, closed };

// Which orders of a student; empty members do not matter.
struct order_search {
    std::string before;  // older than the order of this number
    std::string text;    // in the order's number, WeChat's number, an item or a period
    std::optional<base::epoch_ms> opened_from;
    std::optional<base::epoch_ms> opened_before;
    order_kind which = order_kind::all;
};

// Newest first, at most `count`.
std::vector<order> list_orders(
    connection& db, std::int64_t person_id, const order_search& wanted, int count
);

// Claims the right to send the order call for `for_ms`: two callers would void each other's code.
bool claim_preparing(connection& db, std::string_view order_no, base::epoch_ms for_ms);
// The call certainly did not reach WeChat.
void release_preparing(connection& db, std::string_view order_no);
// WeChat's answer. False: the order is not live any more.
bool keep_prepared(
    connection& db,
    std::string_view order_no,
    std::string_view prepay_id,
    std::string_view code_url,
    base::epoch_ms now
);

// Given up: from now on nothing is prepared for it, and the watcher closes it, at once. False: not
// live, or given up before; that hurries nobody, or money that waits for this order would have
// WeChat asked without a rest.
bool mark_closing(connection& db, std::string_view order_no);

enum class close_outcome { closed, closed_before, has_money, unknown_order };

// WeChat has confirmed that nobody can pay it: frees the bills.
close_outcome apply_close(connection& db, std::string_view order_no, base::epoch_ms now);

// Rule 6: the watcher, by the database's clock. Claims up to `count` live orders that are due for a
// question, for lease_ms. `owner` names this one round, so that a repeat finds what it claimed.
std::vector<order> claim_due_orders(
    connection& db, std::string_view owner, base::epoch_ms lease_ms, int count
);
// Asked, still open: ask again after `wait_ms`.
void postpone_order(
    connection& db, std::string_view order_no, std::string_view owner, base::epoch_ms wait_ms
);
// Somebody has reason to believe that it is paid: ask after `wait_ms` at the latest.
void hasten_order(connection& db, std::string_view order_no, base::epoch_ms wait_ms);

void set_attention(connection& db, std::string_view order_no, std::string_view word);

}  // namespace db
