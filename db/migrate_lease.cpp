#include "db/migrate_lease.hpp"

#include <chrono>
#include <utility>

#include "server/base/error.hpp"
#include "server/base/log.hpp"

namespace db {
namespace {

using namespace std::chrono_literals;

constexpr auto wait_max = 300s;
constexpr auto poll_each = 200ms;
constexpr auto renew_each = 10s;

// The database's clock decides, since the machines' clocks differ.
constexpr auto take_lease = R"sql(
    UPDATE schema_lease
    SET owner = ?, until_ms = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + 60000,
        version = version + 1
    WHERE id = 1
      AND (owner = '' OR owner = ? OR until_ms < CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))
)sql";

constexpr auto renew_lease = R"sql(
    UPDATE schema_lease
    SET until_ms = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + 60000, version = version + 1
    WHERE id = 1 AND owner = ?
)sql";

constexpr auto give_lease = R"sql(
    UPDATE schema_lease SET owner = '', until_ms = 0, version = version + 1
    WHERE id = 1 AND owner = ?
)sql";

bool renewed(connection& db, const std::string& owner) {
    const bool held = db.change(renew_lease, owner) == 1;
    connection_control::commit(db);
    return held;
}

}  // namespace

migration_lease::migration_lease(
    connection& db, const session_settings& settings, std::string owner
)
    : owner_{std::move(owner)}, db_{db} {
    const auto until = std::chrono::steady_clock::now() + wait_max;
    bool told = false;
    while (!take(db)) {
        if (std::chrono::steady_clock::now() > until) {
            throw base::error{base::errc::database_unavailable, "another migration does not end"};
        }
        if (!std::exchange(told, true)) base::log::info("migrate_waits_for_another");
        std::this_thread::sleep_for(poll_each);
    }
    keeper_ = std::thread{[this, settings] { keep_alive(settings); }};
}

migration_lease::~migration_lease() {
    {
        const std::lock_guard hold{mutex_};
        done_ = true;
    }
    wake_.notify_all();
    keeper_.join();
    try {
        connection_control::rollback(db_);
        db_.change(give_lease, owner_);
        connection_control::commit(db_);
    } catch (const std::exception& error) {
        base::log::warning("migrate_lease_stays", {{"error", error.what()}});
    }
}

bool migration_lease::take(connection& db) {
    try {
        const bool taken = db.change(take_lease, owner_, owner_) == 1;
        connection_control::commit(db);
        return taken;
    } catch (const failure& error) {
        if (error.kind() != failure_kind::conflict) throw;
        connection_control::rollback(db);
        return false;
    }
}

void migration_lease::ensure_held(connection& db) {
    if (lost_ || !renewed(db, owner_)) {
        throw base::error{base::errc::database_unavailable, "another process took the lease"};
    }
}

// One long ALTER TABLE outlasts the lease, so it is renewed from the side.
void migration_lease::keep_alive(session_settings settings) {
    const connector_thread using_connector;
    settings.read_timeout_s = 10;
    std::unique_ptr<connection> link;
    std::unique_lock hold{mutex_};
    while (!wake_.wait_for(hold, renew_each, [this] { return done_; })) {
        hold.unlock();
        try {
            if (!link) {
                link = connection_control::open(settings, std::chrono::steady_clock::now() + 5s);
            }
            if (!renewed(*link, owner_)) lost_ = true;
        } catch (const std::exception&) {
            link.reset();  // tried again; ensure_held decides
        }
        hold.lock();
    }
}

}  // namespace db
