// bench_reconcile [payments [words for mariadbd …]]: WeChat's bills of a day with so many payments
// (and twice as many movements of the account) are proven, kept and compared; then once more, when
// nothing is new. Rows a second and the most memory that this process ever had.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "server/base/beijing.hpp"
#include "server/flows/bring_bills.hpp"
#include "server/flows/reconcile_day.hpp"
#include "tests/bench/reconcile/big_day.hpp"
#include "tests/flows/reconcile_fixture.hpp"
#include "wechat/http_client.hpp"

namespace {

using steady = std::chrono::steady_clock;
constexpr base::business_day day{2026, 11, 22};

long status_kib(const std::string& name) {
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;) {
        long number = 0;
        if (word == name + ":" && status >> number) return number;
    }
    return 0;
}

class stop_watch {
public:
    void lap(const char* what, int rows) {
        const std::chrono::duration<double> took = steady::now() - start_;
        std::printf(
            "%-42s %7.2f s  %9.0f rows/s  peak %6.1f MiB\n",
            what,
            took.count(),
            rows / took.count(),
            static_cast<double>(status_kib("VmHWM")) / 1024
        );
        start_ = steady::now();
    }

private:
    steady::time_point start_ = steady::now();
};

base::task<void> close_big_day(flows::parts& with, big_day::bills bills, int payments) {
    stop_watch watch;
    const auto mine = co_await flows::hold_day(with, day);
    const auto of = flows::scopes_of(with, day).front();
    for (int round = 1; round <= 2; ++round) {
        db::bill_key trade{of, db::bill_kind::trade};
        auto trade_bytes = bills.trade;
        auto kept = co_await flows::keep_bill(
            with, mine, std::move(trade), std::move(trade_bytes), bills.trade_sha1
        );
        watch.lap(round == 1 ? "trade bill proven, read, kept" : "... the same again", payments);
        db::bill_key flow{of, db::bill_kind::flow};
        auto flow_bytes = bills.flow;
        auto also = co_await flows::keep_bill(
            with, mine, std::move(flow), std::move(flow_bytes), bills.flow_sha1
        );
        watch.lap(round == 1 ? "fund flow proven, read, kept" : "... the same again", 2 * payments);
        if (!kept.why.empty() || !also.why.empty()) {
            std::printf("refused: %s%s\n", kept.why.c_str(), also.why.c_str());
            std::exit(1);
        }
        const auto report =
            co_await flows::reconcile_held_day(with, mine, day, flows::bills_from::file);
        watch.lap(round == 1 ? "compared, fees booked, compared" : "compared again", 3 * payments);
        const auto& now = report.merchants.front().now;
        std::printf(
            "%s, %zu differences\n",
            std::string{db::name_of(now.state)}.c_str(),
            report.differences.size()
        );
        if (now.state != db::day_state::balanced) std::exit(1);
    }
    co_await flows::leave_day(with, mine);
}

}  // namespace

int main(int count, char** words) {
    const int payments = count > 1 ? std::atoi(words[1]) : 100'000;
    auto bills = big_day::make_bills(payments);
    std::printf(
        "%d payments: trade bill %.1f MiB, fund flow %.1f MiB packed\n",
        payments,
        static_cast<double>(bills.trade.size()) / 1048576,
        static_cast<double>(bills.flow.size()) / 1048576
    );
    support::private_server::choices how;
    how.durable = true;
    for (int i = 2; i < count; ++i) how.options.emplace_back(words[i]);
    const support::private_server server{how};
    const support::private_database database{server, CAMPUS_SCHEMA_DIR};
    big_day::fill_books(database, payments);
    std::printf("before: %.1f MiB\n", static_cast<double>(status_kib("VmRSS")) / 1024);

    boost::asio::io_context context{1};
    db::pool_options options;
    options.where = database.url();
    options.size = 1;
    options.read_timeout_s = 600;
    db::pool pool{options};
    wechat::beast_client http;
    const auto conf = reconcile_fixture::settings(big_day::mch_id);
    flows::parts parts{conf, pool, pool, http};
    std::exception_ptr failure;
    boost::asio::co_spawn(
        context.get_executor(),
        close_big_day(parts, std::move(bills), payments),
        [&](std::exception_ptr thrown) {
            failure = thrown;
            context.stop();
        }
    );
    auto guard = boost::asio::make_work_guard(context);
    context.run();
    if (failure) std::rethrow_exception(failure);
    return 0;
}
