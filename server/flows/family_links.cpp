#include "server/flows/family_links.hpp"

#include <algorithm>

#include "db/audit.hpp"
#include "db/people.hpp"
#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/base/log.hpp"
#include "server/flows/prepare_order.hpp"
#include "server/flows/throttle.hpp"
#include "server/rules/masks.hpp"

namespace flows {
namespace {

constexpr base::epoch_ms hour_ms = 3'600'000;
constexpr std::size_t message_max = 60;  // characters
constexpr int shown_max = 50;
constexpr std::size_t token_length = 43;  // 32 bytes in base64url
// Only wrong ones count: many phones of one network share an address.
constexpr int wrong_per_address_max = 60;

[[noreturn]] void refuse(std::string sentence) {
    throw base::error{base::errc::bad_request, "family link", std::move(sentence)};
}

void check(const family_form& form) {
    constexpr std::int64_t choices[]{1, 24, 72};
    if (std::find(std::begin(choices), std::end(choices), form.hours) == std::end(choices)) {
        throw base::error{base::errc::bad_request, "hours"};
    }
    if (base::count_code_points(form.message) > message_max) {
        refuse("留言最多" + std::to_string(message_max) + "个字");
    }
    const bool odd = std::any_of(form.message.begin(), form.message.end(), [](unsigned char c) {
        return c < 0x20 || c == 0x7F;
    });
    if (odd) refuse("留言只能写一行文字");
    if (form.bill_ids.size() > rules::order_lines_max) {
        throw base::error{base::errc::too_many_lines};
    }
}

std::string actor_of(const visitor& who) {
    return "student:" + std::to_string(*who.person_id);
}

std::string object_of(std::int64_t id) {
    return "family_link:" + std::to_string(id);
}

void write_down(
    db::connection& db, const std::string& actor, std::string_view action, std::int64_t id
) {
    db::append_audit(db, {actor, action, object_of(id), "ok", ""}, base::now_ms());
}

struct named_link {
    std::optional<db::family_link> link;
    std::string name;
};

base::task<named_link> look_up(parts& with, std::string token, std::string address) {
    named_link out;
    const auto hash = base::sha256(token);
    const auto unit = [&](db::connection& db) {
        out = {};
        out.link = db::find_family_link(db, hash);
        if (out.link) out.name = db::find_name(db, out.link->person_id);
        return true;
    };
    if (token.size() == token_length) co_await with.pool.read(unit);
    if (!out.link) {
        co_await count_by_address(with, "family", address, wrong_per_address_max);
        base::log::info("family_link.unknown");
        throw base::error{base::errc::family_link_not_found};
    }
    co_return out;
}

std::string merchant_of(const parts& with, const db::family_link& link) {
    if (link.newest_order && link.bills_now.empty()) return link.newest_order->merchant_name;
    if (link.bills_now.empty()) return {};
    return with.desk_of(link.bills_now.front().mch_id).who.name();
}

family_view view_of(const parts& with, const visitor& who, named_link found) {
    family_view out;
    out.state = found.link->state();
    out.masked_name = rules::masked_name(found.name);
    out.merchant_name = merchant_of(with, *found.link);
    out.mine = who.person_id == found.link->person_id;
    const auto& order = found.link->newest_order;
    out.by_me = order && !who.openid.empty() && order->openid == who.openid;
    const bool live = out.by_me && rules::is_live(order->state);
    const bool free = live && !order->closing && order->attention.empty();
    out.can_cancel = free;
    out.can_pay = out.state == rules::family_state::open ||
                  (free && !found.link->withdrawn && order->seen_at < order->pay_until);
    out.link = std::move(*found.link);
    return out;
}

// For what goes by an order of the student: the payer has no rights of his own in it.
visitor as_student(const visitor& who, const db::family_link& link) {
    auto out = who;
    out.person_id = link.person_id;
    return out;
}

[[noreturn]] void refuse(const db::family_opened& outcome) {
    switch (outcome.kind) {
        case db::family_open_kind::someone_pays:
            throw base::error{base::errc::family_someone_pays};
        case db::family_open_kind::over:
            throw base::error{base::errc::family_link_over};
        case db::family_open_kind::unknown_link:
            throw base::error{base::errc::family_link_not_found};
        case db::family_open_kind::not_selectable:
        case db::family_open_kind::opened:
        case db::family_open_kind::same:
        case db::family_open_kind::paid:
            break;
    }
    db::open_outcome as_order;
    as_order.why = outcome.why;
    refuse_selection(as_order);
}

base::task<payable> pay(parts& with, const visitor& who, std::string token, base::fen total_seen) {
    auto draft = new_draft(with, who, "", db::pay_channel::jsapi);
    draft.total_seen = total_seen;
    draft.school.arrears_first = with.conf.school.arrears_first;
    const auto hash = base::sha256(token);
    const auto unit = [&](db::connection& db) { return db::open_family_order(db, hash, draft); };
    base::crash_point("family.before_unit");
    auto outcome = co_await with.pool.transact(unit);
    base::crash_point("family.after_unit");
    payable out;
    switch (outcome.kind) {
        case db::family_open_kind::opened:
            base::log::info("order.opened", {{"order_no", outcome.opened.order_no}});
            break;
        case db::family_open_kind::same:
            require_payable(outcome.opened, who);
            break;
        case db::family_open_kind::paid:
            out.wechat = readiness::settled;
            co_return out;
        default:
            refuse(outcome);
    }
    out = co_await prepare_order(with, std::move(outcome.opened));
    co_return out;
}

base::task<family_view> own_view(
    parts& with, const visitor& who, std::string token, std::string address
) {
    auto found = co_await look_up(with, std::move(token), std::move(address));
    auto view = view_of(with, who, std::move(found));
    if (!view.by_me) throw base::error{base::errc::family_someone_pays};
    co_return view;
}

base::task<wechat_word> give_up(parts& with, const family_view& view) {
    const auto& order = *view.link.newest_order;
    const auto id = view.link.id;
    const auto actor = object_of(id);
    const auto now = base::now_ms();
    const auto note = [&](db::connection& db) {
        db::append_audit(db, {actor, "cancel_order", order.order_no, "asked", ""}, now);
    };
    co_await with.pool.transact(note);
    const auto word = co_await give_up_order(with, order);
    co_return word;
}

}  // namespace

bool family_view::tells() const {
    switch (state) {
        case rules::family_state::open:
        case rules::family_state::being_paid:
            return true;
        case rules::family_state::paid:
            return mine || by_me;
        case rules::family_state::settled:
        case rules::family_state::withdrawn:
        case rules::family_state::ended:
            break;
    }
    return mine;
}

base::task<made_family_link> make_family_link(parts& with, visitor who, family_form form) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    check(form);
    std::sort(form.bill_ids.begin(), form.bill_ids.end());
    const auto token = new_session_token();
    db::family_wish wish;
    wish.id = base::next_id();
    wish.token_hash = base::sha256(token);
    wish.person_id = *who.person_id;
    wish.message = form.message;
    wish.bill_ids = form.bill_ids;
    wish.school.arrears_first = with.conf.school.arrears_first;
    wish.total_seen = form.total_seen;
    wish.now = base::now_ms();
    wish.life_ms = form.hours * hour_ms;
    const auto actor = actor_of(who);
    const auto unit = [&](db::connection& db) {
        auto made = db::make_family_link(db, wish);
        if (made.kind == db::family_make_kind::made) {
            write_down(db, actor, "make_family_link", wish.id);
        }
        return made;
    };
    const auto outcome = co_await with.pool.transact(unit);
    switch (outcome.kind) {
        case db::family_make_kind::made:
            break;
        case db::family_make_kind::bill_missing:
            throw base::error{base::errc::bill_not_found};
        case db::family_make_kind::too_many:
            throw base::error{
                base::errc::too_many_requests,
                "family links",
                "还有效的代付链接太多，请先撤回不用的"};
        case db::family_make_kind::not_selectable: {
            db::open_outcome as_order;
            as_order.why = outcome.why;
            as_order.holding_order_no = outcome.holding_order_no;
            refuse_selection(as_order);
        }
    }
    co_return made_family_link{wish.id, "/h5/family/" + token};
}

base::task<std::vector<db::family_link>> family_links_of(parts& with, visitor who) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    const auto person = *who.person_id;
    const auto unit = [person](db::connection& db) {
        return db::list_family_links(db, person, shown_max);
    };
    auto out = co_await with.pool.read(unit);
    co_return out;
}

base::task<void> withdraw_family_link(parts& with, visitor who, std::int64_t id) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    const auto person = *who.person_id;
    const auto actor = actor_of(who);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        if (db::withdraw_family_link(db, id, person, now)) {
            write_down(db, actor, "withdraw_family_link", id);
            return true;
        }
        // Withdrawn before is as good.
        const auto all = db::list_family_links(db, person, shown_max);
        return std::any_of(all.begin(), all.end(), [id](const auto& one) { return one.id == id; });
    };
    const bool known = co_await with.pool.transact(unit);
    if (!known) throw base::error{base::errc::family_link_not_found};
}

base::task<family_view> open_family_link(
    parts& with, visitor who, std::string token, std::string address
) {
    auto found = co_await look_up(with, std::move(token), std::move(address));
    auto view = view_of(with, who, std::move(found));
    co_return view;
}

base::task<family_payable> pay_family_link(
    parts& with, visitor who, std::string token, base::fen total_seen, std::string address
) {
    auto found = co_await look_up(with, token, address);
    if (who.openid.empty()) throw base::error{base::errc::wechat_identity_needed};
    const auto payer = as_student(who, *found.link);
    family_payable out;
    out.made = co_await pay(with, payer, token, total_seen);
    found = co_await look_up(with, token, address);
    out.view = view_of(with, who, std::move(found));
    co_return out;
}

base::task<family_confirmation> confirm_family_link(
    parts& with, visitor who, std::string token, std::string address
) {
    family_confirmation out;
    out.view = co_await own_view(with, who, token, address);
    const auto payer = as_student(who, out.view.link);
    auto order_no = out.view.link.newest_order->order_no;
    const auto known = co_await confirm_order(with, payer, std::move(order_no));
    out.wechat = known.wechat;
    out.view = co_await own_view(with, who, token, address);
    co_return out;
}

base::task<family_confirmation> cancel_family_link(
    parts& with, visitor who, std::string token, std::string address
) {
    family_confirmation out;
    out.view = co_await own_view(with, who, token, address);
    const auto state = out.view.link.newest_order->state;
    if (rules::has_money(state)) throw base::error{base::errc::order_not_cancellable};
    out.wechat = wechat_word::closed;
    if (rules::is_live(state)) {
        out.wechat = co_await give_up(with, out.view);
        out.view = co_await own_view(with, who, token, address);
    }
    co_return out;
}

}  // namespace flows
