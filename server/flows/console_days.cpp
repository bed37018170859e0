#include "server/flows/console_days.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "db/audit.hpp"
#include "db/operators.hpp"
#include "db/reconcile_lease.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"

namespace flows {
namespace {

using base::errc;

constexpr std::array kinds{db::bill_kind::trade, db::bill_kind::flow};
constexpr std::string_view operator_prefix = "operator:";

base::business_day day_named(std::string_view text) {
    const auto day = base::parse_day(text);
    if (!day || *day > base::business_day_of(base::now_ms()))
        throw base::error{errc::day_not_found};
    return *day;
}

// What waits for a person counts more than what is done.
int urgency(db::day_state state) {
    switch (state) {
        case db::day_state::differs:
            return 3;
        case db::day_state::open:
            return 2;
        case db::day_state::balanced:
            return 1;
        case db::day_state::closed:
            break;
    }
    return 0;
}

void add(db::side_sums& into, const db::side_sums& one) {
    into.payments += one.payments;
    into.paid += one.paid;
    into.refunds += one.refunds;
    into.refunded += one.refunded;
}

void add(day_tile& into, const db::reconciliation_day& one) {
    if (urgency(one.state) > urgency(into.state)) into.state = one.state;
    if (into.trouble.empty()) into.trouble = one.trouble;
    add(into.bill, one.sums.bill);
    add(into.ours, one.sums.ours);
    add(into.ledger, one.sums.ledger);
}

std::vector<day_tile> tiles_of(const std::vector<db::reconciliation_day>& days) {
    std::vector<day_tile> out;
    for (const auto& one : days) {
        if (out.empty() || out.back().day != one.day) {
            auto& tile = out.emplace_back();
            tile.day = one.day;
            tile.state = db::day_state::closed;
        }
        add(out.back(), one);
    }
    return out;
}

std::int64_t operator_id_of(std::string_view actor) {
    if (!actor.starts_with(operator_prefix)) return 0;
    std::int64_t out = 0;
    for (const char c : actor.substr(operator_prefix.size())) {
        if (c < '0' || c > '9') return 0;
        out = out * 10 + (c - '0');
    }
    return out;
}

// "operator:4711" → 李会计; "finance:li", from a command → li.
std::string called(db::connection& db, const std::string& actor) {
    const auto id = operator_id_of(actor);
    if (id != 0) return db::display_name_of_operator(db, id);
    return actor.substr(actor.find(':') + 1);
}

void add_files(db::connection& db, const parts& with, base::business_day day, day_view& into) {
    for (const auto& of : scopes_of(with, day)) {
        for (const auto kind : kinds) {
            auto file = db::find_bill(db, {of, kind});
            if (file && file->whole) into.files.push_back({of.mch_id, kind, std::move(*file)});
        }
    }
}

void add_names(db::connection& db, day_view& into) {
    std::set<std::string> actors;
    for (const auto& one : into.report.merchants) actors.insert(one.now.closed_by);
    for (const auto& one : into.report.differences) actors.insert(one.decided_by);
    actors.erase("");
    for (const auto& actor : actors) into.names.emplace(actor, called(db, actor));
}

base::task<day_view> view_of(parts& with, base::business_day day) {
    day_view out;
    out.report = co_await look_at_day(with, day);
    out.over = base::end_of(day) <= base::now_ms();
    const auto next = base::to_text(base::plus_days(day, 1));
    const auto unit = [&](db::connection& db) {
        auto filled = out;
        filled.busy = !db::days_worked_on(db, filled.report.day, next).empty();
        add_files(db, with, day, filled);
        add_names(db, filled);
        return filled;
    };
    auto filled = co_await with.pool.read(unit);
    co_return filled;
}

void require_done(const mend_outcome& outcome) {
    switch (outcome.kind) {
        case mend_kind::done:
        case mend_kind::done_before:
            return;
        case mend_kind::refused:
            throw base::error{errc::day_not_mended, {}, outcome.why};
        case mend_kind::unclear:
            throw base::error{errc::wechat_unknown, {}, outcome.why};
    }
}

struct month_ends {
    std::string from;
    std::string until;
};

month_ends ends_of(const std::string& month) {
    const auto first = base::parse_day(month + "-01");
    if (!first || month.size() != 7) throw base::error{errc::day_not_found};
    auto after = base::plus_days(*first, 31);
    after.day = 1;
    return {base::to_text(*first), base::to_text(after)};
}

}  // namespace

base::task<day_calendar> month_at_desk(parts& with, const console_visitor& who, std::string month) {
    require_whole_school(who);
    const auto ends = ends_of(month);
    const auto unit = [&](db::connection& db) {
        day_calendar out;
        out.first_day = db::first_day(db).value_or("");
        out.days = tiles_of(db::days_between(db, ends.from, ends.until));
        const auto busy = db::days_worked_on(db, ends.from, ends.until);
        const auto left = db::unresolved_between_days(db, ends.from, ends.until);
        for (auto& tile : out.days) {
            tile.busy = std::ranges::find(busy, tile.day) != busy.end();
            const auto own = std::ranges::find(left, tile.day, &db::days_difference_count::day);
            if (own != left.end()) tile.unresolved = own->unresolved;
        }
        return out;
    };
    auto out = co_await with.pool.read(unit);
    out.month = std::move(month);
    out.today = base::to_text(base::business_day_of(base::now_ms()));
    co_return out;
}

base::task<day_view> day_at_desk(parts& with, const console_visitor& who, std::string day) {
    require_whole_school(who);
    auto out = co_await view_of(with, day_named(day));
    co_return out;
}

base::task<db::job> begin_day_run(
    parts& with, const console_visitor& who, std::string day, std::string request_id
) {
    require_whole_school(who);
    day_named(day);
    db::job_wish wish{who.who.id, std::move(request_id), "day_run", std::move(day)};
    auto begun = co_await begin_job(with, deed_of(who, "reconcile.run", wish.argument, "ok"), wish);
    co_return begun;
}

base::task<job_result> run_day(job_at_work& job) {
    const auto day = day_named(job.what.argument);
    job.tell(0, std::nullopt);
    const auto report = co_await reconcile_day(job.with, day);
    job_result out;
    for (const auto& one : report.merchants) {
        if (!one.trouble.empty()) throw base::error{errc::day_not_mended, {}, one.trouble};
    }
    out.said = report.differs() ? "对账完成，有差异需要处理" : "对账完成，各方一致";
    co_return out;
}

base::task<day_view> mend_at_desk(
    parts& with, const console_visitor& who, std::string day, int number, std::string note
) {
    require_whole_school(who);
    const auto which = day_named(day);
    mend_wish wish{which, number, who.actor, std::move(note)};
    const auto outcome = co_await mend_difference(with, std::move(wish));
    require_done(outcome);
    auto out = co_await view_of(with, which);
    co_return out;
}

base::task<day_view> explain_at_desk(
    parts& with, const console_visitor& who, std::string day, int number, std::string note
) {
    require_whole_school(who);
    const auto which = day_named(day);
    mend_wish wish{which, number, who.actor, std::move(note)};
    const auto outcome = co_await explain_difference(with, std::move(wish));
    require_done(outcome);
    auto out = co_await view_of(with, which);
    co_return out;
}

base::task<day_view> close_at_desk(parts& with, const console_visitor& who, std::string day) {
    require_whole_school(who);
    const auto which = day_named(day);
    const auto outcome = co_await close_day(with, which, who.actor);
    require_done(outcome);
    auto out = co_await view_of(with, which);
    co_return out;
}

base::task<bill_download> find_bill_file(
    parts& with, const console_visitor& who, std::string day, std::string mch_id, db::bill_kind kind
) {
    require_whole_school(who);
    const auto which = day_named(day);
    bill_download out;
    for (auto& of : scopes_of(with, which)) {
        if (of.mch_id == mch_id) out.key = {std::move(of), kind};
    }
    if (out.key.of.mch_id.empty()) throw base::error{errc::not_found};
    out.file_name = day + "-" + mch_id + "-" + std::string{db::name_of(kind)} + ".csv.gz";
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) -> std::int64_t {
        const auto file = db::find_bill(db, out.key);
        if (!file || !file->whole) return 0;
        db::append_audit(db, deed_of(who, "reconcile.download", out.file_name, "ok"), now);
        return db::bill_download_size(db, out.key);
    };
    out.size = co_await with.pool.transact(unit);
    if (out.size == 0) throw base::error{errc::not_found};
    co_return out;
}

base::task<std::string> bill_file_part(parts& with, const db::bill_key& key, int number) {
    const auto look = [&](db::connection& db) { return db::bill_part(db, key, number); };
    auto bytes = co_await with.pool.read(look);
    co_return bytes;
}

}  // namespace flows
