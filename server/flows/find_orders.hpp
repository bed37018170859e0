#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/order_choices.hpp"
#include "db/order_search.hpp"
#include "db/saved_searches.hpp"
#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/flows/parts.hpp"

// Finance looks for orders. Whatever is asked for, the operator's colleges narrow it.
namespace flows {

struct console_order_page {
    std::vector<db::found_order> orders;
    std::optional<db::page_end> next;  // none: that was all
};

base::task<console_order_page> find_orders(
    parts& with,
    const console_visitor& who,
    db::order_filter wanted,
    std::optional<db::page_end> below
);

// Counts so many orders at most and says where there are more.
base::task<db::order_sums> sums_of_orders(
    parts& with, const console_visitor& who, db::order_filter wanted
);

// numbers: as pasted; blanks around them and empty ones do not count, nor repeats.
base::task<std::vector<db::looked_up>> look_up_pasted(
    parts& with, const console_visitor& who, std::vector<std::string> numbers
);

base::task<db::order_choices> choices_of_orders(parts& with, const console_visitor& who);

// The operator's own. Each of these answers all that he keeps. Throws search_name_taken,
// too_many_searches, search_not_found.
base::task<std::vector<db::saved_search>> saved_searches_of(
    parts& with, const console_visitor& who
);
// id 0: a new one.
base::task<std::vector<db::saved_search>> keep_search(
    parts& with, const console_visitor& who, db::saved_search wanted
);
base::task<std::vector<db::saved_search>> forget_search(
    parts& with, const console_visitor& who, std::int64_t id
);

}  // namespace flows
