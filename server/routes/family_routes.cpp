#include "server/routes/family_routes.hpp"

#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/flows/family_links.hpp"
#include "server/routes/guard.hpp"
#include "server/routes/json.hpp"
#include "server/routes/order_routes.hpp"

namespace routes {
namespace {

base::task<flows::visitor> student_of(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    require_student(who);
    co_return who;
}

void write_line(
    json_writer& out, const std::string& period, const std::string& item, base::fen amount
) {
    out.object([&] {
        out.text("period", period);
        out.text("item", item);
        out.number("amount_fen", amount.count());
    });
}

base::fen total_of(const db::family_link& link) {
    base::fen out;
    for (const auto& line : link.lines) out += line.amount;
    return out;
}

void write_link(json_writer& out, const db::family_link& link) {
    out.object([&] {
        out.text("link", std::to_string(link.id));
        out.text("state", rules::name_of(link.state()));
        out.text("message", link.message);
        out.number("created_at", link.created_at);
        out.number("ends_at", link.ends_at);
        out.flag("can_withdraw", !link.withdrawn && !link.ended);
        if (link.newest_order) out.text("order_no", link.newest_order->order_no);
        out.number("total_fen", total_of(link).count());
        out.array("lines", [&] {
            for (const auto& line : link.lines) {
                write_line(out, line.period, line.item_name, line.amount);
            }
        });
    });
}

base::task<http::reply> links_reply(flows::parts& with, flows::visitor who) {
    const auto links = co_await flows::family_links_of(with, std::move(who));
    json_writer out;
    out.object([&] {
        out.array("links", [&] {
            for (const auto& link : links) write_link(out, link);
        });
    });
    co_return out.reply();
}

base::task<http::reply> list(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_student(who);
    auto answer = co_await links_reply(with, std::move(who));
    co_return answer;
}

flows::family_form form_of(const json_object& given) {
    flows::family_form out;
    out.bill_ids = bill_ids_of(given);
    const auto total = given.integer("total_fen");
    if (total <= 0) throw base::error{base::errc::bad_request, "total_fen"};
    out.total_seen = base::fen{total};
    out.hours = given.integer("hours");
    out.message = given.maybe_text("message", 400).value_or("");
    return out;
}

base::task<http::reply> make(flows::parts& with, const http::request& asked) {
    auto who = co_await student_of(with, asked);
    const json_object given{asked.body};
    auto form = form_of(given);
    http::reply answer;
    try {
        const auto made = co_await flows::make_family_link(with, std::move(who), std::move(form));
        json_writer out;
        out.object([&] {
            out.text("link", std::to_string(made.id));
            out.text("path", made.path);
            out.text("url", with.page(made.path));
        });
        answer = out.reply();
    } catch (const flows::held_by_order& refusal) {
        answer = held_reply(refusal);
    }
    co_return answer;
}

base::task<http::reply> withdraw(flows::parts& with, const http::request& asked) {
    auto who = co_await student_of(with, asked);
    const auto id = id_of(asked.parameter("link"));
    if (!id) throw base::error{base::errc::family_link_not_found};
    co_await flows::withdraw_family_link(with, who, *id);
    auto answer = co_await links_reply(with, std::move(who));
    co_return answer;
}

// ---- whoever holds the link

void write_amounts(json_writer& out, const flows::family_view& view) {
    base::fen total;
    const auto now = base::now_ms();
    const auto& order = view.link.newest_order;
    // An order's lines for its payer; else what is owed now.
    const bool ordered =
        order && (view.by_me || view.mine) && order->state != rules::order_state::closed;
    out.array("lines", [&] {
        if (ordered) {
            for (const auto& line : order->lines) {
                write_line(out, line.period, line.item_name, line.amount);
                total += line.amount;
            }
        } else if (view.mine && view.link.bills_now.empty()) {
            for (const auto& line : view.link.lines) {
                write_line(out, line.period, line.item_name, line.amount);
                total += line.amount;
            }
        } else {
            for (const auto& bill : view.link.bills_now) {
                const auto amount = rules::payable_of(bill, now);
                write_line(out, bill.period, bill.item_name, amount);
                total += amount;
            }
        }
    });
    out.number("total_fen", total.count());
}

void write_view(json_writer& out, const flows::family_view& view, const std::string& school) {
    out.text("state", rules::name_of(view.state));
    out.text("school", school);
    out.flag("mine", view.mine);
    out.flag("by_me", view.by_me);
    out.flag("can_pay", view.can_pay);
    out.flag("can_cancel", view.can_cancel);
    out.number("ends_at", view.link.ends_at);
    const auto& order = view.link.newest_order;
    if (view.by_me && order->closing) out.flag("closing", true);
    if (view.by_me && order->paid_at) out.number("paid_at", *order->paid_at);
    if (!view.tells()) return;
    out.text("name", view.masked_name);
    out.text("message", view.link.message);
    out.text("merchant_name", view.merchant_name);
    write_amounts(out, view);
}

std::string token_of(const json_object& form) {
    return form.text("token", 64);
}

base::task<flows::visitor> caller_of(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    co_return who;
}

base::task<http::reply> open(flows::parts& with, const http::request& asked) {
    auto who = co_await caller_of(with, asked);
    const json_object form{asked.body};
    auto token = token_of(form);
    const auto view =
        co_await flows::open_family_link(with, std::move(who), std::move(token), asked.peer);
    json_writer out;
    out.object([&] { write_view(out, view, with.conf.school.name); });
    co_return out.reply();
}

base::task<http::reply> pay(flows::parts& with, const http::request& asked) {
    auto who = co_await caller_of(with, asked);
    const json_object form{asked.body};
    auto token = token_of(form);
    const base::fen total{form.integer("total_fen")};
    const auto paying =
        co_await flows::pay_family_link(with, std::move(who), std::move(token), total, asked.peer);
    json_writer out;
    out.object([&] {
        out.object("family", [&] { write_view(out, paying.view, with.conf.school.name); });
        out.text("wechat", name_of(paying.made.wechat));
        if (paying.made.sheet) write_sheet(out, *paying.made.sheet);
    });
    co_return out.reply();
}

http::reply confirmation_reply(const flows::parts& with, const flows::family_confirmation& known) {
    json_writer out;
    out.object([&] {
        out.object("family", [&] { write_view(out, known.view, with.conf.school.name); });
        out.text("wechat", name_of(known.wechat));
    });
    return out.reply();
}

base::task<http::reply> confirm(flows::parts& with, const http::request& asked) {
    auto who = co_await caller_of(with, asked);
    const json_object form{asked.body};
    auto token = token_of(form);
    const auto known =
        co_await flows::confirm_family_link(with, std::move(who), std::move(token), asked.peer);
    co_return confirmation_reply(with, known);
}

base::task<http::reply> cancel(flows::parts& with, const http::request& asked) {
    auto who = co_await caller_of(with, asked);
    const json_object form{asked.body};
    auto token = token_of(form);
    const auto known =
        co_await flows::cancel_family_link(with, std::move(who), std::move(token), asked.peer);
    co_return confirmation_reply(with, known);
}

}  // namespace

void add_family_routes(http::router& table, flows::parts& with) {
    const auto add = [&](http::verb method, std::string path, story tell) {
        add_story(table, with, method, std::move(path), tell, 16 * 1024);
    };
    add(http::verb::get, "/family-links", list);
    add(http::verb::post, "/family-links", make);
    add(http::verb::post, "/family-links/{link}/withdraw", withdraw);
    add(http::verb::post, "/family/open", open);
    add(http::verb::post, "/family/pay", pay);
    add(http::verb::post, "/family/confirm", confirm);
    add(http::verb::post, "/family/cancel", cancel);
}

}  // namespace routes
