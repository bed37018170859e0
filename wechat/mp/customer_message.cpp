#include "wechat/mp/customer_message.hpp"

#include <utility>

#include "wechat/addresses.hpp"
#include "wechat/json.hpp"

namespace wechat::mp {

base::task<call_result<nothing>> send_customer_text(
    api& calls, std::string openid, std::string content
) {
    json::buffer into;
    json::writer out{into};
    out.StartObject();
    json::put(out, "touser", openid);
    json::put(out, "msgtype", "text");
    out.Key("text");
    out.StartObject();
    json::put(out, "content", content);
    out.EndObject();
    out.EndObject();
    const auto came =
        co_await calls.post(std::string{addresses::customer_message}, json::taken(into));
    if (came.kind != call_kind::done) co_return came.ending_as<nothing>();
    co_return call_result<nothing>::done(nothing{});
}

}  // namespace wechat::mp
