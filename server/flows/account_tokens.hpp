#pragma once

#include <mutex>
#include <string>

#include "db/pool.hpp"
#include "server/base/clock.hpp"
#include "server/base/conf.hpp"
#include "server/base/vault.hpp"
#include "wechat/http_client.hpp"
#include "wechat/mp/api.hpp"

namespace flows {

// The access token and the JS-SDK ticket of the account: one value in the database for all
// instances, renewed by whoever holds the lease. The others go on with the old value, which WeChat
// honours for five more minutes.
class account_tokens final : public wechat::mp::token_source {
public:
    account_tokens(
        const base::account_conf& account,
        const base::vault& vault,
        db::pool& pool,
        wechat::http_client& http
    );

    base::task<std::string> current() override;
    base::task<std::string> renew_after(std::string refused_token) override;

    // calls: an api that uses this object as its token source.
    base::task<std::string> jsapi_ticket(wechat::mp::api& calls);

private:
    struct stored {
        std::string value;
        std::string sealed;  // as in the row: another one at each renewal, even of the same value
        base::epoch_ms expires_at = 0;
    };
    class renewer;

    base::task<stored> read(std::string name);
    base::task<std::string> usable(std::string name, std::string refused, wechat::mp::api* calls);
    // refused: WeChat does not honour what is there, although its time has not come.
    base::task<std::string> renew(
        std::string name, stored there, bool refused, wechat::mp::api* calls
    );
    base::task<stored> fetch(bool ticket, wechat::mp::api* calls);

    const base::account_conf& account_;
    const base::vault& vault_;
    db::pool& pool_;
    wechat::http_client& http_;
    std::mutex guard_;
    stored recent_token_;  // for a minute, to spare the database
    base::epoch_ms recent_until_ = 0;
};

}  // namespace flows
