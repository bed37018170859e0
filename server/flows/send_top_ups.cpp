#include "server/flows/send_top_ups.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "db/choices.hpp"
#include "db/outbox.hpp"
#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/encoding.hpp"
#include "server/base/log.hpp"
#include "server/flows/together.hpp"
#include "server/rules/delivery.hpp"

namespace flows {
namespace {

using rules::delivery_end;

constexpr int at_once = 8;
constexpr base::epoch_ms lease_ms = 30'000;  // longer than posting may last
constexpr std::int64_t call_deadline_ms = 8'000;
constexpr std::size_t answer_bytes_max = 4'096;
constexpr db::limits quick{std::chrono::milliseconds{3000}};

struct tried {
    delivery_end end = delivery_end::not_found;
    std::string code;  // HTTP status; "" for none
};

std::string body_of(const db::top_up& one) {
    const auto field = [](std::string_view name, std::string_view text) {
        return std::string{name} + "=" + base::percent_encode(text);
    };
    return field("top_up_no", one.order_no) + "&" + field("item", one.item_name) + "&" +
           field("target", one.target) + "&" +
           field("amount_fen", std::to_string(one.amount.count())) + "&" +
           field("paid_at_ms", std::to_string(one.paid_at.value_or(0)));
}

wechat::http_request request_of(const parts& with, const db::top_up& one) {
    wechat::http_request out{"POST", with.conf.top_ups.notify_url};
    out.body = body_of(one);
    const auto timestamp = std::to_string(base::now_s());
    const auto nonce = base::random_token();
    const auto signed_text = timestamp + "\n" + nonce + "\n" + out.body;
    const auto signature = base::hmac_sha256(with.conf.top_ups.key.reveal(), signed_text);
    out.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    out.headers.push_back({"X-Campus-Timestamp", timestamp});
    out.headers.push_back({"X-Campus-Nonce", nonce});
    out.headers.push_back({"X-Campus-Signature", base::to_hex(signature)});
    return out;
}

std::string_view first_line(std::string_view text) {
    auto line = text.substr(0, text.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

base::task<tried> post(parts& with, const db::top_up& one) {
    auto request = request_of(with, one);
    wechat::exchange_limits limits;
    limits.deadline_ms = call_deadline_ms;
    limits.body_bytes = answer_bytes_max;
    base::crash_point("top_up.before_call");
    const auto came = co_await with.http.exchange(std::move(request), limits);
    base::crash_point("top_up.after_call");
    tried out;
    switch (came.kind) {
        case wechat::transport_kind::not_sent:
            out.end = delivery_end::not_now;
            break;
        case wechat::transport_kind::unknown:
            out.end = delivery_end::unsure;
            break;
        case wechat::transport_kind::done:
            out.code = std::to_string(came.answer.status);
            // Its word must name the number: a front end's friendly 200 is no delivery.
            if (came.answer.status == 200 && first_line(came.answer.body) == "ok " + one.order_no) {
                out.end = delivery_end::taken;
            } else {
                out.end = rules::end_of_status(came.answer.status);
            }
    }
    co_return out;
}

base::task<tried> deliver(parts& with, const db::queued_message& message) {
    const auto order_no = message.business_key.substr(message.business_key.find(':') + 1);
    const auto look = [&](db::connection& db) { return db::find_top_up_notice(db, order_no); };
    const auto notice = co_await with.pool.read(look, quick);
    tried out;
    if (!notice || notice->what.state != db::top_up_state::paid) co_return out;
    if (notice->refunded == notice->what.amount) {
        // This claim is the first strike; another one ended without a word, perhaps after the call.
        const bool perhaps_taken = message.unsure > 0 || message.strikes > 1;
        out.end = perhaps_taken ? delivery_end::gone_back_unsure : delivery_end::gone_back;
    } else if (notice->refund_held > notice->refunded) {
        out.end = delivery_end::going_back;
    } else if (notice->refunded > base::fen{}) {
        out.end = delivery_end::partly_gone_back;
    } else {
        out = co_await post(with, notice->what);
    }
    co_return out;
}

int draw_jitter() {
    return static_cast<int>(base::random_below(1000));
}

base::task<void> send_one(parts& with, const db::queued_message& one, std::string owner) {
    tried how;
    auto plan = rules::plan_delivery(one.tries, one.strikes, one.created_at, one.seen_at);
    if (plan.state == rules::message_state::queued) {
        how = co_await deliver(with, one);
        plan = rules::plan_after(how.end, one.tries, draw_jitter());
    }
    db::message_end end;
    end.state = plan.state;
    end.reason = plan.reason;
    end.code = how.code;
    end.unsure = how.end == delivery_end::unsure;
    end.wait_ms = plan.wait_ms;
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        return db::settle_message(db, one.id, owner, end, now);
    };
    base::crash_point("top_up.before_settle");
    const bool mine = co_await with.pool.transact(unit);
    base::crash_point("top_up.after_settle");
    const bool failed = plan.state == rules::message_state::failed;
    base::log::write(
        failed ? base::log::level::alarm : base::log::level::info,
        mine ? "top_up.tried" : "top_up.lease_lost",
        {{"key", one.business_key},
         {"state", rules::name_of(plan.state)},
         {"reason", plan.reason},
         {"status", how.code},
         {"tries", one.tries}}
    );
}

// One that cannot be handled must not stop the others.
base::task<void> send_or_log(parts& with, db::queued_message one, std::string owner) {
    std::string why;
    try {
        co_await send_one(with, one, owner);
        co_return;
    } catch (const std::exception& failure) {
        why = failure.what();
    }
    base::log::warning("top_up.try_failed", {{"key", one.business_key}, {"why", why}});
    const auto wait = rules::wait_after_fault_ms(one.tries, draw_jitter());
    const auto unit = [&](db::connection& db) { db::postpone_message(db, one.id, owner, wait); };
    try {
        co_await with.pool.transact(unit, quick);
    } catch (const std::exception&) {
        // Its lease will end.
        base::log::warning("top_up.not_postponed", {{"key", one.business_key}});
    }
}

}  // namespace

base::task<int> send_top_ups_once(parts& with) {
    if (with.conf.top_ups.notify_url.empty()) co_return 0;
    // A name for this round alone: what an earlier round still holds is not mine.
    const auto owner = base::random_token();
    const auto claim = [&](db::connection& db) {
        return db::claim_due_messages(db, owner, "top_up", lease_ms, at_once);
    };
    const auto due = co_await with.pool.transact(claim);
    if (!due.empty()) base::crash_point("top_up.after_claim");
    const auto send = [&](const db::queued_message& one) { return send_or_log(with, one, owner); };
    co_await together(due, send);
    co_return static_cast<int>(due.size());
}

}  // namespace flows
