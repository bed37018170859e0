#include "server/flows/throttle.hpp"

#include "db/sessions.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"

namespace flows {

throttle_keys throttle_keys_of(
    const parts& with,
    std::string_view purpose,
    const std::string& account,
    const std::string& address
) {
    const auto door = purpose.empty() ? std::string{} : "-" + std::string{purpose};
    return {
        with.vault.keyed_hash("throttle-account" + door, account),
        with.vault.keyed_hash("throttle-address" + door, address)};
}

base::task<void> count_or_refuse(parts& with, const throttle_keys& keys) {
    tries_allowed most;
    most.by_account = static_cast<int>(with.conf.security.sign_in_tries_per_hour);
    most.by_address = static_cast<int>(with.conf.security.sign_in_tries_per_address);
    co_await count_or_refuse(with, keys, most);
}

base::task<void> count_or_refuse(parts& with, const throttle_keys& keys, tries_allowed most) {
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        db::count_try(db, keys.account, now);
        if (db::tries_in_window(db, keys.account, now) > most.by_account) return false;
        return db::tries_in_window(db, keys.address, now) < most.by_address;
    };
    const bool allowed = co_await with.pool.transact(unit);
    if (!allowed) {
        base::log::warning("sign_in.throttled");
        throw base::error{base::errc::sign_in_throttled};
    }
}

base::task<void> count_by_address(
    parts& with, std::string_view purpose, const std::string& address, int most_in_an_hour
) {
    const auto now = base::now_ms();
    const auto key = with.vault.keyed_hash("throttle-address-" + std::string{purpose}, address);
    const auto unit = [&](db::connection& db) {
        db::count_try(db, key, now);
        return db::tries_in_window(db, key, now) <= most_in_an_hour;
    };
    const bool allowed = co_await with.pool.transact(unit);
    if (!allowed) throw base::error{base::errc::too_many_requests};
}

}  // namespace flows
