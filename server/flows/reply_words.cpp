#include "server/flows/reply_words.hpp"

#include <array>
#include <optional>
#include <vector>

#include "db/bills.hpp"
#include "db/orders.hpp"
#include "db/people.hpp"
#include "db/sessions.hpp"
#include "server/base/beijing.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/rules/fee_rules.hpp"
#include "server/rules/masks.hpp"

namespace flows {
namespace {

struct keyword_rule {
    std::string_view part;
    reply_words words;
};

// Narrow before wide: the first that occurs in the message answers.
constexpr std::array keyword_rules{
    keyword_rule{"订单", reply_words::orders},
    keyword_rule{"欠费", reply_words::arrears},
    keyword_rule{"缴费", reply_words::pay},
    keyword_rule{"交费", reply_words::pay},
    keyword_rule{"学费", reply_words::arrears},
    keyword_rule{"住宿费", reply_words::arrears},
    keyword_rule{"帮助", reply_words::help},
};

// Keys of the click buttons of conf/menu.json.
constexpr std::array click_rules{
    keyword_rule{"PAY_HELP", reply_words::help},
    keyword_rule{"PAY_ARREARS", reply_words::arrears},
    keyword_rule{"PAY_ORDERS", reply_words::orders},
};

constexpr std::size_t lines_max = 5;
constexpr int orders_max = 3;

std::string link(const parts& with, std::string_view path, std::string_view text) {
    return "<a href=\"" + with.page(path) + "\">" + std::string{text} + "</a>";
}

std::optional<db::person> bound_student(db::connection& db, std::string_view openid) {
    const auto bound = db::find_binding(db, openid);
    if (!bound) return std::nullopt;
    return db::find_person(db, bound->person_id);
}

std::string arrears_text(const parts& with, db::connection& db, const db::person& who) {
    auto bills = db::unsettled_bills(db, who.id);
    rules::sort_for_display(bills);
    base::fen total;
    for (const auto& bill : bills) total += rules::owed_of(bill);
    const auto name = rules::masked_name(who.name);
    if (bills.empty())
        return name + "同学，您目前没有欠费。\n" + link(with, "/h5/paid", "查看已缴费");
    std::string out = name + "同学，您待缴 " + base::to_grouped_yuan(total) + " 元：\n";
    for (std::size_t i = 0; i < bills.size() && i < lines_max; ++i) {
        out += bills[i].period + " " + bills[i].item_name + " " +
               base::to_grouped_yuan(rules::owed_of(bills[i])) + "\n";
    }
    if (bills.size() > lines_max) out += "共 " + std::to_string(bills.size()) + " 项\n";
    return out + link(with, "/h5/fees", "去缴费");
}

std::string_view chinese_state(const db::order& one) {
    switch (one.state) {
        case rules::order_state::opened:
        case rules::order_state::awaiting:
            return one.closing ? "取消中" : "待支付";
        case rules::order_state::paid:
        case rules::order_state::paid_late:
            return "已支付";
        case rules::order_state::closed:
            return "已取消";
    }
    return "";
}

std::string orders_text(const parts& with, db::connection& db, const db::person& who) {
    const auto orders = db::list_orders(db, who.id, {}, orders_max);
    const auto name = rules::masked_name(who.name);
    if (orders.empty()) return name + "同学，您还没有订单。\n" + link(with, "/h5/fees", "去缴费");
    std::string out = name + "同学，您最近的订单：\n";
    for (const auto& one : orders) {
        out += base::to_minute_text(one.created_at) + " " + base::to_grouped_yuan(one.amount) +
               " 元 " + std::string{chinese_state(one)} + "\n";
    }
    return out + link(with, "/h5/orders", "查看全部订单");
}

std::string welcome_text(const parts& with) {
    return "欢迎关注" + with.conf.account.name +
           "！\n您可以在这里缴纳学费、住宿费等费用，随时查询欠费和订单。\n" +
           link(with, "/h5/", "进入缴费") +
           "\n也可以点击下方菜单“缴费入口”，或回复：缴费、欠费、订单";
}

std::string help_text(const parts& with) {
    std::string out =
        "在校生用学号登录，新生用身份证号登录，初始密码为身份证号后六位；也可以用证件号和姓名登录。"
        "\n"
        "付款后如果页面没有显示结果，请在“订单查询”中查看：系统会直接向微信核实，不会重复扣款。\n" +
        link(with, "/h5/", "进入缴费");
    if (!with.conf.school.help.empty()) out += "\n" + with.conf.school.help;
    return out;
}

}  // namespace

reply_words words_for(const wechat::mp::message& said) {
    if (said.is_event()) {
        if (said.event == "subscribe") return reply_words::followed;
        if (said.event == "unsubscribe") return reply_words::unfollowed;
        if (said.event == "CLICK") {
            for (const auto& rule : click_rules) {
                if (said.event_key == rule.part) return rule.words;
            }
            // A button of an older menu may still be tapped for some minutes.
            return reply_words::help;
        }
        return reply_words::none;
    }
    if (said.type == "text") {
        for (const auto& rule : keyword_rules) {
            if (said.content.find(rule.part) != std::string::npos) return rule.words;
        }
    }
    return reply_words::help;
}

std::string text_for(
    const parts& with, db::connection& db, reply_words words, std::string_view openid
) {
    const auto sign_in_first = "\n登录并绑定微信后，回复“欠费”“订单”可直接看到您的数据。";
    switch (words) {
        case reply_words::followed:
            return welcome_text(with);
        case reply_words::help:
            return help_text(with);
        case reply_words::pay: {
            const auto who = bound_student(db, openid);
            if (who) return arrears_text(with, db, *who);
            return "缴纳学费、住宿费等费用，请点击：\n" + link(with, "/h5/fees", "学费缴费") +
                   sign_in_first;
        }
        case reply_words::arrears: {
            const auto who = bound_student(db, openid);
            if (who) return arrears_text(with, db, *who);
            return "查询欠费，请点击：\n" + link(with, "/h5/fees", "欠费查询") + sign_in_first;
        }
        case reply_words::orders: {
            const auto who = bound_student(db, openid);
            if (who) return orders_text(with, db, *who);
            return "查询订单，请点击：\n" + link(with, "/h5/orders", "订单查询") + sign_in_first;
        }
        case reply_words::none:
        case reply_words::unfollowed:
            break;
    }
    return {};
}

}  // namespace flows
