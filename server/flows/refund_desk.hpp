#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/order_life.hpp"
#include "db/refund_search.hpp"
#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/flows/refund_order.hpp"

// Refunds at the console: found, asked for and decided, within the operator's colleges.
namespace flows {

struct console_refund_page {
    std::vector<db::listed_refund> refunds;
    std::optional<db::page_end> next;
};

base::task<console_refund_page> find_refunds(
    parts& with,
    const console_visitor& who,
    db::refund_filter wanted,
    std::optional<db::page_end> below
);

struct refund_story {
    db::listed_refund refund;
    std::vector<db::deed> deeds;
};

// Throws refund_not_found.
base::task<refund_story> story_of_refund(
    parts& with, const console_visitor& who, std::string out_refund_no
);

// Throws order_not_found, refund_not_possible, request_id_reused.
base::task<refund_story> ask_refund_at_desk(
    parts& with, const console_visitor& who, refund_request wanted
);

// release, reject, send_again, give_up. seen: the amount that the operator saw, where money goes.
// Throws refund_not_found, refund_not_possible, refund_needs_another_person,
// refund_figures_changed, wechat_unknown.
base::task<refund_story> decide_refund_at_desk(
    parts& with,
    const console_visitor& who,
    std::string out_refund_no,
    db::decision what,
    std::optional<base::fen> seen,
    std::string reason
);

// What whoever looks could do now.
bool may_decide(const console_visitor& who, const db::refund& one, db::decision what);

}  // namespace flows
