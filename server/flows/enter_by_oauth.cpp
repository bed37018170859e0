#include "server/flows/enter_by_oauth.hpp"

#include <chrono>

#include "db/wechat_side.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/log.hpp"
#include "server/flows/pause.hpp"
#include "wechat/mp/oauth.hpp"

namespace flows {
namespace {

constexpr base::epoch_ms state_life_ms = 600'000;
constexpr int wait_rounds = 10;  // of 200 ms, for the other return with the same state

using maybe_state = std::optional<db::oauth_state>;

base::task<maybe_state> find_state(parts& with, std::string state_hash) {
    const auto unit = [&](db::connection& db) { return db::find_oauth_state(db, state_hash); };
    auto found = co_await with.pool.read(unit);
    co_return found;
}

std::string seal_session(
    const parts& with, const std::string& state_hash, const std::string& token
) {
    return with.vault.seal_token("oauth:" + base::to_hex(state_hash), token);
}

// The first return has made a session, or will in a moment: this one gets the same.
base::task<oauth_end> follow_first(parts& with, std::string state_hash, oauth_end out) {
    for (int round = 0; round < wait_rounds; ++round) {
        const auto seen = co_await find_state(with, state_hash);
        if (!seen || seen->step == db::oauth_step::failed) break;
        if (seen->step == db::oauth_step::done) {
            const auto token = with.vault.open_token(
                "oauth:" + base::to_hex(state_hash), seen->session_token_sealed
            );
            if (token) {
                out.kind = oauth_end_kind::entered;
                out.session_token = *token;
            }
            co_return out;
        }
        co_await pause(std::chrono::milliseconds{200});
    }
    out.kind = oauth_end_kind::restart;
    co_return out;
}

base::task<void> finish(
    parts& with, std::string state_hash, db::oauth_step step, std::string sealed
) {
    const auto unit = [&](db::connection& db) {
        db::finish_oauth_state(db, state_hash, step, sealed);
    };
    co_await with.pool.transact(unit);
}

base::task<oauth_end> enter(
    parts& with, const oauth_return& came, std::string state_hash, std::string openid, oauth_end out
) {
    out.kind = oauth_end_kind::entered;
    out.session_token = new_session_token();
    const auto begun = new_session(with, std::move(openid));
    const auto new_hash = session_hash(out.session_token);
    const auto old_hash = session_hash(came.who.token);
    const auto sealed = seal_session(with, state_hash, out.session_token);
    const auto unit = [&](db::connection& db) {
        if (came.who.stored) db::delete_session(db, old_hash);
        db::insert_session(db, new_hash, begun);
        db::finish_oauth_state(db, state_hash, db::oauth_step::done, sealed);
    };
    co_await with.pool.transact(unit);
    co_return out;
}

}  // namespace

base::task<oauth_start> begin_oauth(parts& with, std::string next_path) {
    const auto state = base::random_token();
    oauth_start out;
    out.browser_token = base::random_token();
    const auto state_hash = base::sha256(state);
    db::oauth_state made;
    made.browser_hash = base::sha256(out.browser_token);
    made.next_path = std::move(next_path);
    made.created_at = base::now_ms();
    const auto unit = [&](db::connection& db) { db::insert_oauth_state(db, state_hash, made); };
    co_await with.pool.transact(unit);
    wechat::mp::authorize_request wanted;
    wanted.app_id = with.conf.account.app_id;
    wanted.redirect_uri = with.page("/wechat/oauth");
    wanted.state = state;
    out.location = wechat::mp::authorize_url(with.conf.account.authorize_base, wanted);
    co_return out;
}

base::task<oauth_end> end_oauth(parts& with, oauth_return came) {
    oauth_end out;
    const auto state_hash = base::sha256(came.state);
    const auto kept = co_await find_state(with, state_hash);
    const bool ours =
        kept && base::now_ms() - kept->created_at < state_life_ms &&
        base::equal_in_constant_time(kept->browser_hash, base::sha256(came.browser_token));
    if (!ours) {
        // Back onto an old return address: whoever is known already goes on.
        if (!came.who.openid.empty()) {
            out.kind = oauth_end_kind::entered;
            out.session_token = came.who.token;
        }
        co_return out;
    }
    out.next_path = kept->next_path;
    const auto claim = [&](db::connection& db) { return db::claim_oauth_state(db, state_hash); };
    const bool first = co_await with.pool.transact(claim);
    if (!first) {
        auto followed = co_await follow_first(with, state_hash, out);
        co_return followed;
    }
    if (came.code.empty()) {
        const std::string nothing;
        co_await finish(with, state_hash, db::oauth_step::failed, nothing);
        out.kind = oauth_end_kind::restart;
        co_return out;
    }
    const auto said = co_await wechat::mp::exchange_code(
        with.http,
        with.conf.account.api_base,
        with.conf.account.app_id,
        with.conf.account.app_secret,
        came.code
    );
    if (said.kind == wechat::mp::oauth_kind::identified) {
        auto entered = co_await enter(with, came, state_hash, said.openid, out);
        co_return entered;
    }
    const std::string nothing;
    co_await finish(with, state_hash, db::oauth_step::failed, nothing);
    switch (said.kind) {
        case wechat::mp::oauth_kind::snapshot:
            out.kind = oauth_end_kind::snapshot;
            break;
        case wechat::mp::oauth_kind::code_spent:
        case wechat::mp::oauth_kind::unknown:
            out.kind = oauth_end_kind::restart;
            break;
        case wechat::mp::oauth_kind::refused:
            base::log::alarm("oauth.refused", {{"code", said.why.code}});
            break;
        case wechat::mp::oauth_kind::identified:
            break;
    }
    co_return out;
}

}  // namespace flows
