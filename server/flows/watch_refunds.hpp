#pragma once

#include <string>

#include "db/refunds.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"
#include "wechat/pay/trade.hpp"

// Released refunds are sent, and followed until WeChat says how they ended. Leased in the database:
// any number of servers may do it at once.
namespace flows {

// One round over refunds whose time has come. Answers how many were looked at.
base::task<int> watch_refunds_once(parts& with);

// WeChat's words as our facts. mch_id: the merchant whose keys fitted.
db::refund_fact refund_fact_of(const std::string& mch_id, const wechat::pay::refund& told);

enum class refund_word { told, absent, unknown };

// Asks WeChat about a refund and books what it says.
base::task<refund_word> ask_about_refund(parts& with, db::refund about);

}  // namespace flows
