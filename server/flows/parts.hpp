#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/pool.hpp"
#include "server/base/conf.hpp"
#include "server/base/vault.hpp"
#include "server/flows/message_desk.hpp"
#include "wechat/http_client.hpp"
#include "wechat/mp/api.hpp"
#include "wechat/mp/callback.hpp"
#include "wechat/pay/bills.hpp"
#include "wechat/pay/client.hpp"
#include "wechat/pay/merchant.hpp"
#include "wechat/pay/orders.hpp"
#include "wechat/pay/refunds.hpp"

// What the stories are played with. Built once in main, shared by all threads.
namespace flows {

class aside;
class passwords;
class account_tokens;

// One merchant at work.
struct merchant_desk {
    merchant_desk(const base::merchant_conf& conf, std::string app_id, wechat::http_client& http);

    wechat::pay::merchant who;
    wechat::pay::client calls;
    wechat::pay::orders orders;
    wechat::pay::refunds refunds;
    wechat::pay::bills bills;
};

struct parts {
    // long_reads: a pool whose statements may take minutes; may be the same one in a command.
    parts(const base::conf& conf, db::pool& pool, db::pool& long_reads, wechat::http_client& http);
    ~parts();
    parts(const parts&) = delete;
    parts& operator=(const parts&) = delete;

    const base::conf& conf;
    db::pool& pool;
    db::pool& long_reads;
    wechat::http_client& http;
    base::vault vault;
    std::vector<std::unique_ptr<merchant_desk>> desks;
    wechat::mp::callback callback;
    std::unique_ptr<account_tokens> tokens;
    wechat::mp::api account;
    std::unique_ptr<passwords> secrets;
    message_desk messages;
    std::unique_ptr<aside> heavy;       // for what computes for tenths of a second
    std::atomic<bool> stopping{false};  // the server leaves: long work is given up

    // Throws base::error{conf_invalid}: an order names a merchant that the configuration dropped.
    merchant_desk& desk_of(std::string_view mch_id) const;
    std::vector<const wechat::pay::merchant*> merchants() const;
    // Absolute address of one of our pages.
    std::string page(std::string_view path) const;
};

}  // namespace flows
