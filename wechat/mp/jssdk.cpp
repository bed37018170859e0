#include "wechat/mp/jssdk.hpp"

#include <utility>

#include "server/base/encoding.hpp"
#include "wechat/addresses.hpp"
#include "wechat/json.hpp"

namespace wechat::mp {

base::task<call_result<jsapi_ticket>> fetch_jsapi_ticket(api& calls) {
    using result = call_result<jsapi_ticket>;
    const auto came = co_await calls.get(std::string{addresses::jsapi_ticket}, "type=jsapi");
    if (came.kind != call_kind::done) co_return came.ending_as<jsapi_ticket>();
    json::document root;
    json::parse(root, *came.value);
    jsapi_ticket made;
    made.ticket = json::text_in(root, "ticket");
    made.expires_in_s = json::integer_in(root, "expires_in").value_or(0);
    if (made.ticket.empty() || made.expires_in_s <= 0) {
        co_return result::unknown("answer without ticket");
    }
    co_return result::done(std::move(made));
}

std::string jssdk_signature(
    std::string_view ticket,
    std::string_view nonce,
    std::int64_t timestamp_s,
    std::string_view page_url
) {
    std::string text = "jsapi_ticket=";
    text.append(ticket).append("&noncestr=").append(nonce);
    text.append("&timestamp=").append(std::to_string(timestamp_s));
    text.append("&url=").append(page_url.substr(0, page_url.find('#')));
    return base::to_hex(base::sha1(text));
}

}  // namespace wechat::mp
