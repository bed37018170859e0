#include "server/flows/account_tokens.hpp"

#include <chrono>

#include "db/wechat_side.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/flows/pause.hpp"
#include "wechat/mp/access_token.hpp"
#include "wechat/mp/jssdk.hpp"

namespace flows {
namespace {

constexpr base::epoch_ms renew_before_ms = 300'000;
constexpr base::epoch_ms lease_ms = 30'000;
constexpr base::epoch_ms recent_ms = 60'000;
constexpr int wait_rounds = 10;  // of 200 ms, for the one who renews

const std::string token_name = "access_token";
const std::string ticket_name = "jsapi_ticket";

}  // namespace

account_tokens::account_tokens(
    const base::account_conf& account,
    const base::vault& vault,
    db::pool& pool,
    wechat::http_client& http
)
    : account_{account}, vault_{vault}, pool_{pool}, http_{http} {}

base::task<account_tokens::stored> account_tokens::read(std::string name) {
    const std::string row = account_.app_id + ":" + name;
    const auto unit = [&row](db::connection& db) { return db::find_token(db, row); };
    const auto found = co_await pool_.read(unit);
    stored out;
    if (found && !found->sealed.empty()) {
        const auto opened = vault_.open_token(row, found->sealed);
        if (opened) {
            out.value = *opened;
            out.sealed = found->sealed;
            out.expires_at = found->expires_at;
        }
    }
    co_return out;
}

base::task<std::string> account_tokens::current() {
    {
        const std::lock_guard lock{guard_};
        if (base::now_ms() < recent_until_) co_return recent_token_.value;
    }
    const std::string nothing_refused;
    const std::string name = token_name;
    auto value = co_await usable(name, nothing_refused, nullptr);
    co_return value;
}

base::task<std::string> account_tokens::renew_after(std::string refused_token) {
    {
        const std::lock_guard lock{guard_};
        recent_until_ = 0;
    }
    const std::string name = token_name;
    auto value = co_await usable(name, refused_token, nullptr);
    co_return value;
}

base::task<std::string> account_tokens::jsapi_ticket(wechat::mp::api& calls) {
    const std::string nothing_refused;
    const std::string name = ticket_name;
    auto value = co_await usable(name, nothing_refused, &calls);
    co_return value;
}

base::task<std::string> account_tokens::usable(
    std::string name, std::string refused, wechat::mp::api* calls
) {
    auto there = co_await read(name);
    const auto now = base::now_ms();
    const bool refused_one = !refused.empty() && there.value == refused;
    if (!there.value.empty() && !refused_one && there.expires_at - now > renew_before_ms) {
        if (name == token_name) {
            const std::lock_guard lock{guard_};
            recent_token_ = there;
            recent_until_ = now + recent_ms;
        }
        co_return there.value;
    }
    auto value = co_await renew(name, there, refused_one, calls);
    co_return value;
}

base::task<std::string> account_tokens::renew(
    std::string name, stored there, bool refused, wechat::mp::api* calls
) {
    const auto still_good = [&] {
        return !refused && !there.value.empty() && there.expires_at > base::now_ms();
    };
    const std::string row = account_.app_id + ":" + name;
    const auto owner = base::random_token();
    const auto claim = [&](db::connection& db) {
        return db::claim_token(db, row, owner, lease_ms);
    };
    const bool mine = co_await pool_.transact(claim);
    if (!mine) {
        if (still_good()) co_return there.value;
        for (int round = 0; round < wait_rounds; ++round) {
            co_await pause(std::chrono::milliseconds{200});
            const auto again = co_await read(name);
            // WeChat may give the same value again.
            const bool renewed = again.sealed != there.sealed;
            if (renewed && !again.value.empty() && again.expires_at > base::now_ms()) {
                co_return again.value;
            }
        }
        throw base::error{base::errc::wechat_unknown, "somebody else renews the " + name};
    }
    const auto release = [&](db::connection& db) { db::release_token(db, row, owner); };
    // Somebody was quicker between my look and my claim.
    const auto newest = co_await read(name);
    if (newest.sealed != there.sealed && newest.expires_at > base::now_ms()) {
        co_await pool_.transact(release);
        co_return newest.value;
    }
    stored made;
    std::exception_ptr failure;
    try {
        made = co_await fetch(name == ticket_name, calls);
    } catch (const base::error&) {
        failure = std::current_exception();
    }
    if (failure) {
        co_await pool_.transact(release);
        if (still_good()) co_return there.value;
        std::rethrow_exception(failure);
    }
    const auto sealed = vault_.seal_token(row, made.value);
    const auto store = [&](db::connection& db) {
        return db::store_token(db, row, owner, {sealed, made.expires_at});
    };
    co_await pool_.transact(store);
    base::log::info("wechat.token_renewed", {{"name", name}});
    co_return made.value;
}

base::task<account_tokens::stored> account_tokens::fetch(bool ticket, wechat::mp::api* calls) {
    stored out;
    const auto asked_at = base::now_ms();
    if (ticket) {
        const auto came = co_await wechat::mp::fetch_jsapi_ticket(*calls);
        if (came.kind == wechat::call_kind::done) {
            out.value = came.value->ticket;
            out.expires_at = asked_at + came.value->expires_in_s * 1000;
            co_return out;
        }
        throw base::error{
            base::errc::wechat_unknown, "jsapi_ticket " + came.why.code + came.reason};
    }
    const auto came = co_await wechat::mp::fetch_access_token(
        http_, account_.api_base, account_.app_id, account_.app_secret
    );
    switch (came.kind) {
        case wechat::call_kind::done:
            out.value = came.value->token.reveal();
            out.expires_at = asked_at + came.value->expires_in_s * 1000;
            co_return out;
        case wechat::call_kind::refused:
            base::log::alarm("wechat.token_refused", {{"code", came.why.code}});
            throw base::error{base::errc::wechat_refused, "stable_token " + came.why.code};
        case wechat::call_kind::unknown:
            break;
    }
    throw base::error{base::errc::wechat_unknown, "stable_token " + came.reason};
}

}  // namespace flows
