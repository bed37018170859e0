#include "server/flows/reconcile_day.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <span>
#include <utility>

#include "db/day_bookings.hpp"
#include "db/ledger.hpp"
#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/flows/bring_bills.hpp"
#include "server/flows/judge_day.hpp"
#include "server/flows/pause.hpp"

namespace flows {
namespace {

constexpr db::limits patience{std::chrono::minutes{10}};
constexpr db::limits for_writing{std::chrono::minutes{1}};
// Longer than the lease of a run that died.
constexpr base::epoch_ms wait_for_other_ms = 75'000;
// Booking what was found lets the comparison find less: it ends soon, and must.
constexpr int rounds_max = 5;
constexpr int differences_shown = 2'000;

base::task<std::string> bring_both(
    parts& with, const db::day_lease& mine, const db::day_scope& of
) {
    for (const auto kind : {db::bill_kind::trade, db::bill_kind::flow}) {
        db::bill_key key{of, kind};
        auto came = co_await bring_bill(with, mine, std::move(key));
        switch (came.kind) {
            case bring_kind::kept:
            case bring_kind::nothing:
                break;
            case bring_kind::not_ready:
            case bring_kind::trouble:
                co_return std::move(came.why);
        }
    }
    co_return std::string{};
}

base::task<bool> has_both(parts& with, const db::day_scope& of) {
    const auto unit = [&](db::connection& db) {
        const auto trade = db::find_bill(db, {of, db::bill_kind::trade});
        const auto flow = db::find_bill(db, {of, db::bill_kind::flow});
        return trade && trade->whole && flow && flow->whole;
    };
    const bool both = co_await with.pool.read(unit);
    co_return both;
}

struct looked {
    std::int64_t seq = 0;  // of the ledger, before it was compared
    db::day_compared compared;
};

base::task<looked> compare(parts& with, const db::day_scope& of) {
    const auto unit = [&](db::connection& db) {
        looked out;
        out.seq = db::ledger_head(db).seq;
        out.compared = db::compare_day(db, of);
        return out;
    };
    auto out = co_await with.long_reads.read(unit, patience);
    base::crash_point("reconcile.after_compare");
    co_return out;
}

base::task<void> record(
    parts& with, const db::day_lease& mine, const db::day_scope& of, const db::day_compared& what
) {
    const auto now = base::now_ms();
    const std::span<const db::difference_found> all{what.found};
    for (std::size_t start = 0; start < all.size(); start += db::differences_at_once) {
        const auto some = all.subspan(start, std::min(db::differences_at_once, all.size() - start));
        const auto unit = [&](db::connection& db) {
            db::record_differences(db, mine, of, some, now);
        };
        co_await with.pool.transact(unit, for_writing);
    }
    base::crash_point("reconcile.after_record");
    const auto settle = [&](db::connection& db) { db::settle_vanished(db, mine, of, what, now); };
    co_await with.pool.transact(settle, for_writing);
    base::crash_point("reconcile.after_settle");
}

// Both bills agree: the fees are booked without asking anybody.
base::task<int> book_agreed_fees(
    parts& with, const db::day_lease& mine, const db::day_scope& of, const db::day_fees& fees
) {
    const bool agreed = fees.whole && fees.bill_fine == fees.flow.count() * 1000;
    if (!agreed || fees.booked != base::fen{} || fees.flow == base::fen{}) co_return 0;
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        db::hold_day(db, mine);
        return db::book_fees(db, of, fees.flow, now);
    };
    base::crash_point("reconcile.before_fees");
    const bool booked = co_await with.pool.transact(unit, for_writing);
    base::crash_point("reconcile.after_fees");
    co_return booked ? 1 : 0;
}

base::task<void> finish(
    parts& with, const db::day_lease& mine, const db::day_scope& of, const db::day_fees& fees
) {
    const auto add = [&](db::connection& db) { return db::sum_up_day(db, of, fees); };
    const auto sums = co_await with.long_reads.read(add, patience);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) { db::finish_day(db, mine, of, sums, now); };
    base::crash_point("reconcile.before_finish");
    co_await with.pool.transact(unit, for_writing);
    base::crash_point("reconcile.after_finish");
}

base::task<void> keep_trouble(
    parts& with, const db::day_lease& mine, const db::day_scope& of, std::string_view why
) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) { db::keep_trouble(db, mine, of, why, now); };
    co_await with.pool.transact(unit);
}

struct outcome {
    std::string trouble;
    bool unsure = false;
    std::int64_t seen_seq = 0;
};

base::task<outcome> compare_and_book(
    parts& with, const db::day_lease& mine, const db::day_scope& of
) {
    outcome out;
    db::day_fees fees;
    for (int round = 0; round < rounds_max; ++round) {
        const auto now_seen = co_await compare(with, of);
        out.seen_seq = now_seen.seq;
        fees = now_seen.compared.fees;
        co_await record(with, mine, of, now_seen.compared);
        const auto judgement = co_await judge_day(with, mine, of);
        out.unsure = judgement.unsure;
        const int fees_too = co_await book_agreed_fees(with, mine, of, fees);
        if (judgement.booked + fees_too == 0) break;
    }
    co_await finish(with, mine, of, fees);
    co_return out;
}

base::task<outcome> run_merchant(
    parts& with, const db::day_lease& mine, const db::day_scope& of, bills_from where
) {
    const auto look = [&](db::connection& db) { return db::find_day(db, of.day, of.mch_id); };
    const auto before = co_await with.pool.read(look);
    outcome out;
    if (before && before->state == db::day_state::closed) co_return out;
    if (where == bills_from::wechat) {
        out.trouble = co_await bring_both(with, mine, of);
    } else {
        const bool both = co_await has_both(with, of);
        if (!both) out.trouble = "账单还没有取齐";
    }
    if (!out.trouble.empty()) {
        co_await keep_trouble(with, mine, of, out.trouble);
        co_return out;
    }
    auto compared = co_await compare_and_book(with, mine, of);
    co_return compared;
}

base::task<day_report> report(parts& with, base::business_day day) {
    day_report out;
    out.day = base::to_text(day);
    const auto unit = [&](db::connection& db) {
        std::vector<merchant_day> found;
        for (const auto& desk : with.desks) {
            merchant_day one;
            one.mch_id = desk->who.mch_id();
            one.merchant_name = desk->who.name();
            if (auto known = db::find_day(db, out.day, one.mch_id)) one.now = std::move(*known);
            found.push_back(std::move(one));
        }
        return std::pair{std::move(found), db::differences_of_day(db, out.day, differences_shown)};
    };
    auto found = co_await with.pool.read(unit);
    out.merchants = std::move(found.first);
    out.differences = std::move(found.second);
    co_return out;
}

}  // namespace

bool day_report::has_trouble() const {
    return std::ranges::any_of(merchants, [](const merchant_day& one) {
        return !one.trouble.empty();
    });
}

bool day_report::differs() const {
    return std::ranges::any_of(merchants, [](const merchant_day& one) {
        return one.now.state == db::day_state::differs;
    });
}

bool day_report::unsure() const {
    return std::ranges::any_of(merchants, [](const merchant_day& one) { return one.unsure; });
}

std::vector<db::day_scope> scopes_of(const parts& with, base::business_day day) {
    std::vector<db::day_scope> out;
    for (const auto& desk : with.desks) {
        out.push_back(
            {base::to_text(day), desk->who.mch_id(), base::start_of(day), base::end_of(day)}
        );
    }
    return out;
}

base::task<db::day_lease> hold_day(parts& with, base::business_day day) {
    db::day_lease mine{base::to_text(day), base::random_token()};
    const auto unit = [&](db::connection& db) { return db::take_day(db, mine); };
    for (const auto deadline = base::steady_ms() + wait_for_other_ms;;) {
        const bool taken = co_await with.pool.transact(unit);
        if (taken) co_return mine;
        if (base::steady_ms() > deadline) {
            throw base::error{base::errc::busy, "another run works on this day"};
        }
        co_await pause(std::chrono::milliseconds{300});
    }
}

base::task<void> leave_day(parts& with, db::day_lease mine) {
    const auto unit = [&](db::connection& db) { db::leave_day(db, mine); };
    co_await with.pool.transact(unit);
}

base::task<day_report> reconcile_held_day(
    parts& with, db::day_lease mine, base::business_day day, bills_from where
) {
    std::vector<outcome> outcomes;
    for (const auto& of : scopes_of(with, day)) {
        auto one = co_await run_merchant(with, mine, of, where);
        outcomes.push_back(std::move(one));
    }
    auto out = co_await report(with, day);
    out.seen_seq = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        out.merchants[i].trouble = outcomes[i].trouble;
        out.merchants[i].unsure = outcomes[i].unsure;
        // Of a closed day nothing was compared and nothing needs to be.
        if (out.merchants[i].now.state == db::day_state::closed) continue;
        out.seen_seq = std::min(out.seen_seq, outcomes[i].seen_seq);
    }
    co_return out;
}

base::task<day_report> reconcile_day(parts& with, base::business_day day) {
    const auto mine = co_await hold_day(with, day);
    day_report out;
    std::exception_ptr failed;
    try {
        out = co_await reconcile_held_day(with, mine, day, bills_from::wechat);
    } catch (const std::exception&) {
        failed = std::current_exception();
    }
    co_await leave_day(with, mine);
    if (failed) std::rethrow_exception(failed);
    co_return out;
}

base::task<day_report> look_at_day(parts& with, base::business_day day) {
    auto out = co_await report(with, day);
    co_return out;
}

}  // namespace flows
