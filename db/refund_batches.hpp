#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/order_search.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/rules/refund_rules.hpp"
#include "server/rules/refund_state.hpp"

// Refunds that are asked for together and released as one. A batch is more rows than one
// transaction should hold, so its rows are asked for and released one unit each; the batch's state
// says how far that is, and whoever began it can go on after any interruption.
namespace db {

enum class batch_kind { file, leaver };
enum class batch_state { asking, asked, releasing, released, rejected };

std::string_view name_of(batch_kind kind);
std::string_view name_of(batch_state state);

struct batch_row {
    int row_no = 0;  // of the file, as Excel counts
    std::string order_no;
    base::fen amount;
    std::vector<rules::refund_part> parts;  // none: the amount as a whole
    std::string reason;                     // the payer reads it
    // Once it was asked for: one of the two.
    std::string out_refund_no;
    std::string problem;
    // Read only.
    std::optional<rules::refund_state> state;
    listed_student student;
};

// How a figure of a leaver came about; see rules::leaver_share.
struct leaver_figure {
    std::int64_t bill_id = 0;
    std::string item_name;
    std::string period;
    base::fen due;
    base::fen paid;
    base::fen on_its_way;
    std::optional<int> months;
    std::optional<int> months_used;
    base::fen keep;
    base::fen refund;
    base::fen other_way;
    std::string how;
};

struct refund_batch {
    std::int64_t id = 0;
    batch_kind kind = batch_kind::file;
    std::string title;
    std::string note;
    std::string reason_code;
    batch_state state = batch_state::asking;
    std::optional<std::int64_t> person_id;  // of a leaver, with the next two
    std::string left_on;
    std::string rule;
    int row_count = 0;
    base::fen total;  // of the rows; once they are asked for: of the refunds
    std::string asked_by;
    std::string asked_by_name;
    base::epoch_ms asked_at = 0;
    std::string decided_by;
    std::string decided_by_name;
    std::optional<base::epoch_ms> decided_at;
    std::string reject_reason;
};

struct batch_draft {
    refund_batch facts;  // id, kind, title, note, reason_code, person_id, left_on, rule, asked_by
    std::string live_key;
    std::vector<batch_row> rows;
    std::vector<leaver_figure> figures;
    std::string request_id;
    std::string request_hash;  // 32 bytes
    std::string address;
    base::epoch_ms now = 0;
};

enum class batch_made {
    made,
    same,               // this request id has made it before: `id`
    request_id_reused,  // ... for something else
    live_already,       // another one stands in its way: `id`
};
struct batch_outcome {
    batch_made kind = batch_made::made;
    std::int64_t id = 0;
};

batch_outcome open_batch(connection& db, const batch_draft& draft);

// Whether this request id has made one: then its rows hold what they asked for.
bool batch_of_request(connection& db, std::string_view asked_by, std::string_view request_id);

// The batch that stands behind a live key.
std::optional<std::int64_t> live_batch(connection& db, std::string_view live_key);

// With the right to see it: every row's student belongs to one of `colleges`, or there are none.
std::optional<refund_batch> find_batch(
    connection& db, std::int64_t id, const std::vector<std::string>& colleges
);
std::vector<batch_row> rows_of_batch(connection& db, std::int64_t id);
std::vector<leaver_figure> figures_of_batch(connection& db, std::int64_t id);
// Newest first; before 0: from the newest on.
std::vector<refund_batch> list_batches(
    connection& db, std::int64_t before, const std::vector<std::string>& colleges, int count
);

// Rows without an outcome yet, in their order.
std::vector<batch_row> rows_to_ask(connection& db, std::int64_t id, int count);
// False: the batch is not being asked for any more, and nothing was written.
bool hold_batch_while_asking(connection& db, std::int64_t id);
void settle_row(
    connection& db,
    std::int64_t id,
    int row_no,
    std::string_view out_refund_no,
    std::string_view problem
);
// Once every row has its outcome.
void finish_asking(connection& db, std::int64_t id);

enum class batch_decision {
    begun,           // or begun before, by the same person or long ago: go on
    done_before,     // by the same person
    same_person,     // whoever asked cannot release
    figures_differ,  // what he saw is not what it is
    not_in_this_state,
    unknown_batch,
};

// The row compares who, state and sum. Audited.
batch_decision begin_release(
    connection& db,
    std::int64_t id,
    std::string_view by,
    std::string_view address,
    base::fen total_seen,
    base::epoch_ms now
);
// For whoever asked too: he takes it back.
batch_decision begin_reject(
    connection& db,
    std::int64_t id,
    std::string_view by,
    std::string_view address,
    std::string_view reason,
    base::epoch_ms now
);
// Numbers of its refunds that still wait for a decision.
std::vector<std::string> undecided_of_batch(connection& db, std::int64_t id, int count);
void finish_release(connection& db, std::int64_t id);

}  // namespace db
