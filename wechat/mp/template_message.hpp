#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/task.hpp"
#include "wechat/call.hpp"
#include "wechat/mp/api.hpp"

namespace wechat::mp {

struct template_message {
    std::string openid;
    std::string template_id;
    std::string url;            // may be ""
    std::string client_msg_id;  // the same id to the same person is sent once within 10 minutes
    std::vector<std::pair<std::string, std::string>> values;  // "thing1" → text
};

// Cuts or cleans a value to what its key's type ("thing2" → thing) allows; "" becomes "无".
std::string fitting_value(std::string_view key, std::string_view value);

// The bytes that are sent; values are made to fit.
std::string write_template_message(const template_message& wanted);

// A template that the account has chosen.
struct own_template {
    std::string id;
    std::string title;
    std::vector<std::string> keys;  // "thing1": each must be filled, and no other may be
};

base::task<call_result<std::vector<own_template>>> list_own_templates(api& calls);

// done holds WeChat's msgid as text (64 bits). Accepted is not delivered: an event tells.
base::task<call_result<std::string>> send_template_message(api& calls, template_message wanted);

}  // namespace wechat::mp
