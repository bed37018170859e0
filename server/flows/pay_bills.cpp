#include "server/flows/pay_bills.hpp"

#include <algorithm>

#include "db/audit.hpp"
#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/base/log.hpp"
#include "server/flows/prepare_order.hpp"

namespace flows {
namespace {

namespace pay = wechat::pay;

std::string description_of(const parts& with, const db::order& one) {
    std::string items;
    for (const auto& line : one.lines) {
        if (items.find(line.item_name) != std::string::npos) continue;
        items += (items.empty() ? "" : "、") + line.item_name;
    }
    return pay::clean_description(with.conf.school.name + " " + items);
}

std::string body_of(const parts& with, const db::order& one) {
    pay::order_facts facts;
    facts.out_trade_no = one.order_no;
    facts.description = description_of(with, one);
    facts.amount = one.amount;
    facts.expires_at = one.pay_until;
    facts.notify_url = with.page("/wechat/pay/notify");
    const auto& merchant = with.desk_of(one.mch_id).who;
    return one.channel == db::pay_channel::jsapi
               ? pay::jsapi_order_body(merchant, facts, one.openid)
               : pay::native_order_body(merchant, facts);
}

// What must be equal for two requests to be the same intent.
std::string hash_of(const pay_request& wanted, std::string_view openid) {
    std::string text{db::name_of(wanted.channel)};
    text += '|' + std::to_string(wanted.total_seen.count()) + '|' + std::string{openid};
    for (const auto id : wanted.bill_ids) {
        text += '|' + std::to_string(id);
        const auto part = wanted.parts.find(id);
        if (part != wanted.parts.end()) text += '=' + std::to_string(part->second.count());
    }
    return base::sha256(text);
}

}  // namespace

db::order_draft new_draft(
    const parts& with, const visitor& who, std::string request_id, db::pay_channel channel
) {
    db::order_draft out;
    out.now = base::now_ms();
    out.order_no = base::new_order_no(with.conf.school.order_prefix, out.now);
    out.person_id = *who.person_id;
    out.request_id = std::move(request_id);
    out.channel = channel;
    if (channel == db::pay_channel::jsapi) out.openid = who.openid;
    // Whole seconds: WeChat's text has no fractions, and the repeat must be identical.
    const auto minutes = static_cast<base::epoch_ms>(with.conf.school.order_minutes);
    out.pay_until = out.now / 1000 * 1000 + minutes * 60'000;
    out.merchant_name = [&with](const std::string& mch_id) {
        return with.desk_of(mch_id).who.name();
    };
    out.provider_body = [&with](const db::order& one) { return body_of(with, one); };
    return out;
}

namespace {

db::order_draft draft_of(const parts& with, const visitor& who, const pay_request& wanted) {
    auto out = new_draft(with, who, wanted.request_id, wanted.channel);
    out.request_hash = hash_of(wanted, out.openid);
    out.bill_ids = wanted.bill_ids;
    out.parts = wanted.parts;
    out.school.arrears_first = with.conf.school.arrears_first;
    out.total_seen = wanted.total_seen;
    return out;
}

}  // namespace

void refuse_selection(const db::open_outcome& outcome) {
    switch (outcome.why.verdict) {
        case rules::selection_verdict::in_live_order:
            throw held_by_order{outcome.holding_order_no};
        case rules::selection_verdict::too_many:
            throw base::error{base::errc::too_many_lines};
        case rules::selection_verdict::total_differs:
            throw base::error{base::errc::bills_changed};
        case rules::selection_verdict::part_not_allowed:
            throw base::error{base::errc::part_not_allowed};
        case rules::selection_verdict::arrears_first:
            throw base::error{base::errc::arrears_first};
        case rules::selection_verdict::several_merchants:
            throw base::error{
                base::errc::bill_not_payable,
                "several merchants",
                "所选费用由不同的收款单位收取，请分开缴纳"};
        case rules::selection_verdict::ok:
        case rules::selection_verdict::nothing_selected:
        case rules::selection_verdict::not_payable:
            break;
    }
    throw base::error{base::errc::bill_not_payable};
}

namespace {

bool of_other_wechat(const db::order& one, const visitor& who) {
    return one.channel == db::pay_channel::jsapi && one.openid != who.openid;
}

}  // namespace

void require_payable(const db::order& one, const visitor& who) {
    if (!rules::is_live(one.state)) return;
    if (who.openid.empty() && one.channel == db::pay_channel::jsapi) {
        throw base::error{base::errc::wechat_identity_needed};
    }
    if (of_other_wechat(one, who)) throw base::error{base::errc::other_wechat_account};
    // By the database's clock, as the watcher: two servers must not disagree about an order's end.
    if (one.closing || one.seen_at >= one.pay_until) {
        throw base::error{base::errc::order_not_payable};
    }
}

base::task<payable> open_and_prepare(parts& with, visitor who, pay_request wanted) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    if (wanted.channel == db::pay_channel::jsapi && who.openid.empty()) {
        throw base::error{base::errc::wechat_identity_needed};
    }
    auto& ids = wanted.bill_ids;
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    if (ids.size() > rules::order_lines_max) throw base::error{base::errc::too_many_lines};
    const auto draft = draft_of(with, who, wanted);
    const auto open = [&](db::connection& db) { return db::open_order(db, draft); };
    base::crash_point("open.before_unit");
    auto outcome = co_await with.pool.transact(open);
    base::crash_point("open.after_unit");
    switch (outcome.kind) {
        case db::open_kind::opened:
            base::log::info("order.opened", {{"order_no", outcome.opened.order_no}});
            break;
        case db::open_kind::same:
            require_payable(outcome.opened, who);
            break;
        case db::open_kind::request_id_reused:
            throw base::error{base::errc::request_id_reused};
        case db::open_kind::bill_missing:
            throw base::error{base::errc::bill_not_found};
        case db::open_kind::not_selectable:
            refuse_selection(outcome);
    }
    auto prepared = co_await prepare_order(with, std::move(outcome.opened));
    co_return prepared;
}

base::task<db::order> own_order(parts& with, const visitor& who, std::string order_no) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    const auto person = *who.person_id;
    const auto unit = [&](db::connection& db) { return db::find_own_order(db, order_no, person); };
    auto found = co_await with.pool.read(unit);
    if (!found) throw base::error{base::errc::order_not_found};
    co_return std::move(*found);
}

base::task<payable> continue_order(parts& with, visitor who, std::string order_no) {
    auto found = co_await own_order(with, who, std::move(order_no));
    require_payable(found, who);
    auto prepared = co_await prepare_order(with, std::move(found));
    co_return prepared;
}

base::task<confirmation> confirm_order(parts& with, visitor who, std::string order_no) {
    confirmation out;
    out.order = co_await own_order(with, who, order_no);
    if (rules::is_live(out.order.state)) {
        base::crash_point("confirm.before_ask");
        out.wechat = co_await ask_wechat(with, out.order);
        base::crash_point("confirm.after_ask");
        out.order = co_await own_order(with, who, order_no);
        // The watcher need not wait its turn when the student is waiting.
        if (rules::is_live(out.order.state)) {
            const auto unit = [&](db::connection& db) { db::hasten_order(db, order_no, 3'000); };
            co_await with.pool.transact(unit);
            base::crash_point("confirm.after_hasten");
        }
    }
    if (rules::has_money(out.order.state)) out.wechat = wechat_word::paid;
    if (out.order.state == rules::order_state::closed) out.wechat = wechat_word::closed;
    co_return out;
}

base::task<confirmation> cancel_order(parts& with, visitor who, std::string order_no) {
    confirmation out;
    out.order = co_await own_order(with, who, order_no);
    if (rules::has_money(out.order.state)) throw base::error{base::errc::order_not_cancellable};
    if (rules::is_live(out.order.state)) {
        const auto actor = "student:" + std::to_string(*who.person_id);
        const auto now = base::now_ms();
        const auto note = [&](db::connection& db) {
            db::append_audit(db, {actor, "cancel_order", order_no, "asked", ""}, now);
        };
        co_await with.pool.transact(note);
        base::crash_point("cancel.after_note");
        out.wechat = co_await give_up_order(with, out.order);
        base::crash_point("cancel.after_give_up");
        out.order = co_await own_order(with, who, order_no);
    }
    if (rules::has_money(out.order.state)) out.wechat = wechat_word::paid;
    if (out.order.state == rules::order_state::closed) out.wechat = wechat_word::closed;
    co_return out;
}

}  // namespace flows
