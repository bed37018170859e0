#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "server/base/conf.hpp"

// The least with which the daily close can be played: one merchant, whose WeChat nobody plays.
namespace reconcile_fixture {

inline base::secret key_file(const std::string& name) {
    std::ifstream in{std::string{CAMPUS_VECTORS_DIR "/wechat-pay/keys/"} + name};
    return base::secret{std::string{std::istreambuf_iterator<char>{in}, {}}};
}

inline base::conf settings(const std::string& mch_id) {
    base::conf out;
    out.security.master_key = base::secret{std::string(32, 'k')};
    out.account.app_id = "wx0000000000000000";
    out.account.token = base::secret{std::string{"token"}};
    out.account.mode = "plain";
    base::merchant_conf merchant;
    merchant.mch_id = mch_id;
    merchant.merchant_name = "学院";
    merchant.serial_no = "00";
    merchant.private_key = key_file("merchant.private.pem");
    merchant.api_v3_key = base::secret{std::string(32, 'k')};
    merchant.platform_keys["PUB_KEY_ID_1"] = key_file("platform_pubkey.public.pem").reveal();
    merchant.api_base = "http://127.0.0.1:9";  // refuses
    out.merchants.push_back(merchant);
    return out;
}

}  // namespace reconcile_fixture
