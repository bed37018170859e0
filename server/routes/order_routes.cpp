#include "server/routes/order_routes.hpp"

#include <algorithm>
#include <set>

#include "server/base/beijing.hpp"
#include "server/base/error.hpp"
#include "server/flows/pay_bills.hpp"
#include "server/flows/student_lists.hpp"
#include "server/routes/guard.hpp"
#include "server/routes/json.hpp"
#include "server/rules/fee_rules.hpp"

namespace routes {
namespace {

constexpr std::size_t order_no_max = 32;

}  // namespace

std::string_view name_of(flows::readiness readiness) {
    switch (readiness) {
        case flows::readiness::ready:
            return "ready";
        case flows::readiness::unknown:
            return "unknown";
        case flows::readiness::settled:
            return "settled";
    }
    return "unknown";
}

std::string_view name_of(flows::wechat_word word) {
    switch (word) {
        case flows::wechat_word::paid:
            return "paid";
        case flows::wechat_word::not_paid:
            return "not_paid";
        case flows::wechat_word::closed:
            return "closed";
        case flows::wechat_word::unknown:
            return "unknown";
    }
    return "unknown";
}

namespace {

// What a student must know about an order that did not go the usual way; "" for the others.
std::string_view note_of(const db::order& one) {
    if (one.attention == "amount_differs" || one.attention == "paid_twice") {
        return "已收到您的付款，金额与订单不一致，学校财务正在核实，请勿重复支付";
    }
    if (one.state == rules::order_state::paid_late) {
        base::fen credited;
        for (const auto& line : one.lines) credited += line.credited;
        return credited == one.amount ? "订单关闭后收到付款，已计入您的缴费"
                                      : "订单关闭后收到付款，未能计入的部分原路退回";
    }
    return {};
}

// Released is as good as under way for the student; what is odd about it is finance's matter.
std::string_view shown_state(rules::refund_state state) {
    if (state == rules::refund_state::success) return "success";
    return state == rules::refund_state::abnormal ? "abnormal" : "processing";
}

void write_refunds(json_writer& out, const std::vector<db::order_refund>& refunds) {
    base::fen gone;
    for (const auto& one : refunds) {
        if (one.state == rules::refund_state::success) gone += one.amount;
    }
    out.number("refunded_fen", gone.count());
    out.array("refunds", [&] {
        for (const auto& one : refunds) {
            out.object([&] {
                out.number("amount_fen", one.amount.count());
                out.text("state", shown_state(one.state));
                if (one.succeeded_at) {
                    out.number("at_ms", *one.succeeded_at);
                } else {
                    out.null("at_ms");
                }
                out.text("reason", one.reason);
            });
        }
    });
}

void write_order(json_writer& out, const db::order& one, const flows::visitor& who) {
    const bool live = rules::is_live(one.state);
    const bool other = live && one.channel == db::pay_channel::jsapi && one.openid != who.openid;
    out.text("order_no", one.order_no);
    out.text("state", rules::name_of(one.state));
    out.text("channel", db::name_of(one.channel));
    out.number("amount_fen", one.amount.count());
    out.text("merchant_name", one.merchant_name);
    out.number("created_at", one.created_at);
    out.number("pay_until", one.pay_until);
    if (one.paid_at) out.number("paid_at", *one.paid_at);
    if (one.closed_at) out.number("closed_at", *one.closed_at);
    if (!one.transaction_id.empty()) out.text("transaction_id", one.transaction_id);
    out.flag("closing", one.closing);
    const bool open = live && !one.closing && one.attention.empty();
    out.flag("can_pay", open && !other && one.seen_at < one.pay_until);
    out.flag("can_cancel", open);
    const auto note = note_of(one);
    if (!note.empty()) out.text("note", note);
    if (other) out.flag("other_wechat", true);
    if (!one.chosen_from.empty()) out.text("chosen_from", one.chosen_from);
    if (!one.refunds.empty()) write_refunds(out, one.refunds);
    out.array("lines", [&] {
        for (const auto& line : one.lines) {
            out.object([&] {
                out.text("bill_id", std::to_string(line.bill_id));
                out.text("period", line.period);
                out.text("item", line.item_name);
                out.number("amount_fen", line.amount.count());
            });
        }
    });
}

}  // namespace

void write_sheet(json_writer& out, const wechat::pay::pay_parameters& sheet) {
    out.object("jsapi", [&] {
        out.text("appId", sheet.app_id);
        out.text("timeStamp", sheet.time_stamp);
        out.text("nonceStr", sheet.nonce_str);
        out.text("package", sheet.package);
        out.text("signType", sheet.sign_type);
        out.text("paySign", sheet.pay_sign);
    });
}

http::reply payable_reply(const flows::payable& made, const flows::visitor& who) {
    json_writer out;
    out.object([&] {
        out.object("order", [&] { write_order(out, made.order, who); });
        out.text("wechat", name_of(made.wechat));
        if (made.wechat == flows::readiness::ready && !made.order.code_url.empty()) {
            out.text("code_url", made.order.code_url);
        }
        if (made.sheet) write_sheet(out, *made.sheet);
    });
    return out.reply();
}

namespace {

http::reply confirmation_reply(const flows::confirmation& known, const flows::visitor& who) {
    json_writer out;
    out.object([&] {
        out.object("order", [&] { write_order(out, known.order, who); });
        out.text("wechat", name_of(known.wechat));
    });
    return out.reply();
}

std::string query_of(const http::request& asked, const char* name, std::size_t bytes_max) {
    const auto* given = asked.query_value(name);
    if (given == nullptr) return {};
    if (given->size() > bytes_max) throw base::error{base::errc::bad_request, name};
    return *given;
}

std::optional<base::business_day> day_of(const http::request& asked, const char* name) {
    const auto text = query_of(asked, name, 16);
    if (text.empty()) return std::nullopt;
    const auto day = base::parse_day(text);
    if (!day) throw base::error{base::errc::bad_request, name};
    return day;
}

db::order_search search_of(const http::request& asked) {
    db::order_search out;
    out.before = query_of(asked, "before", order_no_max);
    out.text = query_of(asked, "text", 256);
    if (const auto from = day_of(asked, "from")) out.opened_from = base::start_of(*from);
    if (const auto to = day_of(asked, "to")) out.opened_before = base::end_of(*to);
    const auto state = query_of(asked, "state", 16);
    if (state == "unfinished") {
        out.which = db::order_kind::unfinished;
    } else if (state == "paid") {
        out.which = db::order_kind::paid;
    } else if (state == "closed") {
        out.which = db::order_kind::closed;
    } else if (!state.empty()) {
        throw base::error{base::errc::bad_request, "state"};
    }
    return out;
}

base::task<http::reply> list_orders(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_student(who);
    const auto page = co_await flows::orders_of(with, *who.person_id, search_of(asked));
    json_writer out;
    out.object([&] {
        out.array("orders", [&] {
            for (const auto& one : page.orders) out.object([&] { write_order(out, one, who); });
        });
        if (page.more) out.text("next", page.orders.back().order_no);
    });
    co_return out.reply();
}

}  // namespace

std::string request_id_of(const json_object& form) {
    auto out = form.text("request_id", 64);
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    if (out.size() < 16 || out.find_first_not_of(letters) != std::string::npos) {
        throw base::error{base::errc::bad_request, "request_id"};
    }
    return out;
}

std::vector<std::int64_t> bill_ids_of(const json_object& form) {
    std::vector<std::int64_t> out;
    for (const auto& text : form.texts("bill_ids", 1000, 20)) {
        const auto id = id_of(text);
        if (!id) throw base::error{base::errc::bad_request, "bill_ids"};
        out.push_back(*id);
    }
    const std::set<std::int64_t> different{out.begin(), out.end()};
    if (different.empty() || different.size() != out.size()) {
        throw base::error{base::errc::bad_request, "bill_ids"};
    }
    return out;
}

db::pay_channel channel_of(const json_object& form) {
    const auto channel = form.maybe_text("channel", 16).value_or("jsapi");
    if (channel != "jsapi" && channel != "native") {
        throw base::error{base::errc::bad_request, "channel"};
    }
    return channel == "native" ? db::pay_channel::native : db::pay_channel::jsapi;
}

namespace {

flows::pay_request pay_request_of(const json_object& form) {
    flows::pay_request out;
    out.request_id = request_id_of(form);
    out.channel = channel_of(form);
    const auto total = form.integer("total_fen");
    if (total <= 0) throw base::error{base::errc::bad_request, "total_fen"};
    out.total_seen = base::fen{total};
    out.bill_ids = bill_ids_of(form);
    for (const auto& one : form.maybe_objects("parts", rules::order_lines_max)) {
        const auto id = id_of(one.text("bill_id", 20));
        const auto amount = one.integer("amount_fen");
        const bool chosen = id && std::ranges::find(out.bill_ids, *id) != out.bill_ids.end();
        if (!chosen || amount <= 0 || !out.parts.emplace(*id, base::fen{amount}).second) {
            throw base::error{base::errc::bad_request, "parts"};
        }
    }
    return out;
}

}  // namespace

http::reply held_reply(const flows::held_by_order& refusal) {
    const auto& face = refusal.face();
    json_writer out;
    out.object([&] {
        out.text("code", face.code);
        out.text("message", refusal.message());
        out.text("order_no", refusal.order_no());
    });
    return out.reply(face.http_status);
}

namespace {

base::task<http::reply> open_order(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    require_student(who);
    const json_object form{asked.body};
    const auto wanted = pay_request_of(form);
    http::reply answer;
    try {
        const auto made = co_await flows::open_and_prepare(with, who, wanted);
        answer = payable_reply(made, who);
    } catch (const flows::held_by_order& refusal) {
        answer = held_reply(refusal);
    }
    co_return answer;
}

std::string order_no_of(const http::request& asked) {
    std::string out{asked.parameter("order_no")};
    if (out.size() > order_no_max) throw base::error{base::errc::order_not_found};
    return out;
}

base::task<http::reply> get_order(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_student(who);
    const auto found = co_await flows::own_order(with, who, order_no_of(asked));
    json_writer out;
    out.object([&] { write_order(out, found, who); });
    co_return out.reply();
}

base::task<http::reply> pay_order(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    require_student(who);
    const auto made = co_await flows::continue_order(with, who, order_no_of(asked));
    co_return payable_reply(made, who);
}

base::task<http::reply> confirm_order(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    require_student(who);
    const auto known = co_await flows::confirm_order(with, who, order_no_of(asked));
    co_return confirmation_reply(known, who);
}

base::task<http::reply> cancel_order(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    require_student(who);
    const auto known = co_await flows::cancel_order(with, who, order_no_of(asked));
    co_return confirmation_reply(known, who);
}

}  // namespace

void add_order_routes(http::router& table, flows::parts& with) {
    const auto add = [&](http::verb method, std::string path, story tell) {
        add_story(table, with, method, std::move(path), tell, 16 * 1024);
    };
    add(http::verb::get, "/orders", list_orders);
    add(http::verb::post, "/orders", open_order);
    add(http::verb::get, "/orders/{order_no}", get_order);
    add(http::verb::post, "/orders/{order_no}/pay", pay_order);
    add(http::verb::post, "/orders/{order_no}/confirm", confirm_order);
    add(http::verb::post, "/orders/{order_no}/cancel", cancel_order);
}

}  // namespace routes
