#include "server/flows/prepare_order.hpp"

#include <chrono>

#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/flows/pause.hpp"
#include "server/rules/watching.hpp"

namespace flows {
namespace {

namespace pay = wechat::pay;

constexpr base::epoch_ms claim_ms = 8'000;  // longer than the call's deadline
constexpr std::int64_t call_deadline_ms = 5'000;
constexpr int wait_rounds = 12;  // of 250 ms, for the one who prepares

bool is_fresh(const db::order& one) {
    const bool has = !one.prepay_id.empty() || !one.code_url.empty();
    return has && base::now_ms() - one.prepared_at < rules::prepay_life_ms;
}

payable ready(parts& with, db::order one) {
    payable out;
    out.wechat = readiness::ready;
    if (one.channel == db::pay_channel::jsapi) {
        out.sheet = with.desk_of(one.mch_id).orders.sheet(one.prepay_id);
    }
    out.order = std::move(one);
    return out;
}

base::task<db::order> read_again(parts& with, std::string order_no) {
    const auto unit = [&](db::connection& db) { return db::find_order(db, order_no); };
    auto found = co_await with.pool.read(unit);
    base::ensure(found.has_value(), "an order stays");
    co_return std::move(*found);
}

payable not_live(db::order one) {
    payable out;
    out.wechat = readiness::settled;
    out.order = std::move(one);
    return out;
}

base::task<payable> wait_for_other(parts& with, db::order one) {
    for (int round = 0; round < wait_rounds; ++round) {
        co_await pause(std::chrono::milliseconds{250});
        one = co_await read_again(with, one.order_no);
        if (!rules::is_live(one.state)) co_return not_live(std::move(one));
        if (is_fresh(one)) co_return ready(with, std::move(one));
    }
    payable out;
    out.order = std::move(one);
    co_return out;
}

base::task<void> release(parts& with, std::string order_no) {
    const auto unit = [&](db::connection& db) { db::release_preparing(db, order_no); };
    co_await with.pool.transact(unit);
    base::crash_point("prepare.after_release");
}

base::task<payable> keep(parts& with, db::order one, pay::prepare_outcome answer) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        return db::keep_prepared(db, one.order_no, answer.prepay_id, answer.code_url, now);
    };
    const bool kept = co_await with.pool.transact(unit);
    base::crash_point("prepare.after_keep");
    auto after = co_await read_again(with, one.order_no);
    if (!kept) co_return not_live(std::move(after));
    co_return ready(with, std::move(after));
}

// WeChat knows the number in a way that we did not expect: only a question helps.
base::task<payable> ask_instead(parts& with, db::order one) {
    co_await release(with, one.order_no);
    const auto word = co_await ask_wechat(with, one);
    payable out;
    out.order = co_await read_again(with, one.order_no);
    if (word == wechat_word::paid || word == wechat_word::closed) out.wechat = readiness::settled;
    co_return out;
}

}  // namespace

base::task<payable> prepare_order(parts& with, db::order live) {
    if (!rules::is_live(live.state)) co_return not_live(std::move(live));
    if (live.closing) {
        payable out;
        out.order = std::move(live);
        co_return out;
    }
    if (is_fresh(live)) co_return ready(with, std::move(live));

    const auto claim = [&](db::connection& db) {
        return db::claim_preparing(db, live.order_no, claim_ms);
    };
    const bool mine = co_await with.pool.transact(claim);
    base::crash_point("prepare.after_claim");
    if (!mine) {
        auto waited = co_await wait_for_other(with, std::move(live));
        co_return waited;
    }
    // Another request may have prepared it between our look and the claim: nothing new is made
    // then.
    live = co_await read_again(with, live.order_no);
    if (is_fresh(live)) {
        co_await release(with, live.order_no);
        co_return ready(with, std::move(live));
    }
    wechat::exchange_limits limits;
    limits.deadline_ms = call_deadline_ms;
    auto& orders = with.desk_of(live.mch_id).orders;
    pay::prepare_outcome answer;
    base::crash_point("prepare.before_call");
    if (live.channel == db::pay_channel::jsapi) {
        answer = co_await orders.prepare_jsapi(live.provider_body, limits);
    } else {
        answer = co_await orders.prepare_native(live.provider_body, limits);
    }
    base::crash_point("prepare.after_call");
    payable out;
    switch (answer.kind) {
        case pay::prepare_kind::prepared: {
            auto kept = co_await keep(with, std::move(live), std::move(answer));
            co_return kept;
        }
        case pay::prepare_kind::parameter_mismatch:
            base::log::alarm("order.parameter_mismatch", {{"order_no", live.order_no}});
            [[fallthrough]];
        case pay::prepare_kind::already_paid_or_used:
        case pay::prepare_kind::closed: {
            auto asked = co_await ask_instead(with, std::move(live));
            co_return asked;
        }
        case pay::prepare_kind::refused: {
            base::log::alarm(
                "order.prepare_refused", {{"order_no", live.order_no}, {"code", answer.why.code}}
            );
            // Nothing came to be there; the watcher closes the number and frees the bills.
            const auto unit = [&](db::connection& db) {
                db::release_preparing(db, live.order_no);
                db::mark_closing(db, live.order_no);
            };
            co_await with.pool.transact(unit);
            base::crash_point("prepare.after_refusal");
            throw base::error{base::errc::wechat_refused, "prepare " + answer.why.code};
        }
        case pay::prepare_kind::rate_limited:
            co_await release(with, live.order_no);
            break;
        case pay::prepare_kind::unknown:
            // The request may still arrive, so the claim stays until that is over.
            if (answer.not_sent) co_await release(with, live.order_no);
            break;
    }
    base::log::warning(
        "order.prepare_unknown", {{"order_no", live.order_no}, {"reason", answer.reason}}
    );
    out.order = std::move(live);
    co_return out;
}

}  // namespace flows
