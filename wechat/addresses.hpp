#pragma once

#include <string_view>

// Every remote path in one list. Order and refund numbers are percent-encoded into the paths.
namespace wechat::addresses {

inline constexpr std::string_view pay_base = "https://api.mch.weixin.qq.com";
inline constexpr std::string_view pay_backup_base = "https://api2.mch.weixin.qq.com";
inline constexpr std::string_view account_base = "https://api.weixin.qq.com";
inline constexpr std::string_view authorize_base = "https://open.weixin.qq.com";

// WeChat Pay APIv3
inline constexpr std::string_view jsapi_order = "/v3/pay/transactions/jsapi";
inline constexpr std::string_view native_order = "/v3/pay/transactions/native";
inline constexpr std::string_view order_by_number = "/v3/pay/transactions/out-trade-no/";
inline constexpr std::string_view close_suffix = "/close";
inline constexpr std::string_view refunds = "/v3/refund/domestic/refunds";
inline constexpr std::string_view trade_bill = "/v3/bill/tradebill";
inline constexpr std::string_view fund_flow_bill = "/v3/bill/fundflowbill";
inline constexpr std::string_view bill_file = "/v3/billdownload/file";
inline constexpr std::string_view certificates = "/v3/certificates";

// Official account
inline constexpr std::string_view stable_token = "/cgi-bin/stable_token";
inline constexpr std::string_view jsapi_ticket = "/cgi-bin/ticket/getticket";
inline constexpr std::string_view menu_create = "/cgi-bin/menu/create";
inline constexpr std::string_view menu_get = "/cgi-bin/menu/get";
inline constexpr std::string_view menu_delete = "/cgi-bin/menu/delete";
inline constexpr std::string_view current_menu = "/cgi-bin/get_current_selfmenu_info";
inline constexpr std::string_view customer_message = "/cgi-bin/message/custom/send";
inline constexpr std::string_view template_message = "/cgi-bin/message/template/send";
inline constexpr std::string_view own_templates = "/cgi-bin/template/get_all_private_template";

// Web authorization
inline constexpr std::string_view authorize_page = "/connect/oauth2/authorize";
inline constexpr std::string_view oauth_token = "/sns/oauth2/access_token";

}  // namespace wechat::addresses
