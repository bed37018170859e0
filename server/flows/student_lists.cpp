#include "server/flows/student_lists.hpp"

#include "db/bills.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"

namespace flows {
namespace {

constexpr int page_size = 20;
constexpr int paid_items_max = 1000;

}  // namespace

base::task<arrears> arrears_of(parts& with, std::int64_t person_id) {
    const auto unit = [person_id](db::connection& db) {
        return db::unsettled_bills(db, person_id);
    };
    auto bills = co_await with.pool.read(unit);
    rules::sort_for_display(bills);
    arrears out;
    const auto& mch_id = bills.empty() ? with.desks.front()->who.mch_id() : bills.front().mch_id;
    out.merchant_name = with.desk_of(mch_id).who.name();
    const auto now = base::now_ms();
    for (auto& bill : bills) {
        out.total += rules::owed_of(bill);
        if (rules::standing_of(bill, now) == rules::bill_standing::payable) {
            out.payable += rules::payable_of(bill, now);
        }
        if (out.periods.empty() || out.periods.back().name != bill.period) {
            out.periods.emplace_back();
            out.periods.back().name = bill.period;
        }
        out.periods.back().bills.push_back(std::move(bill));
    }
    co_return out;
}

base::task<db::bill_story> story_of_bill(
    parts& with, std::int64_t person_id, std::int64_t bill_id
) {
    const auto unit = [=](db::connection& db) {
        return db::find_bill_story(db, person_id, bill_id);
    };
    auto found = co_await with.pool.read(unit);
    if (!found) throw base::error{base::errc::bill_not_found};
    co_return std::move(*found);
}

base::task<order_page> orders_of(parts& with, std::int64_t person_id, db::order_search wanted) {
    const auto unit = [&](db::connection& db) {
        return db::list_orders(db, person_id, wanted, page_size + 1);
    };
    order_page out;
    out.orders = co_await with.pool.read(unit);
    out.more = out.orders.size() > page_size;
    if (out.more) out.orders.pop_back();
    co_return out;
}

base::task<std::vector<db::paid_item>> paid_items_of(parts& with, std::int64_t person_id) {
    const auto unit = [person_id](db::connection& db) {
        return db::paid_items(db, person_id, paid_items_max);
    };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

}  // namespace flows
