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
#include "server/flows/message_words.hpp"
#include "server/flows/together.hpp"
#include "server/rules/sending.hpp"
#include "wechat/mp/customer_message.hpp"
#include "wechat/mp/errcodes.hpp"
#include "wechat/mp/template_message.hpp"

namespace flows {
namespace {

namespace mp = wechat::mp;
using rules::try_end;

constexpr int at_once = 8;
// A dead server's messages leave after that. A try must end before: two calls of five seconds with
// a new token between them, and another reader only while there is time for as much again.
constexpr base::epoch_ms lease_ms = 30'000;
constexpr base::epoch_ms next_reader_within_ms = 8'000;
constexpr db::limits quick{std::chrono::milliseconds{3000}};

// One message, told to one reader.
struct told {
    try_end end = try_end::nobody;
    std::string code;
    std::string field;  // of a template, where WeChat named one
    std::string openid;
    std::string msgid;
    db::message_way way = db::message_way::none;
};

try_end end_of_refusal(const std::string& code, db::message_way way) {
    const auto* fact = mp::find_errcode(code);
    if (fact == nullptr) return try_end::settings;
    switch (fact->what) {
        case mp::reaction::retry_later:
            // Of the account, and not of this reader.
            if (code == "45011") return try_end::too_fast;
            // As many texts as the reader's last action allowed; only he can change that.
            if (code == "45047" && way == db::message_way::by_text) return try_end::not_reachable;
            return try_end::busy;
        case mp::reaction::drop_recipient:
            return try_end::not_reachable;
        case mp::reaction::fix_content:
            return try_end::bad_content;
        case mp::reaction::quota:
            return try_end::quota;
        // The token was renewed once already.
        case mp::reaction::renew_token:
        case mp::reaction::start_again:
        case mp::reaction::configuration:
        case mp::reaction::alarm:
            break;
    }
    return try_end::settings;
}

template <class T>
try_end end_of(const wechat::call_result<T>& came, db::message_way way) {
    switch (came.kind) {
        case wechat::call_kind::done:
            return try_end::accepted;
        case wechat::call_kind::refused:
            return end_of_refusal(came.why.code, way);
        case wechat::call_kind::unknown:
            break;
    }
    // -1, said by WeChat itself, is a refusal that may be tried again.
    const bool certainly_not = came.not_sent || !came.why.code.empty();
    return certainly_not ? try_end::busy : try_end::unsure;
}

// "argument invalid! data.thing2.value invalid" → "thing2"
std::string field_in(const std::string& message) {
    constexpr std::string_view mark = "data.";
    const auto at = message.find(mark);
    if (at == std::string::npos) return {};
    const auto rest = message.substr(at + mark.size(), 32);
    return rest.substr(
        0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
    );
}

base::task<told> tell_by_template(
    parts& with,
    std::int64_t id,
    const message_facts& facts,
    const base::template_conf& chosen,
    std::string openid
) {
    told out;
    out.way = db::message_way::by_template;
    out.openid = openid;
    mp::template_message wanted;
    wanted.openid = std::move(openid);
    wanted.template_id = chosen.id;
    wanted.url = link_of(with, facts);
    wanted.client_msg_id = std::to_string(id);
    wanted.values = template_values(with, chosen, facts);
    const auto came = co_await mp::send_template_message(with.account, std::move(wanted));
    out.end = end_of(came, out.way);
    out.code = came.why.code;
    if (came.value) out.msgid = *came.value;
    if (out.end == try_end::bad_content) out.field = field_in(came.why.message);
    co_return out;
}

base::task<told> tell_by_text(parts& with, const message_facts& facts, std::string openid) {
    told out;
    out.way = db::message_way::by_text;
    out.openid = openid;
    auto content = text_of(with, facts);
    const auto came =
        co_await mp::send_customer_text(with.account, std::move(openid), std::move(content));
    out.end = end_of(came, out.way);
    out.code = came.why.code;
    co_return out;
}

// The first reader who can be reached. The order of readers is the same at each try, so that a
// repeat goes to whoever may have got it.
base::task<told> tell(parts& with, std::int64_t id, const message_facts& facts) {
    const auto* chosen = template_for(with, facts);
    const auto began = base::steady_ms();
    told last;
    for (const auto& openid : facts.openids) {
        if (last.end == try_end::not_reachable &&
            base::steady_ms() - began > next_reader_within_ms) {
            last.end = try_end::busy;
            break;
        }
        if (chosen != nullptr) {
            last = co_await tell_by_template(with, id, facts, *chosen, openid);
        } else {
            last = co_await tell_by_text(with, facts, openid);
        }
        if (last.end != try_end::not_reachable) break;
    }
    co_return last;
}

// No access token is to be had: nothing was sent.
told without_token(const base::error& why) {
    told out;
    out.end = why.what_code() == base::errc::wechat_refused ? try_end::settings : try_end::busy;
    return out;
}

bool is_about_token(const base::error& why) {
    return why.what_code() == base::errc::wechat_refused ||
           why.what_code() == base::errc::wechat_unknown;
}

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
    try {
        out = co_await tell(with, one.id, *facts);
    } catch (const base::error& why) {
        if (!is_about_token(why)) throw;
        out = without_token(why);
    }
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
    if (plan.hold_until != 0 && with.messages.hold(one.kind, base::now_ms(), plan.hold_until)) {
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
    end.next_try = plan.next_try;
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
    auto plan = rules::plan_before(one.tries, one.strikes, one.created_at, base::now_ms());
    if (plan.state == rules::message_state::queued) {
        how = co_await tell_if_it_exists(with, one);
        rules::message_history so_far;
        so_far.tries = one.tries;
        so_far.unsure = one.unsure + (how.end == try_end::unsure ? 1 : 0);
        so_far.repeat_is_harmless = how.way == db::message_way::by_template;
        plan = rules::plan_after(how.end, so_far, base::now_ms(), draw_jitter());
    }
    co_await settle(with, one, std::move(owner), how, plan);
    report(with, one, how, plan);
}

base::task<void> postpone(parts& with, const db::queued_message& one, std::string owner) {
    const auto next = rules::next_after_fault(one.tries, base::now_ms(), draw_jitter());
    const auto unit = [&](db::connection& db) { db::postpone_message(db, one.id, owner, next); };
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

base::task<void> write_deliveries(parts& with) {
    const auto look = [](db::connection& db) { return db::told_deliveries(db, 50); };
    const auto told_ones = co_await with.pool.read(look);
    for (const auto& one : told_ones) {
        std::optional<base::epoch_ms> again;
        if (one.result == db::delivery::failed) {
            rules::message_history so_far;
            so_far.tries = one.tries;
            const auto plan =
                rules::plan_after(try_end::not_delivered, so_far, base::now_ms(), draw_jitter());
            again = plan.next_try;
        }
        const auto unit = [&](db::connection& db) { db::write_delivery(db, one, again); };
        co_await with.pool.transact(unit);
    }
}

}  // namespace

base::task<int> send_messages_once(parts& with) {
    const auto now = base::now_ms();
    const auto kinds = with.messages.free_ones(message_kind_names(), now);
    if (kinds.empty()) co_return 0;
    // A name for this round alone: what an earlier round still holds is not mine.
    const auto owner = base::random_token();
    const auto claim = [&](db::connection& db) {
        return db::claim_due_messages(db, owner, kinds, now, lease_ms, at_once);
    };
    const auto due = co_await with.pool.transact(claim);
    if (!due.empty()) base::crash_point("message.after_claim");
    const auto send = [&](const db::queued_message& one) { return send_or_log(with, one, owner); };
    co_await together(due, send);
    co_return static_cast<int>(due.size());
}

base::task<void> look_after_messages(parts& with) {
    co_await write_deliveries(with);
    const auto look = [](db::connection& db) { return db::count_messages(db); };
    const auto counts = co_await with.pool.read(look);
    with.messages.queued_now = counts.queued;
    with.messages.failed_now = counts.failed;
    with.messages.oldest_at = counts.oldest_at.value_or(0);
}

}  // namespace flows
