#include "server/flows/message_facts.hpp"

#include <algorithm>
#include <array>

#include "db/orders.hpp"
#include "db/people.hpp"
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
// does.
void name_readers(db::connection& db, const db::order& about, message_facts& into) {
    if (!about.openid.empty()) into.openids.push_back(about.openid);
    for (auto& bound : db::bound_openids(db, about.person_id, bound_max)) {
        if (bound != about.openid) into.openids.push_back(std::move(bound));
    }
    const auto student = db::find_person(db, about.person_id);
    if (student) into.student = rules::masked_name(student->name);
}

message_facts facts_of_order(db::connection& db, const db::order& about) {
    message_facts out;
    out.order_no = about.order_no;
    out.amount = about.amount;
    for (const auto& line : about.lines) {
        out.lines.push_back({line.period, line.item_name, line.amount});
    }
    name_readers(db, about, out);
    return out;
}

std::optional<message_facts> facts_of_payment(db::connection& db, const db::queued_message& one) {
    const auto paid = db::find_order(db, after_colon(one.business_key));
    if (!paid || !paid->paid_at) return std::nullopt;
    auto out = facts_of_order(db, *paid);
    out.at = *paid->paid_at;
    out.kept_back = paid->amount;
    for (const auto& line : paid->lines) out.kept_back -= line.credited;
    return out;
}

constexpr std::array kinds{
    message_kind{"paid", facts_of_payment},
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
    for (const auto& one : kinds) out.push_back(one.name);
    return out;
}

}  // namespace flows
