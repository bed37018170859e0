#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/flows/parts.hpp"
#include "server/flows/pay_bills.hpp"
#include "server/http/message.hpp"
#include "server/http/router.hpp"
#include "server/routes/json.hpp"

namespace routes {

// /api/v1/bills, /payments, /orders
void add_order_routes(http::router& table, flows::parts& with);

// For other addresses that open an order.
std::string request_id_of(const json_object& form);   // throws bad_request
db::pay_channel channel_of(const json_object& form);  // likewise; jsapi where it is left out
std::vector<std::int64_t> bill_ids_of(const json_object& form);  // likewise; each once
std::string_view name_of(flows::readiness readiness);
std::string_view name_of(flows::wechat_word word);
// As the member "jsapi".
void write_sheet(json_writer& out, const wechat::pay::pay_parameters& sheet);
http::reply payable_reply(const flows::payable& made, const flows::visitor& who);
http::reply held_reply(const flows::held_by_order& refusal);

}  // namespace routes
