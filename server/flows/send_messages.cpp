#include "server/flows/send_messages.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "db/outbox.hpp"
#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/flows/message_facts.hpp"
#include "server/flows/tell_readers.hpp"
#include "server/flows/together.hpp"
#include "server/rules/sending.hpp"

namespace flows {
namespace {

using rules::try_end;

constexpr int at_once = 8;
// A dead server's messages leave after that; longer than telling may last.
constexpr base::epoch_ms lease_ms = 30'000;
constexpr int deliveries_max = 50;
constexpr db::limits quick{std::chrono::milliseconds{3000}};

base::task<told> tell_if_it_exists(parts& with, const db::queued_message& one) {
    told out;
    const auto* kind = find_message_kind(one.kind);
    std::optional<message_facts> facts;
    const auto look = [&](db::connection& db) {
        facts = kind->read(db, one);
        return true;
    };
    if (kind != nullptr) co_await with.pool.read(look, quick);
    if (!facts) {
        out.end = try_end::not_found;
        co_return out;
    }
    out = co_await tell_readers(with, one.id, *facts);
    co_return out;
}

void count(message_desk& desk, rules::message_state state) {
    switch (state) {
        case rules::message_state::queued:
            ++desk.postponed;
            break;
        case rules::message_state::sent:
            ++desk.sent;
            break;
        case rules::message_state::skipped:
            ++desk.skipped;
            break;
        case rules::message_state::failed:
            ++desk.failed;
            break;
    }
}

void report(
    parts& with, const db::queued_message& one, const told& how, const rules::message_plan& plan
) {
    count(with.messages, plan.state);
    auto level = base::log::level::info;
    if (plan.state == rules::message_state::failed) level = base::log::level::alarm;
    // One line for the whole account, and not one for each message.
    if (plan.hold_ms != 0 && with.messages.hold(one.kind, base::now_ms(), plan.hold_ms)) {
        level = how.end == try_end::too_fast ? base::log::level::warning : base::log::level::alarm;
    }
    base::log::write(
        level,
        "message.tried",
        {{"key", one.business_key},
         {"state", rules::name_of(plan.state)},
         {"reason", plan.reason},
         {"tries", one.tries},
         {"wechat_code", how.code},
         {"template_key", how.field}}
    );
}

base::task<void> settle(
    parts& with,
    const db::queued_message& one,
    std::string owner,
    const told& how,
    const rules::message_plan& plan
) {
    db::message_end end;
    end.state = plan.state;
    end.reason = plan.reason;
    end.code = how.code;
    end.way = how.way;
    end.openid = how.openid;
    end.msgid = how.msgid;
    end.unsure = how.end == try_end::unsure;
    end.wait_ms = plan.wait_ms;
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        return db::settle_message(db, one.id, owner, end, now);
    };
    base::crash_point("message.before_settle");
    const bool mine = co_await with.pool.transact(unit);
    base::crash_point("message.after_settle");
    if (!mine) base::log::warning("message.lease_lost", {{"key", one.business_key}});
}

int draw_jitter() {
    return static_cast<int>(base::random_below(1000));
}

base::task<void> send_one(parts& with, const db::queued_message& one, std::string owner) {
    told how;
    auto plan = rules::plan_before(one.tries, one.strikes, one.created_at, one.seen_at);
    if (plan.state == rules::message_state::queued) {
        how = co_await tell_if_it_exists(with, one);
        rules::message_history so_far;
        so_far.tries = one.tries;
        so_far.unsure = one.unsure + (how.end == try_end::unsure ? 1 : 0);
        so_far.repeat_is_harmless = how.way == db::message_way::by_template;
        plan = rules::plan_after(how.end, so_far, one.seen_at, draw_jitter());
    }
    co_await settle(with, one, std::move(owner), how, plan);
    report(with, one, how, plan);
}

base::task<void> postpone(parts& with, const db::queued_message& one, std::string owner) {
    const auto wait = rules::wait_after_fault_ms(one.tries, draw_jitter());
    const auto unit = [&](db::connection& db) { db::postpone_message(db, one.id, owner, wait); };
    co_await with.pool.transact(unit, quick);
}

// A message that cannot be handled must not stop the others.
base::task<void> send_or_log(parts& with, db::queued_message one, std::string owner) {
    std::string why;
    try {
        co_await send_one(with, one, owner);
        co_return;
    } catch (const std::exception& failure) {
        why = failure.what();
    }
    base::log::warning("message.try_failed", {{"key", one.business_key}, {"why", why}});
    try {
        co_await postpone(with, one, std::move(owner));
    } catch (const std::exception&) {
        // Its lease will end.
        base::log::warning("message.not_postponed", {{"key", one.business_key}});
    }
}

base::task<bool> write_deliveries(parts& with) {
    const auto look = [](db::connection& db) { return db::told_deliveries(db, deliveries_max); };
    const auto told_ones = co_await with.pool.read(look);
    for (const auto& one : told_ones) {
        std::optional<base::epoch_ms> again;
        if (one.result == db::delivery::failed) {
            rules::message_history so_far;
            so_far.tries = one.tries;
            const auto plan =
                rules::plan_after(try_end::not_delivered, so_far, base::now_ms(), draw_jitter());
            again = plan.wait_ms;
        }
        const auto unit = [&](db::connection& db) { db::write_delivery(db, one, again); };
        co_await with.pool.transact(unit);
    }
    co_return static_cast<int>(told_ones.size()) == deliveries_max;
}

}  // namespace

base::task<int> send_messages_once(parts& with) {
    const auto kinds = with.messages.free_ones(message_kind_names(), base::now_ms());
    if (kinds.empty()) co_return 0;
    // A name for this round alone: what an earlier round still holds is not mine.
    const auto owner = base::random_token();
    const auto claim = [&](db::connection& db) {
        return db::claim_due_messages(db, owner, kinds, lease_ms, at_once);
    };
    const auto due = co_await with.pool.transact(claim);
    if (!due.empty()) base::crash_point("message.after_claim");
    const auto send = [&](const db::queued_message& one) { return send_or_log(with, one, owner); };
    co_await together(due, send);
    co_return static_cast<int>(due.size());
}

base::task<bool> look_after_messages(parts& with) {
    const bool more = co_await write_deliveries(with);
    const auto look = [](db::connection& db) { return db::count_messages(db); };
    const auto counts = co_await with.pool.read(look);
    with.messages.queued_now = counts.queued;
    with.messages.failed_now = counts.failed;
    with.messages.oldest_at = counts.oldest_at.value_or(0);
    co_return more;
}

}  // namespace flows
