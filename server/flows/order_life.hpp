#pragma once

#include <string>
#include <vector>

#include "db/order_life.hpp"
#include "db/refund_search.hpp"
#include "server/base/task.hpp"
#include "server/flows/ask_wechat.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/flows/parts.hpp"

// One order before finance: all that is known, and what WeChat says now.
namespace flows {

struct order_story {
    db::found_order order;
    std::string id_number;  // opened, to be masked
    db::order_life life;
    std::vector<db::listed_refund> refunds;
};

// Throws order_not_found, also where its student is none of the operator's.
base::task<order_story> story_of_order(
    parts& with, const console_visitor& who, std::string order_no
);

struct asked_wechat {
    wechat_word word = wechat_word::unknown;
    std::vector<std::string> changed;  // sentences
    order_story story;                 // as it is now
};

// Asks, books what the answer says, and notes who wanted to know. Throws order_not_found.
base::task<asked_wechat> ask_wechat_now(
    parts& with, const console_visitor& who, std::string order_no
);

// 待支付, 已支付, …
std::string_view chinese_name_of(rules::order_state state);

}  // namespace flows
