#include "server/flows/reconcile_nightly.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "db/day_differences.hpp"
#include "db/duties.hpp"
#include "db/reconciliation_days.hpp"
#include "server/base/beijing.hpp"
#include "server/base/clock.hpp"
#include "server/base/log.hpp"
#include "server/flows/reconcile_day.hpp"

namespace flows {
namespace {

constexpr std::string_view duty = "reconcile";
constexpr base::epoch_ms ten_o_clock_ms = 10LL * 3600 * 1000;
constexpr base::epoch_ms duty_ms = 600'000;
constexpr base::epoch_ms again_ms = 600'000;
constexpr int made_up_for = 7;
constexpr int days_that_may_wait = 4;

void tell(const day_report& report) {
    int left = 0;
    for (const auto& one : report.differences) {
        if (one.state != db::difference_state::resolved) ++left;
    }
    for (const auto& one : report.merchants) {
        if (!one.trouble.empty()) {
            base::log::alarm(
                "reconcile.trouble",
                {{"day", report.day}, {"merchant", one.mch_id}, {"why", one.trouble}}
            );
        }
    }
    if (report.differs()) {
        base::log::alarm("reconcile.day_differs", {{"day", report.day}, {"differences", left}});
    } else if (!report.has_trouble()) {
        base::log::info("reconcile.day_balanced", {{"day", report.day}});
    }
}

base::task<bool> run_once(parts& with, base::business_day day) {
    try {
        const auto report = co_await reconcile_day(with, day);
        tell(report);
        co_return !report.has_trouble() && !report.unsure();
    } catch (const std::exception& failure) {
        base::log::warning(
            "reconcile.failed", {{"day", base::to_text(day)}, {"why", failure.what()}}
        );
    }
    co_return false;
}

base::task<bool> do_duty(parts& with, base::business_day day) {
    const auto key = base::to_text(day);
    const auto claim = [&](db::connection& db) { return db::claim_duty(db, duty, key, duty_ms); };
    const bool mine = co_await with.pool.transact(claim);
    if (!mine) co_return false;
    const bool done = co_await run_once(with, day);
    const auto end = [&](db::connection& db) {
        if (done) {
            db::finish_duty(db, duty, key);
        } else {
            db::postpone_duty(db, duty, key, again_ms);
        }
    };
    co_await with.pool.transact(end);
    co_return done;
}

// Days before the first one are another system's.
base::task<base::business_day> first_day(parts& with, base::business_day yesterday) {
    const auto look = [](db::connection& db) { return db::first_day(db); };
    const auto first = co_await with.pool.read(look);
    const auto earliest = base::plus_days(yesterday, 1 - made_up_for);
    const auto known = first ? base::parse_day(*first) : std::nullopt;
    if (!known || *known > yesterday) co_return yesterday;
    co_return std::max(*known, earliest);
}

// With the neighbour day's bill on file, what waited for it may be settled.
base::task<void> judge_waiting(parts& with, base::business_day yesterday) {
    const auto since = base::to_text(base::plus_days(yesterday, -days_that_may_wait));
    for (const auto& desk : with.desks) {
        const auto look = [&](db::connection& db) {
            return db::days_that_wait(db, desk->who.mch_id(), since);
        };
        const auto days = co_await with.pool.read(look);
        for (const auto& text : days) {
            const auto day = base::parse_day(text);
            if (day && *day != yesterday) co_await run_once(with, *day);
        }
    }
}

}  // namespace

base::task<int> reconcile_nightly(parts& with) {
    const auto now = base::now_ms();
    const auto today = base::business_day_of(now);
    if (now < base::start_of(today) + ten_o_clock_ms) co_return 0;
    const auto yesterday = base::plus_days(today, -1);
    int done = 0;
    bool newest = false;
    const auto first = co_await first_day(with, yesterday);
    for (auto day = first; day <= yesterday; day = base::plus_days(day, 1)) {
        newest = co_await do_duty(with, day);
        if (newest) ++done;
    }
    if (newest) co_await judge_waiting(with, yesterday);
    co_return done;
}

}  // namespace flows
