#include "server/flows/choose.hpp"

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

constexpr int listed_max = 200;

// What must be equal for two requests to be the same intent. Keyed: it covers what is sealed.
std::string hash_of(const parts& with, const choice_request& wanted, std::string_view openid) {
    std::string text{db::name_of(wanted.channel)};
    text += '|' + std::to_string(wanted.item_id) + '|' + std::to_string(wanted.amount.count());
    text += '|' + std::string{openid} + '|' + wanted.target + '|' + rules::packed(wanted.answers);
    return with.vault.keyed_hash("choice", text);
}

db::choice_draft draft_of(const parts& with, const visitor& who, const choice_request& wanted) {
    db::choice_draft out;
    out.order = new_draft(with, who, wanted.request_id, wanted.channel);
    out.order.request_hash = hash_of(with, wanted, out.order.openid);
    out.item_id = wanted.item_id;
    out.wish = {wanted.amount, wanted.target, wanted.answers};
    out.sign_up_id = base::next_id();
    if (!wanted.answers.empty()) {
        out.answers_sealed = with.vault.seal_answers(out.sign_up_id, rules::packed(wanted.answers));
    }
    out.top_ups_leave = !with.conf.top_ups.notify_url.empty();
    return out;
}

base::errc code_of(rules::choice_verdict verdict) {
    switch (verdict) {
        case rules::choice_verdict::price_changed:
            return base::errc::bills_changed;
        case rules::choice_verdict::amount_outside:
            return base::errc::amount_outside_limits;
        case rules::choice_verdict::target_missing:
        case rules::choice_verdict::target_unfit:
            return base::errc::target_wrong;
        case rules::choice_verdict::answers_unfit:
            return base::errc::answers_wrong;
        case rules::choice_verdict::full:
            return base::errc::choice_full;
        case rules::choice_verdict::ok:
        case rules::choice_verdict::not_open:
            break;
    }
    return base::errc::choice_not_open;
}

[[noreturn]] void refuse(const db::choose_outcome& outcome) {
    switch (outcome.kind) {
        case db::choose_kind::request_id_reused:
            throw base::error{base::errc::request_id_reused};
        case db::choose_kind::item_missing:
            throw base::error{base::errc::choice_not_found};
        case db::choose_kind::not_choosable:
            throw base::error{code_of(outcome.why.verdict), {}, outcome.why.sentence};
        case db::choose_kind::in_live_order:
            throw held_by_order{outcome.holding_order_no};
        case db::choose_kind::taken_before:
            throw base::error{base::errc::choice_taken};
        case db::choose_kind::charged:
            throw base::error{
                base::errc::choice_taken,
                "charged",
                "该项目已列入您的应缴费用，请在学费缴费中缴纳"};
        case db::choose_kind::not_connected:
            throw base::error{
                base::errc::choice_not_open, "no top_ups.notify_url", "该充值暂未开通，请联系学校"};
        case db::choose_kind::opened:
        case db::choose_kind::signed_up:
        case db::choose_kind::same:
        case db::choose_kind::same_sign_up:
            break;
    }
    throw base::error{base::errc::internal, "not a refusal"};
}

base::task<db::sign_up> own_sign_up(parts& with, std::int64_t person, std::int64_t id) {
    const auto unit = [&](db::connection& db) { return db::find_sign_up(db, id, person); };
    auto found = co_await with.pool.read(unit);
    if (!found) throw base::error{base::errc::sign_up_not_found};
    co_return std::move(*found);
}

}  // namespace

base::task<chosen> choose(parts& with, visitor who, choice_request wanted) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    const bool pays = wanted.amount != base::fen{};
    if (pays && wanted.channel == db::pay_channel::jsapi && who.openid.empty()) {
        throw base::error{base::errc::wechat_identity_needed};
    }
    wanted.answers = rules::tidy(wanted.answers);
    const auto draft = draft_of(with, who, wanted);
    const auto unit = [&](db::connection& db) { return db::choose(db, draft); };
    base::crash_point("choose.before_unit");
    auto outcome = co_await with.pool.transact(unit);
    base::crash_point("choose.after_unit");
    chosen out;
    switch (outcome.kind) {
        case db::choose_kind::signed_up:
            base::log::info("choice.signed_up", {{"sign_up", draft.sign_up_id}});
            [[fallthrough]];
        case db::choose_kind::same_sign_up:
            out.signed_up = std::move(outcome.signed_up);
            co_return out;
        case db::choose_kind::opened:
            base::log::info("order.opened", {{"order_no", outcome.opened.order_no}});
            break;
        case db::choose_kind::same:
            require_payable(outcome.opened, who);
            break;
        default:
            refuse(outcome);
    }
    out.pay = co_await prepare_order(with, std::move(outcome.opened));
    co_return out;
}

base::task<std::vector<offer>> offers_for(parts& with, visitor who, rules::fee_category category) {
    const auto person = *who.person_id;
    const auto unit = [&](db::connection& db) {
        std::vector<offer> out;
        for (auto& item : db::choice_items(db, category)) out.push_back({std::move(item), {}, {}});
        for (auto& one : db::live_sign_ups_of(db, person)) {
            const auto of = std::ranges::find_if(out, [&](const offer& each) {
                return each.item.id == one.item_id && each.item.period == one.period;
            });
            if (of != out.end()) of->own = std::move(one);
        }
        for (auto& one : db::open_top_ups_of(db, person)) {
            const auto of = std::ranges::find_if(out, [&](const offer& each) {
                return each.item.id == one.item_id;
            });
            if (of != out.end()) of->unfinished = std::move(one);
        }
        return out;
    };
    auto found = co_await with.pool.read(unit);
    co_return found;
}

base::task<std::vector<db::sign_up>> sign_ups_for(parts& with, visitor who) {
    const auto person = *who.person_id;
    const auto unit = [&](db::connection& db) { return db::sign_ups_of(db, person, listed_max); };
    auto found = co_await with.pool.read(unit);
    co_return found;
}

base::task<std::vector<db::top_up>> top_ups_for(parts& with, visitor who) {
    const auto person = *who.person_id;
    const auto unit = [&](db::connection& db) { return db::top_ups_of(db, person, listed_max); };
    auto found = co_await with.pool.read(unit);
    co_return found;
}

rules::answers answers_of(const parts& with, const visitor& who, const db::sign_up& one) {
    if (who.level != db::sign_in_level::own || one.answers_sealed.empty()) return {};
    const auto plain = with.vault.open_answers(one.id, one.answers_sealed);
    return plain ? rules::unpacked(*plain) : rules::answers{};
}

bool is_cancellable(const db::sign_up& one, base::epoch_ms now) {
    if (one.state == db::sign_up_state::held) return true;
    const bool free = one.order_no.empty();
    const bool in_window = !one.open_until || now < *one.open_until;
    return one.state == db::sign_up_state::done && free && in_window;
}

base::task<db::sign_up> cancel_sign_up(parts& with, visitor who, std::int64_t id) {
    const auto person = *who.person_id;
    const auto now = base::now_ms();
    auto found = co_await own_sign_up(with, person, id);
    const bool over =
        found.state == db::sign_up_state::cancelled || found.state == db::sign_up_state::closed;
    if (over) co_return found;
    if (!is_cancellable(found, now)) throw base::error{base::errc::sign_up_not_cancellable};
    if (!found.order_no.empty()) {
        co_await cancel_order(with, who, found.order_no);
        found = co_await own_sign_up(with, person, id);
        co_return found;
    }
    const auto actor = "student:" + std::to_string(person);
    const auto unit = [&](db::connection& db) {
        if (!db::cancel_sign_up(db, id, person, now)) return;
        db::append_audit(db, {actor, "cancel_sign_up", std::to_string(id), "done", ""}, now);
    };
    co_await with.pool.transact(unit);
    base::crash_point("choose.after_cancel");
    found = co_await own_sign_up(with, person, id);
    co_return found;
}

}  // namespace flows
