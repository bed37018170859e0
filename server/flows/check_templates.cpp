#include "server/flows/check_templates.hpp"

#include <algorithm>

#include "wechat/mp/errcodes.hpp"
#include "wechat/mp/template_message.hpp"

namespace flows {
namespace {

namespace mp = wechat::mp;

void compare(
    const std::string& name,
    const base::template_conf& wanted,
    const std::vector<mp::own_template>& own,
    std::vector<std::string>& into
) {
    if (wanted.id.empty()) return;
    const auto found = std::find_if(own.begin(), own.end(), [&](const mp::own_template& one) {
        return one.id == wanted.id;
    });
    if (found == own.end()) {
        into.push_back(name + "：公众号没有编号为 " + wanted.id + " 的模板");
        return;
    }
    for (const auto& key : found->keys) {
        if (wanted.fields.count(key) == 0) {
            into.push_back(name + "：模板“" + found->title + "”的字段 " + key + " 没有设置内容");
        }
    }
    for (const auto& [key, word] : wanted.fields) {
        if (std::find(found->keys.begin(), found->keys.end(), key) == found->keys.end()) {
            into.push_back(name + "：模板“" + found->title + "”没有字段 " + key);
        }
    }
}

}  // namespace

base::task<std::vector<std::string>> check_templates(parts& with) {
    std::vector<std::string> out;
    const auto& account = with.conf.account;
    if (account.paid_template.id.empty() && account.refunded_template.id.empty()) co_return out;
    const auto came = co_await mp::list_own_templates(with.account);
    if (came.kind != wechat::call_kind::done) {
        const auto& code = came.why.code;
        out.push_back(code.empty() ? "微信没有答复，请稍后再试" : mp::sentence_for(code));
        co_return out;
    }
    compare("缴费成功", account.paid_template, *came.value, out);
    compare("退款成功", account.refunded_template, *came.value, out);
    co_return out;
}

}  // namespace flows
