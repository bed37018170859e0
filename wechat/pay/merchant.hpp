#pragma once

#include <string>
#include <vector>

#include "server/base/secret.hpp"
#include "wechat/addresses.hpp"
#include "wechat/pay/cipher.hpp"
#include "wechat/pay/key_ring.hpp"
#include "wechat/pay/signer.hpp"

namespace wechat::pay {

struct platform_key_conf {
    std::string serial;  // PUB_KEY_ID_… or the certificate's 40 hex digits
    std::string pem;     // the text, not a path
};

struct merchant_conf {
    std::string mch_id;
    std::string merchant_name;  // shown before paying
    std::string app_id;
    std::string serial_no;  // of the merchant's own certificate
    base::secret private_key_pem;
    base::secret api_v3_key;
    base::secret previous_api_v3_key;              // may be empty
    std::vector<platform_key_conf> platform_keys;  // empty: certificates are fetched
    std::string api_base{addresses::pay_base};
    std::string backup_api_base;  // may be empty; used only when certainly nothing was sent
};

// One direct merchant with everything parsed. Built at start; shared by all threads.
class merchant {
public:
    // Throws base::error{conf_invalid}, naming the key of the configuration.
    explicit merchant(const merchant_conf& conf);

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
