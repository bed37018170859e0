#include <exception>
#include <functional>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "db/pool.hpp"
#include "server/base/beijing.hpp"
#include "server/flows/bring_bills.hpp"
#include "server/flows/reconcile_day.hpp"
#include "server/flows/reconcile_nightly.hpp"
#include "tests/flows/reconcile_fixture.hpp"
#include "tests/support/captured_stderr.hpp"
#include "tests/support/private_database.hpp"
#include "tests/wechat/bill_bytes.hpp"
#include "wechat/http_client.hpp"

namespace {

const std::string mch_id = "1900000001";
constexpr base::business_day day{2026, 11, 22};

db::pool_options options_for(const db::url& where) {
    db::pool_options out;
    out.where = where;
    out.size = 2;
    return out;
}

struct office {
    // First, so that it outlives the workers: they let go of it after the answer was handed over.
    boost::asio::io_context context{1};
    support::private_database database;
    db::pool pool{options_for(database.url())};
    wechat::beast_client http;
    base::conf conf = reconcile_fixture::settings(mch_id);
    flows::parts with{conf, pool, pool, http};

    void play(const std::function<base::task<void>(flows::parts&)>& story) {
        context.restart();
        std::exception_ptr failure;
        boost::asio::co_spawn(context.get_executor(), story(with), [&](std::exception_ptr thrown) {
            failure = thrown;
            context.stop();
        });
        auto guard = boost::asio::make_work_guard(context);
        support::captured_stderr([&] { context.run(); });
        if (failure) std::rethrow_exception(failure);
    }

    int morning(base::epoch_ms now) {
        const base::clock_override at{now};
        int done = 0;
        play([&](flows::parts& parts) -> base::task<void> {
            done = co_await flows::reconcile_nightly(parts);
        });
        return done;
    }

    std::string duties() const {
        return database.value(
            "SELECT COALESCE(GROUP_CONCAT(CONCAT(duty_key, ' ', done) ORDER BY duty_key), '') "
            "FROM duties WHERE name = 'reconcile'"
        );
    }

    flows::brought keep(const std::string& text, const std::string& hash) {
        flows::brought out;
        play([&](flows::parts& parts) -> base::task<void> {
            const auto mine = co_await flows::hold_day(parts, day);
            db::bill_key key{flows::scopes_of(parts, day).front(), db::bill_kind::trade};
            auto raw = bill_bytes::gzip(text);
            out = co_await flows::keep_bill(parts, mine, std::move(key), std::move(raw), hash);
            co_await flows::leave_day(parts, mine);
        });
        return out;
    }
};

std::string trade_bill(int payments, const std::string& mch = mch_id) {
    std::string out =
        "\xef\xbb\xbf交易时间,商户号,微信订单号,商户订单号,交易状态,应结订单金额,手续费,"
        "订单金额\r\n";
    for (int i = 1; i <= payments; ++i) {
        out += "`2026-11-22 12:00:00,`" + mch + ",`4200" + std::to_string(i) + ",`CP" +
               std::to_string(i) + ",`SUCCESS,`1.00,`0.01000,`1.00\r\n";
    }
    const auto count = std::to_string(payments);
    const auto fees = std::to_string(payments / 100) + "." + (payments % 100 < 10 ? "0" : "") +
                      std::to_string(payments % 100);
    return out + "总交易单数,应结订单总金额,手续费总金额,订单总金额\r\n`" + count + ",`" + count +
           ".00,`" + fees + ",`" + count + ".00\r\n";
}

}  // namespace

TEST_CASE("the morning's duty begins at ten in Beijing, for yesterday") {
    office here;
    const auto start = base::start_of(day);
    constexpr base::epoch_ms hour = 3'600'000;
    CHECK(here.morning(start + 10 * hour - 1) == 0);
    CHECK(here.duties() == "");
    // WeChat cannot be reached: again later, and not before.
    CHECK(here.morning(start + 10 * hour) == 0);
    CHECK(here.duties() == "2026-11-21 0");
    CHECK(
        here.database.value("SELECT lease_until_ms > UNIX_TIMESTAMP() * 1000 + 500000 FROM duties "
                            "WHERE name = 'reconcile'") == "1"
    );
    CHECK(
        here.database.value("SELECT CONCAT(day, ' ', state, ' ', trouble) FROM "
                            "reconciliation_days") == "2026-11-21 open 交易账单没有取到，稍后再取"
    );
    // The day that failed is made up for beside the next one, and the one after.
    CHECK(here.morning(start + 34 * hour) == 0);
    CHECK(here.duties() == "2026-11-21 0,2026-11-22 0");
    CHECK(here.morning(start + 20 * 24 * hour + 10 * hour) == 0);
    CHECK(here.database.value("SELECT COUNT(*) FROM duties WHERE name = 'reconcile'") == "9");
}

TEST_CASE("with nothing to compare the duty is done once") {
    office here;
    here.with.desks.clear();
    const auto ten = base::start_of(day) + 10 * 3'600'000;
    CHECK(here.morning(ten) == 1);
    CHECK(here.morning(ten + 60'000) == 0);
    CHECK(here.duties() == "2026-11-21 1");
}

TEST_CASE("a bill is kept in pieces, whole or not at all, and written again only when it changed") {
    office here;
    const auto text = trade_bill(1203);
    const auto hash = bill_bytes::sha1_hex(text);
    CHECK(here.keep(text, hash).kind == flows::bring_kind::kept);
    const auto state = [&] {
        return here.database.value(
            "SELECT CONCAT(f.whole, ' ', f.row_count, ' ', f.version, ' ', (SELECT COUNT(*) FROM "
            "bill_rows), ' ', (SELECT SUM(amount_fen) FROM bill_rows), ' ', (SELECT COUNT(*) FROM "
            "bill_file_parts)) FROM bill_files f"
        );
    };
    CHECK(state() == "1 1203 2 1203 120300 1");
    CHECK(here.keep(text, hash).kind == flows::bring_kind::kept);
    CHECK(state() == "1 1203 2 1203 120300 1");

    // Another file that is not believed leaves the first one as it was.
    const auto other = trade_bill(7);
    CHECK(here.keep(other, hash).kind == flows::bring_kind::trouble);
    const auto foreign = trade_bill(7, "1900000002");
    const auto refused = here.keep(foreign, bill_bytes::sha1_hex(foreign));
    CHECK(refused.why == "交易账单不可信，整份不采用：line 2: other_merchant");
    CHECK(state() == "1 1203 2 1203 120300 1");

    // One that was left half-way is done again from its beginning.
    here.database.execute(
        "UPDATE bill_files SET whole = 0; DELETE FROM bill_rows WHERE line_no < 600"
    );
    CHECK(here.keep(text, hash).kind == flows::bring_kind::kept);
    CHECK(state() == "1 1203 4 1203 120300 1");
    CHECK(here.keep(other, bill_bytes::sha1_hex(other)).kind == flows::bring_kind::kept);
    CHECK(state() == "1 7 6 7 700 1");
}
