#include "server/flows/sign_page.hpp"

#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/flows/account_tokens.hpp"
#include "wechat/mp/jssdk.hpp"

namespace flows {

base::task<page_signature> sign_page(parts& with, std::string page_url) {
    constexpr std::size_t url_max = 1024;
    const auto ours = with.conf.server.public_url + "/";
    if (page_url.size() > url_max || page_url.rfind(ours, 0) != 0) {
        throw base::error{base::errc::bad_request, "page of another site"};
    }
    const auto ticket = co_await with.tokens->jsapi_ticket(with.account);
    page_signature out;
    out.app_id = with.conf.account.app_id;
    out.timestamp_s = base::now_s();
    out.nonce = base::random_token();
    out.signature = wechat::mp::jssdk_signature(ticket, out.nonce, out.timestamp_s, page_url);
    co_return out;
}

}  // namespace flows
