// bench_refund_race [tries [payments]]: wishes for refunds race each other from eight threads, with
// releases, rejections and WeChat's words among them, on one private MariaDB. Prints how many were
// tried, granted and refused, and how much more than was paid went back: it must be nothing.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "db/payments.hpp"
#include "db/pool.hpp"
#include "db/refunds.hpp"
#include "db/verify.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "tests/bench/db/college.hpp"

namespace {

using steady = std::chrono::steady_clock;
constexpr int width = 8;

struct race {
    db::pool& pool;
    std::vector<bench::awaiting_order> paid;
    std::atomic<long> granted{0};
    std::atomic<long> refused{0};
    std::atomic<long> decided{0};
};

void ask(race& on, std::mt19937& chance, long number) {
    const auto& order = on.paid[chance() % on.paid.size()];
    db::refund_wish wish;
    wish.order_no = order.order_no;
    wish.parts = {
        {1 + static_cast<int>(chance() % 2),
         base::fen{1 + static_cast<std::int64_t>(chance() % 400'000)}}};
    wish.reason_text = "竞争";
    wish.request_id = "race-" + std::to_string(number);
    wish.request_hash = base::sha256(wish.request_id);
    wish.by = "li";
    wish.now = base::now_ms();
    wish.provider_body = [](const db::refund&) { return std::string{"body"}; };
    const auto made = on.pool.run_now([&](db::connection& db) { return db::ask_refund(db, wish); });
    if (made.kind != db::ask_kind::made) {
        ++on.refused;
        return;
    }
    ++on.granted;
    const auto& refund = made.made.out_refund_no;
    const bool keep = chance() % 3 != 0;
    on.pool.run_now([&](db::connection& db) {
        const auto what = keep ? db::decision::release : db::decision::reject;
        return db::decide_refund(db, refund, what, "wang", base::now_ms());
    });
    ++on.decided;
    if (!keep || chance() % 2 == 0) return;
    db::refund_fact fact;
    fact.mch_id = made.made.mch_id;
    fact.out_refund_no = refund;
    fact.event = chance() % 4 == 0 ? rules::refund_event::closed : rules::refund_event::succeeded;
    fact.created_at = base::now_ms();
    on.pool.run_now([&](db::connection& db) {
        return db::apply_refund_fact(db, fact, base::now_ms());
    });
}

void pay_all(race& on) {
    for (const auto& order : on.paid) {
        db::payment_fact fact;
        fact.mch_id = "1900000001";
        fact.order_no = order.order_no;
        fact.transaction_id = "42" + order.order_no;
        fact.amount = base::fen{order.amount_fen};
        fact.paid_at = base::now_ms();
        on.pool.run_now([&](db::connection& db) {
            return db::apply_payment(db, fact, base::now_ms());
        });
    }
}

}  // namespace

int main(int count, char** words) {
    const long tries = count > 1 ? std::atol(words[1]) : 100'000;
    const int payments = count > 2 ? std::atoi(words[2]) : 2'000;
    const support::private_database database;
    db::pool_options options;
    options.where = database.url();
    options.size = width;
    options.read_timeout_s = 600;
    options.statement_limit_s = 600;  // the checks at the end read everything
    db::pool pool{options};
    bench::enroll(database, payments);
    race on{pool, bench::open_orders(database, payments)};
    pay_all(on);

    const auto start = steady::now();
    std::atomic<long> next{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < width; ++i) {
        threads.emplace_back([&, i] {
            std::mt19937 chance{static_cast<unsigned>(i)};
            for (long number = next++; number < tries; number = next++) ask(on, chance, number);
        });
    }
    for (auto& one : threads) one.join();
    const std::chrono::duration<double> took = steady::now() - start;

    const auto over = database.value(
        "SELECT COUNT(*) FROM payments p WHERE p.amount_fen < (SELECT COALESCE(SUM(r.amount_fen), "
        "0) FROM refunds r WHERE r.order_no = p.order_no AND r.state NOT IN ('rejected', 'closed'))"
    );
    int broken = 0;
    for (const auto& check : db::book_checks()) {
        const auto places =
            pool.run_now([&](db::connection& db) { return db::broken_places(db, check, 3); });
        for (const auto& place : places) {
            std::printf("broken: %s: %s\n", std::string{check.name}.c_str(), place.c_str());
            ++broken;
        }
    }
    std::printf(
        "%ld tries on %d payments in %.0f s (%.0f/s): %ld granted, %ld refused; over-refunded "
        "payments: %s; broken promises: %d\n",
        tries,
        payments,
        took.count(),
        static_cast<double>(tries) / took.count(),
        on.granted.load(),
        on.refused.load(),
        over.c_str(),
        broken
    );
    return over == "0" && broken == 0 ? 0 : 1;
}
