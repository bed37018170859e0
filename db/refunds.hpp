#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/rules/refund_rules.hpp"
#include "server/rules/refund_state.hpp"

// Money on its way back, and the conditional updates that reserve and move it. All functions are
// parts of units of work. Locks are taken in the order: order, payment, refund, bills, ledger.
namespace db {

enum class refund_origin { asked, late_money, platform };
std::string_view name_of(refund_origin origin);

struct refund_line {
    int line_no = 0;  // of the order; 0: money in suspense
    std::optional<std::int64_t> bill_id;
    std::optional<std::int64_t> item_id;
    base::fen amount;
};

struct refund {
    std::int64_t id = 0;
    std::string out_refund_no;
    std::string order_no;
    std::string mch_id;
    std::string transaction_id;
    std::optional<std::int64_t> person_id;
    refund_origin origin = refund_origin::asked;
    rules::refund_state state = rules::refund_state::asked;
    base::fen amount;
    base::fen payment_amount;  // WeChat wants it in every application
    rules::bills_afterwards afterwards = rules::bills_afterwards::due_again;
    std::string reason_code;  // rules::name_of(refund_reason); "" = older than that was kept
    std::string reason;
    std::string note;           // for colleagues
    std::string reject_reason;  // of whoever rejected it
    std::optional<std::int64_t> batch_id;
    std::string asked_by;
    base::epoch_ms asked_at = 0;
    std::string decided_by;
    std::optional<base::epoch_ms> decided_at;
    std::string provider_body;  // exact bytes of the application
    std::string refund_id;
    std::optional<base::epoch_ms> sent_at;     // first, by our clock
    std::optional<base::epoch_ms> created_at;  // at WeChat
    std::optional<base::epoch_ms> succeeded_at;
    std::string received_account;
    int sent_count = 0;
    int asked_count = 0;
    std::string attention;
    std::vector<refund_line> lines;
};

struct refund_wish {
    std::string order_no;
    // Empty: all that is left. Of late money it is always what stands in suspense.
    std::vector<rules::refund_part> parts;
    // Without parts: so much, from suspense first, then from the lines in their order.
    std::optional<base::fen> sum;
    rules::refund_reason reason = rules::refund_reason::mistake;
    std::string reason_text;  // shown to the payer
    std::string note;         // for colleagues
    std::optional<std::int64_t> batch_id;
    refund_origin origin = refund_origin::asked;
    std::string request_id;
    std::string request_hash;  // 32 bytes
    std::string by;
    std::string address;  // where he sits; "" = not at the console
    base::epoch_ms now = 0;
    // A pure function of its argument: the unit may run twice.
    std::function<std::string(const refund&)> provider_body;
};

enum class ask_kind {
    made,
    same,               // this request id has made it before
    request_id_reused,  // ... for something else
    no_payment,
    not_refundable,  // see `why`
};

struct ask_outcome {
    ask_kind kind = ask_kind::made;
    refund made;
    rules::refund_judgement why;
};

// Reserves the amount on the payment and its lines, fixes number and bytes, and keeps the refund:
// waiting for a second person, or released at once where a rule of the house asks (late money).
ask_outcome ask_refund(connection& db, const refund_wish& wish);

enum class decision { release, reject, send_again, give_up };
enum class decide_kind { done, done_before, unknown_refund, same_person, not_in_this_state };

// What goes with a decision.
struct decision_note {
    std::string reason;   // why it is rejected, for colleagues
    std::string address;  // where he sits; "" = not at the console
};

// A person's word about a refund; audited. Whoever asked cannot release: the row itself compares
// the two.
decide_kind decide_refund(
    connection& db,
    std::string_view out_refund_no,
    decision what,
    std::string_view by,
    base::epoch_ms now,
    const decision_note& with = {}
);

std::optional<refund> find_refund(connection& db, std::string_view out_refund_no);
std::optional<refund> find_refund(
    connection& db, std::string_view mch_id, std::string_view out_refund_no
);
std::vector<refund> refunds_of_order(connection& db, std::string_view order_no);
// state "" = all that are not at their end; oldest first.
std::vector<refund> list_refunds(connection& db, std::string_view state, int count);

// Payments whose surplus must go back and that no refund was made for by itself yet: if that one
// came to nothing, a person decides.
std::vector<std::string> payments_to_send_back(connection& db, int count);

enum class refund_work { to_send, to_ask };

// Claims up to `count` refunds whose time has come, for lease_ms.
std::vector<refund> claim_due_refunds(
    connection& db, std::string_view owner, refund_work what, base::epoch_ms lease_ms, int count
);

enum class sending { go, too_soon, gone, too_old };

// Before each application: counts it, and keeps WeChat's distance between two of one order.
sending begin_sending(
    connection& db, const refund& one, std::string_view owner, base::epoch_ms now
);

// No clear answer: again after wait_ms, or when somebody gives it a time. attention "" leaves the
// word that is there. The database's clock tells what is due, whatever clocks the servers have.
void postpone_refund(
    connection& db,
    const refund& one,
    std::string_view owner,
    std::optional<base::epoch_ms> wait_ms,
    std::string_view attention
);

// WeChat refused and has no such refund.
void mark_refused(connection& db, const refund& one, std::string_view owner, std::string_view code);

// What WeChat says about a refund. Verified; amounts as WeChat spells them.
struct refund_fact {
    std::string mch_id;
    std::string out_refund_no;
    std::string refund_id;
    rules::refund_event event = rules::refund_event::acknowledged;
    std::optional<base::epoch_ms> created_at;  // notices lack it: then it is when we sent it
    std::optional<base::epoch_ms> succeeded_at;
    std::optional<base::fen> amount;
    std::string received_account;
};

enum class fact_outcome {
    applied,
    repeated,  // known before
    unknown_refund,
    amount_differs,  // kept for finance, nothing moved
    impossible,      // WeChat contradicts itself: kept for finance, nothing moved
};
std::string_view name_of(fact_outcome outcome);

// The one unit in which answer, notice, question and daily bill end. Idempotent.
fact_outcome apply_refund_fact(connection& db, const refund_fact& fact, base::epoch_ms now);

// A refund made by hand in the merchant console, confirmed by a person: its money comes from
// suspense first, then from the lines in their order; their fees are owed again.
struct platform_refund {
    std::string mch_id;
    std::string transaction_id;
    std::string out_refund_no;  // WeChat's own
    std::string refund_id;
    base::fen amount;
    base::epoch_ms created_at = 0;
    std::string by;
};
enum class platform_outcome { booked, booked_before, no_payment, exceeds_what_is_left };
platform_outcome book_platform_refund(
    connection& db, const platform_refund& what, base::epoch_ms now
);

}  // namespace db
