#pragma once

#include <string>
#include <string_view>

#include "db/connection.hpp"
#include "server/flows/parts.hpp"
#include "wechat/mp/message.hpp"

// Which rule answers a message, and with what. The built-in rules; a school's own come before them.
namespace flows {

enum class reply_words { none, followed, unfollowed, pay, arrears, orders, help };

reply_words words_for(const wechat::mp::message& said);

// Real figures where the WeChat account is bound to a student, else the way there. Part of a unit.
std::string text_for(
    const parts& with, db::connection& db, reply_words words, std::string_view openid
);

}  // namespace flows
