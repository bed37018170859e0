#include "server/flows/message_facts.hpp"

#include <algorithm>
#include <array>

#include "db/family_links.hpp"
#include "db/orders.hpp"
#include "db/people.hpp"
#include "db/refunds.hpp"
#include "db/sessions.hpp"
#include "server/rules/masks.hpp"

namespace flows {
namespace {

constexpr int bound_max = 3;

std::string after_colon(const std::string& business_key) {
    const auto colon = business_key.find(':');
    return colon == std::string::npos ? std::string{} : business_key.substr(colon + 1);
}

// Who paid hears of it; if he does not follow the account, or paid outside WeChat, the student
// does. Of what the family paid through a link the student alone is told: the order is his.
void name_readers(db::connection& db, const db::order& about, message_facts& into) {
    const bool by_family = db::is_family_order(db, about.order_no);
    const auto payer = by_family ? std::string{} : about.openid;
    if (!payer.empty()) into.openids.push_back(payer);
    for (auto& bound : db::bound_openids(db, about.person_id, bound_max)) {
        if (bound != payer) into.openids.push_back(std::move(bound));
    }
    const auto student = db::find_person(db, about.person_id);
    if (student) into.student = rules::masked_name(student->name);
}

std::optional<message_facts> facts_of_payment(db::connection& db, const db::queued_message& one) {
    const auto paid = db::find_order(db, after_colon(one.business_key));
    if (!paid || !paid->paid_at) return std::nullopt;
    message_facts out;
    out.order_no = paid->order_no;
    out.amount = paid->amount;
    out.kept_back = paid->amount;
    out.at = *paid->paid_at;
    for (const auto& line : paid->lines) {
        out.lines.push_back({line.period, line.item_name, line.amount});
        out.kept_back -= line.credited;
    }
    name_readers(db, *paid, out);
    return out;
}

// What a refund took from each line; money that no bill had taken has no name of its own.
message_line line_of_refund(const db::order& about, const db::refund_line& part) {
    const auto index = static_cast<std::size_t>(part.line_no) - 1;
    if (part.line_no < 1 || index >= about.lines.size()) return {"", "多付款项", part.amount};
    return {about.lines[index].period, about.lines[index].item_name, part.amount};
}

std::optional<message_facts> facts_of_refund(db::connection& db, const db::queued_message& one) {
    const auto refund = db::find_refund(db, after_colon(one.business_key));
    if (!refund || !refund->succeeded_at) return std::nullopt;
    const auto paid = db::find_order(db, refund->order_no);
    if (!paid) return std::nullopt;
    message_facts out;
    out.kind = base::template_kind::refunded;
    out.order_no = paid->order_no;
    out.amount = refund->amount;
    out.at = *refund->succeeded_at;
    out.refund_no = refund->out_refund_no;
    out.reason = refund->reason;
    for (const auto& part : refund->lines) out.lines.push_back(line_of_refund(*paid, part));
    name_readers(db, *paid, out);
    return out;
}

constexpr std::array kinds{
    message_kind{"paid", facts_of_payment},
    message_kind{"refunded", facts_of_refund},
};

}  // namespace

const message_kind* find_message_kind(std::string_view name) {
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const message_kind& one) {
        return one.name == name;
    });
    return found == kinds.end() ? nullptr : &*found;
}

std::vector<std::string_view> message_kind_names() {
    std::vector<std::string_view> out;
    out.reserve(kinds.size());
    for (const auto& one : kinds) out.push_back(one.name);
    return out;
}

}  // namespace flows
