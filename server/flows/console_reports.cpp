#include "server/flows/console_reports.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/base/clock.hpp"
#include "server/base/error.hpp"

namespace flows {
namespace {

using base::errc;

constexpr db::limits patience{std::chrono::minutes{2}};
constexpr int debts_a_page = 100;
constexpr int days_max = 366;
constexpr int hours_a_day = 24;

bool has(const std::vector<db::money_row>& rows, const std::string& key) {
    return std::ranges::binary_search(rows, key, {}, &db::money_row::key);
}

std::string two_digits(int number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

// A chart needs the empty days and hours too.
void fill_gaps(std::vector<db::money_row>& rows, const money_question& asked) {
    const bool by_hour = asked.group == db::money_group::hour;
    if (!by_hour && asked.group != db::money_group::day) return;
    std::vector<db::money_row> missing;
    for (auto day = asked.from; day <= asked.until; day = base::plus_days(day, 1)) {
        for (int hour = 0; hour < (by_hour ? hours_a_day : 1); ++hour) {
            auto key = base::to_text(day);
            if (by_hour) key += " " + two_digits(hour);
            if (!has(rows, key)) missing.push_back({std::move(key), 0, {}, 0, {}});
        }
    }
    rows.insert(rows.end(), missing.begin(), missing.end());
    std::ranges::sort(rows, {}, &db::money_row::key);
}

void require_span(const money_question& asked) {
    const auto days = asked.group == db::money_group::hour ? hours_a_day : days_max;
    const bool fits = asked.from <= asked.until && asked.until < base::plus_days(asked.from, days);
    if (!fits) throw base::error{errc::bad_request, "span", "请选择不超过一年的起止日期"};
}

}  // namespace

base::task<fee_answer> report_fees(parts& with, const console_visitor& who, fee_question asked) {
    asked.filter.scope = who.scope();
    const auto unit = [&](db::connection& db) {
        return fee_answer{
            db::sum_fees(db, asked.group, asked.filter, fee_rows_max),
            db::choices_of_fees(db, asked.filter)};
    };
    auto out = co_await with.long_reads.read(unit, patience);
    co_return out;
}

base::task<money_answer> sum_money_of(parts& with, money_question asked) {
    require_span(asked);
    const auto from = base::start_of(asked.from);
    const auto until = base::end_of(asked.until);
    const auto unit = [&](db::connection& db) {
        return db::sum_money(db, asked.group, from, until);
    };
    money_answer out;
    out.rows = co_await with.long_reads.read(unit, patience);
    fill_gaps(out.rows, asked);
    co_return out;
}

base::task<money_answer> report_money(
    parts& with, const console_visitor& who, money_question asked
) {
    require_whole_school(who);
    auto out = co_await sum_money_of(with, asked);
    co_return out;
}

base::task<db::debt_page> report_debts(
    parts& with,
    const console_visitor& who,
    db::fee_filter filter,
    std::optional<db::debt_place> after
) {
    filter.scope = who.scope();
    const auto unit = [&](db::connection& db) {
        return db::list_debts(db, filter, after, debts_a_page);
    };
    auto out = co_await with.long_reads.read(unit, patience);
    co_return out;
}

}  // namespace flows
