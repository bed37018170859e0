#include "server/rules/desk_words.hpp"

#include <array>
#include <span>

namespace rules {
namespace {

struct word {
    std::string_view name;
    std::string_view text;
};

constexpr std::array order_attentions{
    word{"amount_differs", "收款金额与订单不一致，请核实"},
    word{"paid_twice", "同一订单收到两笔付款，请核实"},
    word{"late_money", "订单关闭后到账，未能全部计入费用"},
};

constexpr std::array refund_attentions{
    word{"NOT_ENOUGH", "商户账户余额不足，充值后自动继续"},
    word{"USER_ACCOUNT_ABNORMAL", "付款人账户异常，请联系本人以其他方式退回"},
    word{"ABNORMAL", "退款异常，请到微信商户平台处理"},
    word{"amount_differs", "微信所说的金额与申请不一致，请核实"},
    word{"contradiction", "微信前后说法矛盾，请核实"},
    word{"too_old", "支付已超过一年，微信不再受理"},
};

constexpr std::array notice_outcomes{
    word{"applied", "已入账"},
    word{"repeated", "重复通知，未再入账"},
    word{"late", "订单关闭后到账"},
    word{"amount_differs", "金额不一致，未入账，已向微信核实"},
    word{"paid_twice", "另一笔付款，待核实"},
    word{"unknown_order", "没有这个订单"},
    word{"unknown_refund", "没有这笔退款"},
    word{"impossible", "与已知状态矛盾"},
    word{"kept", "已保存"},
};

constexpr std::array query_answers{
    word{"paid", "已支付"},
    word{"open", "未支付"},
    word{"closed", "已关闭"},
    word{"absent", "微信没有这个订单"},
    word{"unknown", "没有明确答复"},
    word{"rate_limited", "微信限流，未答复"},
};

constexpr std::array close_answers{
    word{"closed", "微信已受理关闭"},
    word{"already_paid", "微信说已支付，不能关闭"},
    word{"unknown", "没有明确答复"},
    word{"rate_limited", "微信限流，未答复"},
};

constexpr std::array actions{
    word{"order.ask_wechat", "向微信查询"},
    word{"cancel_order", "取消订单"},
    word{"refund.ask", "申请退款"},
    word{"refund.release", "复核通过"},
    word{"refund.reject", "驳回"},
    word{"refund.send_again", "重新发送"},
    word{"refund.give_up", "放弃"},
    word{"refund.platform", "登记商户平台退款"},
};

constexpr std::array journals{
    word{"payment", "收款"},
    word{"payment_odd", "收款（待核实）"},
    word{"payment_stray", "收款（无订单）"},
    word{"settle_late", "迟到款项入账"},
    word{"refund_sent", "退款发出"},
    word{"refund", "退款成功"},
    word{"refund_closed", "退款关闭"},
};

std::string text_of(std::span<const word> words, std::string_view name) {
    for (const auto& one : words) {
        if (one.name == name) return std::string{one.text};
    }
    return std::string{name};
}

std::string behind(std::string_view text, std::string_view beginning) {
    return std::string{text.substr(beginning.size())};
}

}  // namespace

std::string order_attention_text(std::string_view word) {
    return text_of(order_attentions, word);
}

std::string refund_attention_text(std::string_view word) {
    return text_of(refund_attentions, word);
}

std::string notice_outcome_text(std::string_view word) {
    return text_of(notice_outcomes, word);
}

std::string question_answer_text(std::string_view kind, std::string_view answer) {
    if (kind == "close") return text_of(close_answers, answer);
    return text_of(query_answers, answer);
}

std::string action_text(std::string_view action) {
    return text_of(actions, action);
}

std::string journal_kind_text(std::string_view kind) {
    return text_of(journals, kind);
}

std::string account_text(std::string_view account, std::string_view item_name) {
    if (account == "suspense") return "待定款项";
    if (account == "refunding") return "退款途中";
    if (account.starts_with("provider:")) return "微信商户 " + behind(account, "provider:");
    if (account.starts_with("fees:")) return "微信手续费 " + behind(account, "fees:");
    if (account.starts_with("bank:")) return "银行 " + behind(account, "bank:");
    if (account.starts_with("fee:") && !item_name.empty()) return std::string{item_name};
    return std::string{account};
}

std::string actor_text(std::string_view actor) {
    if (actor.starts_with("rule:")) return "系统规则";
    if (actor.starts_with("student:")) return "学生本人";
    if (actor.starts_with("operator:")) return "操作员 " + behind(actor, "operator:");
    if (actor.starts_with("finance:")) return behind(actor, "finance:") + "（命令行）";
    if (actor.starts_with("command:")) return behind(actor, "command:") + "（命令行）";
    if (actor == "wechat") return "微信";
    return std::string{actor};
}

}  // namespace rules
