#include "wechat/pay/merchant.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "server/base/error.hpp"
#include "wechat/url.hpp"

namespace wechat::pay {
namespace {

// Keys printed in public test vectors: fine against a simulator, a disaster against WeChat.
constexpr std::array<std::string_view, 3> published_serials{
    "5A1C0DE0000000000000000000000000000000A1",
    "4B1A7F0000000000000000000000000000000B02",
    "PUB_KEY_ID_0116999999012026112200000000000001",
};

void refuse_published(std::string_view serial, std::string_view api_base) {
    const auto base = read_url(api_base);
    if (base && is_loopback(base->host)) return;
    for (const auto known : published_serials) {
        if (serial == known) {
            throw base::error{
                base::errc::conf_invalid,
                "wechat.pay: a published test key (serial " + std::string{serial} +
                    ") outside a simulator"};
        }
    }
}

// Names the key of the configuration that a parser complained about.
template <class Make>
auto named(std::string_view key, Make make) {
    try {
        return make();
    } catch (const base::error& fault) {
        throw base::error{
            base::errc::conf_invalid, "wechat.pay." + std::string{key} + ": " + fault.detail()};
    }
}

std::string without_slash(std::string text) {
    while (text.ends_with('/')) text.pop_back();
    return text;
}

std::string checked_base(std::string_view key, const std::string& text) {
    auto base = without_slash(text);
    const auto parts = read_url(base);
    if (!parts || parts->target != "/") {
        throw base::error{
            base::errc::conf_invalid, "wechat.pay." + std::string{key} + ": not scheme://host"};
    }
    return base;
}

}  // namespace

merchant::merchant(const base::merchant_conf& conf, std::string app_id)
    : mch_id_{conf.mch_id},
      name_{conf.merchant_name},
      app_id_{std::move(app_id)},
      api_base_{checked_base("api_base", conf.api_base)},
      signer_{
          conf.mch_id,
          conf.serial_no,
          named("private_key", [&] { return private_key::from_pem(conf.private_key); })},
      cipher_{named(
          "api_v3_key",
          [&] {
              return cipher{conf.api_v3_key, conf.previous_api_v3_key};
          }
      )},
      keys_{std::make_unique<key_ring>()} {
    if (!conf.backup_api_base.empty()) {
        backup_api_base_ = checked_base("backup_api_base", conf.backup_api_base);
    }
    if (mch_id_.empty() || app_id_.empty() || conf.serial_no.empty()) {
        throw base::error{
            base::errc::conf_invalid, "wechat.pay: mch_id, app_id and serial_no are needed"};
    }
    refuse_published(conf.serial_no, api_base_);
    for (const auto& [serial, pem] : conf.platform_keys) {
        refuse_published(serial, api_base_);
        const auto add = [&, &serial = serial, &pem = pem] {
            keys_->add_pem(serial, pem);
            return true;
        };
        named("platform_keys", add);
    }
}

}  // namespace wechat::pay
