#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "db/orders.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/rules/order_state.hpp"

// Orders as finance looks for them: a few among a million.
namespace db {

// Every member that is set narrows. The last one is the right of whoever looks and not his wish.
struct order_filter {
    std::string order_no;
    std::string transaction_id;
    std::string student_no;
    std::string name;  // how it begins
    std::string college;
    std::string major;
    std::string class_name;
    std::string grade;
    std::optional<std::int64_t> item_id;
    std::string period;
    std::vector<rules::order_state> states;
    std::optional<pay_channel> channel;
    std::string mch_id;
    std::optional<base::fen> amount_min;
    std::optional<base::fen> amount_max;
    std::optional<base::epoch_ms> opened_from;
    std::optional<base::epoch_ms> opened_before;
    // With one of these the newest payment comes first, else the order opened last.
    std::optional<base::epoch_ms> paid_from;
    std::optional<base::epoch_ms> paid_before;
    bool odd = false;  // only those with a word for finance
    // Of the operator; none: everybody's.
    std::vector<std::string> colleges;
};

// A student as lists show him.
struct listed_student {
    std::int64_t person_id = 0;
    std::string student_no;
    std::string name;
    std::string college;
    std::string major;
    std::string class_name;
    std::string grade;
};

struct found_order {
    std::int64_t id = 0;
    std::string order_no;
    rules::order_state state = rules::order_state::opened;
    pay_channel channel = pay_channel::jsapi;
    std::string mch_id;
    std::string merchant_name;
    base::fen amount;
    base::fen refunded;
    base::epoch_ms opened_at = 0;
    base::epoch_ms pay_until = 0;
    bool closing = false;
    std::optional<base::epoch_ms> paid_at;
    std::optional<base::epoch_ms> closed_at;
    std::string transaction_id;
    std::string attention;
    std::string first_item;
    std::string first_period;
    int line_count = 0;
    listed_student student;
};

// Where a page ended: the next one begins below it. Rows that come meanwhile shift nothing.
struct page_end {
    base::epoch_ms at = 0;
    std::int64_t id = 0;
};
page_end end_of_page(const order_filter& wanted, const found_order& last);

// How many rows are walked before another way is tried. Any numbers find the same orders.
struct search_effort {
    int short_way = 5'000;  // such a way is taken at once
    int newest = 20'000;    // of the list, looked through next: what is common is found there
    int long_way = 60'000;  // such a way is taken before the whole list
};

std::vector<found_order> search_orders(
    connection& db,
    const order_filter& wanted,
    std::optional<page_end> below,
    int count,
    const search_effort& effort = {}
);

struct order_sums {
    std::int64_t count = 0;
    base::fen amount;
    std::int64_t paid_count = 0;
    base::fen paid;
    bool complete = true;  // false: there are more than `most`
};
order_sums sum_orders(connection& db, const order_filter& wanted, std::int64_t most);

// What people paste: order numbers, WeChat's numbers and student numbers, mixed.
enum class number_kind { order_no, transaction_id, student_no };

struct looked_up {
    std::string asked;
    std::optional<number_kind> kind;  // none: not found
    std::vector<found_order> orders;  // newest first
    bool more = false;                // the student has older ones
};

// In the order of the list; `colleges` as in order_filter.
std::vector<looked_up> look_up_orders(
    connection& db,
    const std::vector<std::string>& numbers,
    const std::vector<std::string>& colleges,
    int orders_of_a_student
);

// One order as lists show it.
std::optional<found_order> find_listed_order(
    connection& db, std::string_view order_no, const std::vector<std::string>& colleges
);

}  // namespace db
