#include "server/flows/message_words.hpp"

#include "server/base/beijing.hpp"

namespace flows {
namespace {

constexpr std::size_t lines_max = 5;

std::string with_period(const std::string& period, const std::string& what) {
    return period.empty() ? what : period + " " + what;
}

// "2026 学费、住宿费": the period once where it is the same, because a template has 20 characters.
std::string items_of(const message_facts& facts) {
    std::string names;
    bool one_period = true;
    for (const auto& line : facts.lines) {
        names += (names.empty() ? "" : "、") + line.item_name;
        one_period = one_period && line.period == facts.lines.front().period;
    }
    return one_period && !facts.lines.empty() ? with_period(facts.lines.front().period, names)
                                              : names;
}

std::string value_of(const parts& with, std::string_view word, const message_facts& facts) {
    if (word.starts_with('=')) return std::string{word.substr(1)};
    if (word == "items") return items_of(facts);
    if (word == "order_no") return facts.order_no;
    if (word == "student") return facts.student;
    if (word == "school") return with.conf.school.name;
    if (word == "amount") return base::to_yuan(facts.amount) + "元";
    if (word == "time") return base::to_chinese_text(facts.at);
    if (word == "refund_no") return facts.refund_no;
    if (word == "reason") return facts.reason;
    return {};
}

std::string lines_text(const message_facts& facts) {
    std::string out;
    for (std::size_t i = 0; i < facts.lines.size() && i < lines_max; ++i) {
        const auto& line = facts.lines[i];
        out += with_period(line.period, line.item_name) + " " + base::to_grouped_yuan(line.amount) +
               "\n";
    }
    if (facts.lines.size() > lines_max) {
        out += "等 " + std::to_string(facts.lines.size()) + " 项\n";
    }
    return out;
}

std::string facts_text(const parts& with, const message_facts& facts) {
    return "金额：" + base::to_grouped_yuan(facts.amount) + " 元\n时间：" +
           base::to_chinese_text(facts.at) + "\n订单号：" + facts.order_no + "\n<a href=\"" +
           link_of(with, facts) + "\">查看订单</a>";
}

std::string paid_text(const parts& with, const message_facts& facts) {
    const auto whose = facts.student.empty() ? "您" : facts.student + "同学";
    // Money that came after the end: no bill took it, or not all of it.
    if (facts.kept_back > base::fen{}) {
        return "学校已收到" + whose + "的付款，其中 " + base::to_grouped_yuan(facts.kept_back) +
               " 元暂时没有对应的待缴费用（订单取消后才付款，或费用已另行缴清）。财务核对后，"
               "多付的款项将原路退回。\n" +
               facts_text(with, facts);
    }
    return whose + "的缴费已到账：\n" + lines_text(facts) + facts_text(with, facts);
}

std::string refunded_text(const parts& with, const message_facts& facts) {
    const auto whose = facts.student.empty() ? "您" : facts.student + "同学";
    return whose +
           "的退款已原路退回付款时使用的账户（零钱即时到账，银行卡一般需 1 至 3 个工作日）：\n" +
           lines_text(facts) + (facts.reason.empty() ? "" : "原因：" + facts.reason + "\n") +
           facts_text(with, facts);
}

}  // namespace

const base::template_conf* template_for(const parts& with, const message_facts& facts) {
    const auto& account = with.conf.account;
    const base::template_conf* chosen = nullptr;
    switch (facts.kind) {
        case base::template_kind::paid:
            // The school's template says that the fee is paid, which is only half the truth here.
            if (facts.kept_back == base::fen{}) chosen = &account.paid_template;
            break;
        case base::template_kind::refunded:
            chosen = &account.refunded_template;
            break;
    }
    return chosen && !chosen->id.empty() ? chosen : nullptr;
}

std::vector<std::pair<std::string, std::string>> template_values(
    const parts& with, const base::template_conf& chosen, const message_facts& facts
) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [key, word] : chosen.fields) {
        out.emplace_back(key, value_of(with, word, facts));
    }
    return out;
}

std::string text_of(const parts& with, const message_facts& facts) {
    switch (facts.kind) {
        case base::template_kind::paid:
            return paid_text(with, facts);
        case base::template_kind::refunded:
            return refunded_text(with, facts);
    }
    return {};
}

std::string link_of(const parts& with, const message_facts& facts) {
    return with.page("/h5/order?no=" + facts.order_no);
}

}  // namespace flows
