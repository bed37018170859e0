#pragma once

#include <memory>
#include <string>

#include "server/base/conf.hpp"
#include "wechat/pay/cipher.hpp"
#include "wechat/pay/key_ring.hpp"
#include "wechat/pay/signer.hpp"

namespace wechat::pay {

// One direct merchant with everything parsed. Built at start; shared by all threads.
class merchant {
public:
    // app_id: the account's; orders and paySign carry it. Without platform keys certificates are
    // fetched. Throws base::error{conf_invalid}, naming the key of the configuration.
    merchant(const base::merchant_conf& conf, std::string app_id);

    const std::string& mch_id() const { return mch_id_; }
    const std::string& name() const { return name_; }
    const std::string& app_id() const { return app_id_; }
    const std::string& api_base() const { return api_base_; }
    const std::string& backup_api_base() const { return backup_api_base_; }
    const signer& hand() const { return signer_; }
    const cipher& box() const { return cipher_; }
    key_ring& keys() const { return *keys_; }

private:
    std::string mch_id_;
    std::string name_;
    std::string app_id_;
    std::string api_base_;
    std::string backup_api_base_;
    signer signer_;
    cipher cipher_;
    std::unique_ptr<key_ring> keys_;
};

}  // namespace wechat::pay
