#include "server/flows/parts.hpp"

#include "server/base/error.hpp"
#include "server/flows/account_tokens.hpp"
#include "server/flows/aside.hpp"
#include "server/flows/passwords.hpp"

namespace flows {
merchant_desk::merchant_desk(
    const base::merchant_conf& conf, std::string app_id, wechat::http_client& http
)
    : who{conf, std::move(app_id)}, calls{who, http}, orders{calls}, refunds{calls}, bills{calls} {}

parts::parts(
    const base::conf& settings,
    db::pool& database,
    db::pool& for_long_reads,
    wechat::http_client& transport
)
    : conf{settings},
      pool{database},
      long_reads{for_long_reads},
      http{transport},
      vault{settings.security.master_key},
      callback{settings.account},
      tokens{std::make_unique<account_tokens>(settings.account, vault, database, transport)},
      account{transport, settings.account.api_base, *tokens},
      secrets{std::make_unique<passwords>()},
      heavy{std::make_unique<aside>()} {
    for (const auto& merchant : conf.merchants) {
        desks.push_back(std::make_unique<merchant_desk>(merchant, conf.account.app_id, http));
    }
}

parts::~parts() = default;

merchant_desk& parts::desk_of(std::string_view mch_id) const {
    for (const auto& desk : desks) {
        if (desk->who.mch_id() == mch_id) return *desk;
    }
    throw base::error{base::errc::conf_invalid, "no merchant " + std::string{mch_id}};
}

std::vector<const wechat::pay::merchant*> parts::merchants() const {
    std::vector<const wechat::pay::merchant*> out;
    for (const auto& desk : desks) out.push_back(&desk->who);
    return out;
}

std::string parts::page(std::string_view path) const {
    return conf.server.public_url + std::string{path};
}

}  // namespace flows
