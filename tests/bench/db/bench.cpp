// bench_db [seconds [lists]]: the pool against the same SQL through the C library, on one private,
// durable MariaDB. Ratios are what counts; run it on a quiet machine.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <sys/resource.h>

#include "db/bills.hpp"
#include "db/connection_control.hpp"
#include "db/payments.hpp"
#include "db/pool.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "tests/bench/db/college.hpp"
#include "tests/bench/db/plain_client.hpp"

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr int students = 5000;

double own_cpu_s() {
    rusage use{};
    ::getrusage(RUSAGE_SELF, &use);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

struct figure {
    double per_second = 0;
    double cpu_us = 0;
};

figure measure(const std::function<long()>& run) {
    const auto cpu = own_cpu_s();
    const auto start = steady::now();
    const auto count = static_cast<double>(run());
    const std::chrono::duration<double> took = steady::now() - start;
    return {count / took.count(), (own_cpu_s() - cpu) * 1e6 / count};
}

figure show(const char* what, int width, const figure& found, const figure& yardstick) {
    std::printf(
        "%-44s %3d  %9.0f/s  %6.1f us of client CPU each  ratio %.2f\n",
        what,
        width,
        found.per_second,
        found.cpu_us,
        found.per_second / yardstick.per_second
    );
    return found;
}

// `step(thread, number)` until time is up, on so many threads.
long on_threads(
    int count, std::chrono::milliseconds length, const std::function<void(int, long)>& step
) {
    std::atomic<long> total{0};
    std::vector<std::thread> threads;
    const auto until = steady::now() + length;
    for (int thread = 0; thread < count; ++thread) {
        threads.emplace_back([&, thread] {
            long done = 0;
            while (steady::now() < until) step(thread, done++);
            total += done;
        });
    }
    for (auto& thread : threads) thread.join();
    return total;
}

std::int64_t student_of(int thread, long number) {
    return (thread * 7919L + number * 31L) % students + 1;
}

base::task<void> list_for_ever(db::pool& pool, int self, steady::time_point until, long& done) {
    for (long number = 0; steady::now() < until; ++number) {
        const auto person = student_of(self, number);
        const auto unit = [person](db::connection& db) { return db::unsettled_bills(db, person); };
        const auto bills = co_await pool.read(unit);
        base::ensure(bills.size() == 3, "three open bills each");
        ++done;
    }
}

long lists_through_pool(db::pool& pool, int requests, std::chrono::milliseconds length) {
    boost::asio::io_context context{1};
    const auto until = steady::now() + length;
    long done = 0;
    for (int self = 0; self < requests; ++self) {
        boost::asio::co_spawn(
            context.get_executor(),
            list_for_ever(pool, self, until, done),
            [](std::exception_ptr failed) {
                if (failed) std::rethrow_exception(failed);
            }
        );
    }
    context.run();
    return done;
}

std::vector<std::unique_ptr<bench::plain_client>> plain_clients(
    const support::private_database& database, int count
) {
    std::vector<std::unique_ptr<bench::plain_client>> clients;
    for (int number = 0; number < count; ++number) {
        clients.push_back(
            std::make_unique<bench::plain_client>(database.url().socket, database.url().name)
        );
    }
    return clients;
}

void compare_lists(const support::private_database& database, std::chrono::milliseconds length) {
    std::puts("a student's bills (13 columns, 3 rows)");
    for (const int width : {1, 4, 8}) {
        const auto clients = plain_clients(database, width);
        const auto plain = measure([&] {
            return on_threads(width, length, [&](int thread, long number) {
                const auto rows =
                    clients[static_cast<std::size_t>(thread)]->list_bills(student_of(thread, number)
                    );
                base::ensure(rows == 3, "three open bills each");
            });
        });
        show("C library, prepared, a loop per thread", width, plain, plain);

        std::vector<std::unique_ptr<db::connection>> links;
        for (int number = 0; number < width; ++number) {
            links.push_back(
                db::connection_control::open({.where = database.url()}, steady::now() + 5s)
            );
            db::connection_control::begin_run(*links.back(), false);
        }
        const auto direct = measure([&] {
            return on_threads(width, length, [&](int thread, long number) {
                auto& link = *links[static_cast<std::size_t>(thread)];
                db::unsettled_bills(link, student_of(thread, number));
            });
        });
        show("unit on a connection, a loop per thread", width, direct, plain);

        db::pool pool{{.where = database.url(), .size = width}};
        const auto pooled = measure([&] { return lists_through_pool(pool, width * 8, length); });
        show("unit through the pool, 8 coroutines a worker", width, pooled, plain);
    }
}

long book_all(db::pool& pool, const std::vector<bench::awaiting_order>& orders, int width) {
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < width; ++thread) {
        threads.emplace_back([&] {
            for (auto at = next++; at < orders.size(); at = next++) {
                const db::payment_fact fact{
                    "1900000001",
                    orders[at].order_no,
                    "42" + orders[at].order_no,
                    base::fen{orders[at].amount_fen},
                    base::now_ms(),
                    db::learnt_by::notice};
                const auto outcome = pool.run_now([&fact](db::connection& db) {
                    return db::apply_payment(db, fact, fact.paid_at);
                });
                base::ensure(outcome == db::payment_outcome::applied, "each order is paid once");
            }
        });
    }
    for (auto& thread : threads) thread.join();
    return static_cast<long>(orders.size());
}

void compare_notices(const support::private_server& server, std::chrono::milliseconds length) {
    std::puts("a paid notice booked (order of two bills) against one-row commits, flush 1");
    for (const int width : {1, 8, 32}) {
        const support::private_database database{server, CAMPUS_SCHEMA_DIR};
        bench::enroll(database, students);
        const auto orders = bench::open_orders(database, width == 1 ? 1000 : 3000);
        const auto clients = plain_clients(database, width);
        const auto plain = measure([&] {
            return on_threads(width, length, [&](int thread, long number) {
                clients[static_cast<std::size_t>(thread)]->commit_one_row(
                    student_of(thread, number) * 10 + 3
                );
            });
        });
        show("C library, UPDATE of one row", width, plain, plain);
        db::pool pool{{.where = database.url(), .size = width, .connects_per_second = 1000}};
        const auto booked = measure([&] { return book_all(pool, orders, width); });
        show("apply_payment through the pool", width, booked, plain);
    }
}

}  // namespace

int main(int count, char** words) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const auto length = 1000ms * (count > 1 ? std::atoi(words[1]) : 3);
    support::private_server server{{.durable = true, .options = {"--max-connections=200"}}};
    {
        const support::private_database database{server, CAMPUS_SCHEMA_DIR};
        bench::enroll(database, students);
        compare_lists(database, length);
    }
    if (count <= 2) compare_notices(server, length);
}
