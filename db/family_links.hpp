#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/orders.hpp"
#include "server/base/clock.hpp"
#include "server/rules/family_link.hpp"

// 家人代付: links that a student makes for somebody else to pay by. All functions are parts of
// units of work.
namespace db {

// As it was when the link was made.
struct family_line {
    std::int64_t bill_id = 0;
    std::string item_name;
    std::string period;
    base::fen amount;
};

struct family_link {
    std::int64_t id = 0;
    std::int64_t person_id = 0;
    std::string message;
    base::epoch_ms created_at = 0;
    base::epoch_ms ends_at = 0;
    bool withdrawn = false;
    bool ended = false;  // by the database's clock
    int orders_opened = 0;
    std::int64_t version = 0;
    std::vector<family_line> lines;
    std::optional<order> newest_order;   // opened through it
    std::vector<rules::bill> bills_now;  // those of its bills that still owe something

    rules::family_state state() const;
};

struct family_wish {
    std::int64_t id = 0;
    std::string token_hash;
    std::int64_t person_id = 0;
    std::string message;
    std::vector<std::int64_t> bill_ids;  // ascending, without repeats
    rules::school_rules school;
    base::fen total_seen;
    base::epoch_ms now = 0;
    base::epoch_ms life_ms = 0;  // by the database's clock
};

inline constexpr int family_links_open_max = 10;

enum class family_make_kind { made, bill_missing, not_selectable, too_many };

struct family_made {
    family_make_kind kind = family_make_kind::made;
    rules::selection why;
    std::string holding_order_no;  // with in_live_order
};

// Only over bills that the student could pay now himself.
family_made make_family_link(connection& db, const family_wish& wish);

std::optional<family_link> find_family_link(connection& db, std::string_view token_hash);
// Newest first.
std::vector<family_link> list_family_links(connection& db, std::int64_t person_id, int count);

// False: not this person's, or withdrawn before.
bool withdraw_family_link(
    connection& db, std::int64_t id, std::int64_t person_id, base::epoch_ms now
);

enum class family_open_kind {
    opened,
    same,          // this payer's unfinished order
    someone_pays,  // another payer's, or the student's own
    paid,          // through this link
    over,          // withdrawn, ended or settled
    unknown_link,
    not_selectable,  // see `why`
};

struct family_opened {
    family_open_kind kind = family_open_kind::opened;
    order opened;
    rules::selection why;
};

// The payer has pressed pay: opens an order of the student over what the link's bills owe now, or
// finds the one that this payer opened before. `draft` comes without person, bills and request id,
// which follow from the link.
family_opened open_family_order(connection& db, std::string_view token_hash, order_draft draft);

// Whether an order was opened through a link.
bool is_family_order(connection& db, std::string_view order_no);

}  // namespace db
