#include "server/flows/find_orders.hpp"

#include <set>
#include <utility>

#include "server/base/clock.hpp"
#include "server/base/csv_text.hpp"
#include "server/base/error.hpp"

namespace flows {
namespace {

constexpr int page_size = 50;
constexpr std::int64_t counted_max = 100'000;
constexpr int orders_of_a_student = 50;
constexpr int choices_max = 2'000;

void require_kept(db::keep_outcome outcome) {
    switch (outcome) {
        case db::keep_outcome::kept:
            return;
        case db::keep_outcome::name_taken:
            throw base::error{base::errc::search_name_taken};
        case db::keep_outcome::too_many:
            throw base::error{base::errc::too_many_searches};
        case db::keep_outcome::unknown_search:
            throw base::error{base::errc::search_not_found};
    }
}

std::vector<std::string> different_numbers(const std::vector<std::string>& pasted) {
    std::vector<std::string> out;
    out.reserve(pasted.size());
    std::set<std::string_view> seen;
    for (const auto& one : pasted) {
        const auto number = base::trimmed_text(one);
        if (!number.empty() && seen.insert(number).second) out.emplace_back(number);
    }
    return out;
}

}  // namespace

base::task<console_order_page> find_orders(
    parts& with,
    const console_visitor& who,
    db::order_filter wanted,
    std::optional<db::page_end> below
) {
    wanted.colleges = who.scope().colleges;
    const auto unit = [&](db::connection& db) {
        return db::search_orders(db, wanted, below, page_size + 1);
    };
    console_order_page out;
    out.orders = co_await with.pool.read(unit);
    if (out.orders.size() > page_size) {
        out.orders.pop_back();
        out.next = db::end_of_page(wanted, out.orders.back());
    }
    co_return out;
}

base::task<db::order_sums> sums_of_orders(
    parts& with, const console_visitor& who, db::order_filter wanted
) {
    wanted.colleges = who.scope().colleges;
    const auto unit = [&](db::connection& db) { return db::sum_orders(db, wanted, counted_max); };
    const auto out = co_await with.long_reads.read(unit);
    co_return out;
}

base::task<std::vector<db::looked_up>> look_up_pasted(
    parts& with, const console_visitor& who, std::vector<std::string> numbers
) {
    const auto asked = different_numbers(numbers);
    if (asked.empty()) co_return std::vector<db::looked_up>{};
    const auto unit = [&](db::connection& db) {
        return db::look_up_orders(db, asked, who.scope().colleges, orders_of_a_student);
    };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

base::task<db::order_choices> choices_of_orders(parts& with, const console_visitor& who) {
    const auto unit = [&](db::connection& db) {
        return db::list_order_choices(db, who.scope().colleges, choices_max);
    };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

base::task<std::vector<db::saved_search>> saved_searches_of(
    parts& with, const console_visitor& who
) {
    const auto id = who.who.id;
    const auto unit = [id](db::connection& db) { return db::list_saved_searches(db, id); };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

base::task<std::vector<db::saved_search>> keep_search(
    parts& with, const console_visitor& who, db::saved_search wanted
) {
    const auto id = who.who.id;
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        require_kept(
            wanted.id == 0 ? db::insert_saved_search(db, id, wanted, now)
                           : db::change_saved_search(db, id, wanted, now)
        );
        return db::list_saved_searches(db, id);
    };
    auto out = co_await with.pool.transact(unit);
    co_return out;
}

base::task<std::vector<db::saved_search>> forget_search(
    parts& with, const console_visitor& who, std::int64_t id
) {
    const auto mine = who.who.id;
    const auto unit = [=](db::connection& db) {
        db::delete_saved_search(db, mine, id);
        return db::list_saved_searches(db, mine);
    };
    auto out = co_await with.pool.transact(unit);
    co_return out;
}

}  // namespace flows
