#include "server/flows/verify_books.hpp"

#include <chrono>

#include "db/duties.hpp"
#include "db/verify.hpp"
#include "db/verify_audit.hpp"
#include "server/base/beijing.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/log.hpp"

namespace flows {
namespace {

constexpr int places_shown = 20;
constexpr int journals_at_once = 500;
constexpr int audit_rows_at_once = 2000;
constexpr db::limits patience{std::chrono::minutes{10}};
constexpr base::epoch_ms night_ms = 3LL * 3600 * 1000 + 30 * 60 * 1000;  // 03:30 in Beijing
constexpr base::epoch_ms duty_ms = 3600 * 1000;

base::task<promise_kept> look_at(parts& with, const db::book_check& check) {
    const auto unit = [&](db::connection& db) {
        return db::broken_places(db, check, places_shown);
    };
    promise_kept out;
    out.name = check.name;
    out.promise = check.promise;
    out.broken = co_await with.long_reads.read(unit, patience);
    co_return out;
}

base::task<db::chain_walk> walk(parts& with) {
    db::chain_walk at;
    while (!at.at_end && at.flaw.empty()) {
        const auto unit = [&](db::connection& db) {
            return db::walk_chain(db, at, journals_at_once);
        };
        auto next = co_await with.long_reads.read(unit, patience);
        at = std::move(next);
    }
    co_return at;
}

base::task<db::audit_walk> walk_whole_audit(parts& with) {
    db::audit_walk at;
    while (!at.at_end && at.flaw == db::audit_flaw::none) {
        const auto unit = [&](db::connection& db) {
            return db::walk_audit(db, at, audit_rows_at_once);
        };
        auto next = co_await with.long_reads.read(unit, patience);
        at = std::move(next);
    }
    co_return at;
}

base::task<promise_kept> look_at_audit(parts& with) {
    const auto walked = co_await walk_whole_audit(with);
    promise_kept out;
    out.name = "audit_unbroken";
    out.promise = "操作记录链条完整，没有被改动";
    if (walked.flaw != db::audit_flaw::none) {
        out.broken.push_back(db::sentence_for(walked.flaw, walked.broken_at));
    } else {
        // Outside of the database, so that an end that was cut off shows against an older log.
        const auto hash = base::to_hex(walked.hash);
        base::log::info("audit.verified", {{"rows", walked.number}, {"hash", hash}});
    }
    co_return out;
}

}  // namespace

bool books_report::sound() const {
    for (const auto& one : promises) {
        if (!one.broken.empty()) return false;
    }
    return true;
}

base::task<books_report> verify_books(parts& with) {
    books_report out;
    for (const auto& check : db::book_checks()) {
        auto one = co_await look_at(with, check);
        out.promises.push_back(std::move(one));
    }
    const auto walked = co_await walk(with);
    out.journals = walked.seq;
    promise_kept chain;
    chain.name = "chain_unbroken";
    chain.promise = "分录链条完整，没有被改动";
    if (!walked.flaw.empty()) {
        const auto day = base::to_text(base::business_day_of(walked.booked_at));
        chain.broken.push_back(walked.flaw + (walked.booked_at > 0 ? ", booked " + day : ""));
    }
    out.promises.push_back(std::move(chain));
    auto audit = co_await look_at_audit(with);
    out.promises.push_back(std::move(audit));
    co_return out;
}

base::task<bool> verify_books_nightly(parts& with) {
    const auto now = base::now_ms();
    const auto today = base::business_day_of(now);
    if (now < base::start_of(today) + night_ms) co_return false;
    const auto day = base::to_text(today);
    const auto claim = [&](db::connection& db) {
        return db::claim_duty(db, "verify", day, duty_ms);
    };
    const bool mine = co_await with.pool.transact(claim);
    if (!mine) co_return false;
    const auto report = co_await verify_books(with);
    for (const auto& one : report.promises) {
        for (const auto& place : one.broken) {
            base::log::alarm("books.broken", {{"promise", one.name}, {"place", place}});
        }
    }
    base::log::info("books.verified", {{"sound", report.sound()}, {"journals", report.journals}});
    const auto end = [&](db::connection& db) { db::finish_duty(db, "verify", day); };
    co_await with.pool.transact(end);
    co_return true;
}

}  // namespace flows
