#include "db/pool.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "db/connection_control.hpp"
#include "db/pool_gate.hpp"
#include "server/base/error.hpp"
#include "tests/support/private_database.hpp"

namespace {

using namespace std::chrono_literals;
using base::errc;
using place = db::fault_point::place;

constexpr auto samples = CAMPUS_SCHEMA_DIR "/../../tests/db/schema_samples/good";

struct fixture {
    support::private_database database{samples};
    db::pool_options options{.where = database.url(), .size = 2};
    std::unique_ptr<db::pool> made;

    db::pool& pool() {
        if (!made) made = std::make_unique<db::pool>(options);
        return *made;
    }
    const db::counters& counts() { return pool().counts(); }

    std::string amount(int id = 1) const {
        return database.value("SELECT amount_fen FROM things WHERE id = " + std::to_string(id));
    }
    std::string count_of(int id) const {
        return database.value("SELECT COUNT(*) FROM things WHERE id = " + std::to_string(id));
    }
};

// Throws `code` the first `times` times that `where` is passed.
std::function<void(const db::fault_point&)> failing(place where, int code, int times) {
    auto left = std::make_shared<std::atomic<int>>(times);
    return [where, code, left](const db::fault_point& point) {
        if (point.where == where && left->fetch_sub(1) > 0) db::raise(code, "HY000", "injected");
    };
}

template <class Action>
std::optional<errc> refusal(Action&& action) {
    try {
        action();
    } catch (const base::error& error) {
        return error.what_code();
    }
    return std::nullopt;
}

// Idempotent by its key, as every unit must be.
struct add_once {
    int id;
    int runs = 0;
    bool operator()(db::connection& db) {
        ++runs;
        if (!db.select("SELECT id FROM things WHERE id = ?", id).empty()) {
            db.found_done();
            return false;
        }
        db.change("INSERT INTO things (id) VALUES (?)", id);
        return true;
    }
};

std::int64_t session_of(db::connection& db) {
    auto row = db.select("SELECT CONNECTION_ID() AS id");
    row.next();
    return row.i64("id");
}

template <class Unit>
auto in_coroutine(boost::asio::io_context& context, db::pool& pool, Unit& unit)
    -> std::future<db::answer_of<Unit>> {
    using answer = db::answer_of<Unit>;
    auto done = std::make_shared<std::promise<answer>>();
    auto future = done->get_future();
    boost::asio::co_spawn(
        context.get_executor(),
        pool.transact(unit),
        [done](std::exception_ptr failed, answer value) {
            if (failed) {
                done->set_exception(failed);
            } else {
                done->set_value(std::move(value));
            }
        }
    );
    return future;
}

}  // namespace

TEST_CASE_FIXTURE(fixture, "a unit's changes are committed and its answer comes back") {
    const auto unit = [](db::connection& db) {
        return db.change("UPDATE things SET amount_fen = 5 WHERE id = 1");
    };
    CHECK(pool().run_now(unit) == 1);
    CHECK(amount() == "5");
    pool().run_now([](db::connection& db) { db.change("UPDATE things SET amount_fen = 6"); });
    CHECK(amount() == "6");
}

TEST_CASE_FIXTURE(fixture, "what the unit throws undoes its work and keeps the connection") {
    options.size = 1;
    const auto session = pool().run_now(session_of);
    int runs = 0;
    const auto unit = [&runs](db::connection& db) {
        ++runs;
        db.change("UPDATE things SET amount_fen = 5 WHERE id = 1");
        throw base::error{errc::bill_not_payable};
    };
    CHECK(refusal([&] { pool().run_now(unit); }) == errc::bill_not_payable);
    const auto foreign = [](db::connection& db) {
        db.change("UPDATE things SET amount_fen = 5 WHERE id = 1");
        throw std::bad_alloc{};
    };
    CHECK_THROWS_AS(pool().run_now(foreign), std::bad_alloc);
    CHECK(runs == 1);
    // The next unit's COMMIT must not take the refused work along.
    CHECK(pool().run_now(session_of) == session);
    CHECK(amount() == "0");
}

TEST_CASE_FIXTURE(
    fixture, "coroutines wait for units, on their own thread, and get what they throw"
) {
    boost::asio::io_context context{1};
    const auto unit = [](db::connection& db) {
        return db.change("UPDATE things SET amount_fen = amount_fen + 1 WHERE id = 1");
    };
    const auto refuse = [](db::connection&) -> int { throw base::error{errc::order_not_found}; };
    std::thread::id resumed;
    std::int64_t seen = -1;
    std::optional<errc> refused;
    auto story = [&]() -> base::task<void> {
        for (int round = 0; round < 10; ++round) co_await pool().transact(unit);
        try {
            co_await pool().transact(refuse);
        } catch (const base::error& error) {
            refused = error.what_code();
        }
        const auto look = [](db::connection& db) {
            auto row = db.select("SELECT amount_fen FROM things WHERE id = 1");
            row.next();
            return row.i64("amount_fen");
        };
        seen = co_await pool().read(look);
        resumed = std::this_thread::get_id();
    };
    boost::asio::co_spawn(context.get_executor(), story(), [](std::exception_ptr failed) {
        CHECK(failed == nullptr);
    });
    context.run();  // the wait itself keeps the context at work
    CHECK(seen == 10);
    CHECK(refused == errc::order_not_found);
    CHECK(resumed == std::this_thread::get_id());
}

// What a unit for reading is refused with.
template <class Unit>
std::optional<errc> reading_refused(db::pool& pool, const Unit& unit) {
    boost::asio::io_context context{1};
    std::optional<errc> refused;
    auto story = [&]() -> base::task<void> {
        try {
            co_await pool.read(unit);
        } catch (const base::error& error) {
            refused = error.what_code();
        }
    };
    boost::asio::co_spawn(context.get_executor(), story(), [](std::exception_ptr) {});
    context.run();
    return refused;
}

TEST_CASE_FIXTURE(fixture, "a unit for reading that changes something is a fault of ours") {
    const auto change = [](db::connection& db) {
        return db.change("UPDATE things SET amount_fen = 9 WHERE id = 1");
    };
    CHECK(reading_refused(pool(), change) == errc::internal);
    CHECK(amount() == "0");
    const auto put_off = [](db::connection& db) {
        db.before_commit([](db::connection&) {});
        return true;
    };
    CHECK(reading_refused(pool(), put_off) == errc::internal);
}

TEST_CASE_FIXTURE(fixture, "R3 conflict: two units that deadlock both end, and both count") {
    std::atomic<int> arrived{0};
    const auto lock_in_order = [&arrived](int first, int second) {
        return [&arrived, first, second, met = false](db::connection& db) mutable {
            constexpr auto add = "UPDATE things SET amount_fen = amount_fen + 1 WHERE id = ?";
            db.change(add, first);
            if (!std::exchange(met, true)) {
                ++arrived;
                while (arrived < 2) std::this_thread::sleep_for(1ms);
            }
            db.change(add, second);
        };
    };
    auto here = lock_in_order(1, 2);
    auto there = lock_in_order(2, 1);
    auto& all = pool();
    std::thread other{[&] { all.run_now(there); }};
    all.run_now(here);
    other.join();
    CHECK(amount(1) == "2");
    CHECK(amount(2) == "2");
    CHECK(counts().conflicts >= 1);
    CHECK(counts().lost == 0);
}

TEST_CASE_FIXTURE(
    fixture, "R3 conflict: at COMMIT it is a sure no, and the same connection goes on"
) {
    options.size = 1;
    options.fault = failing(place::before_commit, 1213, 1);
    const auto session = pool().run_now(session_of);
    CHECK(pool().run_now(add_once{7}));
    CHECK(count_of(7) == "1");
    CHECK(counts().outcome_unknown == 0);
    CHECK(pool().run_now(session_of) == session);
}

TEST_CASE_FIXTURE(fixture, "R3 conflict: eight tries and no more") {
    options.fault = failing(place::before_statement, 1213, 1000);
    add_once unit{7};
    CHECK(refusal([&] { pool().run_now(unit); }) == errc::database_unavailable);
    CHECK(unit.runs == 8);
}

TEST_CASE_FIXTURE(fixture, "R3 conflict: a lock held by somebody else is waited for and then had") {
    options.size = 1;
    pool().run_now(session_of);
    db::session_settings settings{.where = database.url()};
    const auto holder =
        db::connection_control::open(settings, std::chrono::steady_clock::now() + 5s);
    holder->change("UPDATE things SET amount_fen = 1 WHERE id = 1");
    std::thread release{[&] {
        std::this_thread::sleep_for(4s);
        db::connection_control::commit(*holder);
    }};
    pool().run_now([](db::connection& db) {
        db.select("SELECT 1 AS x");
        db.change("UPDATE things SET amount_fen = amount_fen + 10 WHERE id = 1");
    });
    release.join();
    CHECK(amount() == "11");
    CHECK(counts().conflicts == 1);
    CHECK(counts().lost == 0);
}

TEST_CASE_FIXTURE(fixture, "R3 conflict: the second lock wait in a row blames the connection") {
    options.size = 1;
    auto left = std::make_shared<std::atomic<int>>(2);
    options.fault = [left](const db::fault_point& point) {
        if (point.sql.starts_with("INSERT") && left->fetch_sub(1) > 0) {
            db::raise(1205, "HY000", "injected");
        }
    };
    const auto session = pool().run_now(session_of);
    CHECK(pool().run_now(add_once{7}));
    CHECK(pool().run_now(session_of) != session);
    CHECK(counts().conflicts == 2);
}

TEST_CASE_FIXTURE(
    fixture, "R3 conflict: a lock wait as the first thing on a connection blames it too"
) {
    options.size = 1;
    options.fault = failing(place::before_statement, 1205, 1);
    CHECK(pool().run_now(add_once{7}));
    CHECK(counts().connections_opened == 2);
}

TEST_CASE_FIXTURE(
    fixture, "R3 lost: a session killed in the middle is replaced and the unit runs again"
) {
    options.size = 1;
    int runs = 0;
    pool().run_now([&](db::connection& db) {
        db.change("UPDATE things SET amount_fen = amount_fen + 1 WHERE id = 1");
        if (++runs == 1) database.execute("KILL " + std::to_string(session_of(db)));
        db.change("UPDATE things SET amount_fen = amount_fen + 1 WHERE id = 2");
    });
    CHECK(runs == 2);
    CHECK(amount(1) == "1");
    CHECK(amount(2) == "1");
    CHECK(counts().lost == 1);
    CHECK(counts().outcome_unknown == 0);
    CHECK(counts().connections == 1);
}

TEST_CASE_FIXTURE(fixture, "R3 lost: tried until the deadline, then unavailable, and no longer") {
    options.fault = failing(place::before_statement, 2013, 100000);
    options.circuit_after = 100000;
    options.connects_per_second = 1000;
    const auto start = std::chrono::steady_clock::now();
    CHECK(refusal([&] {
              pool().run_now(add_once{7}, db::limits{1500ms});
          }) == errc::database_unavailable);
    const auto took = std::chrono::steady_clock::now() - start;
    CHECK(took > 500ms);
    CHECK(took < 2500ms);
    CHECK(counts().lost >= 3);
    CHECK(counts().gave_up_unavailable == 1);
}

TEST_CASE_FIXTURE(
    fixture, "R3 unknown: a session killed before COMMIT; the next run does the work"
) {
    options.size = 1;
    auto done = std::make_shared<std::atomic<bool>>(false);
    options.fault = [this, done](const db::fault_point& point) {
        if (point.where != place::before_commit || done->exchange(true)) return;
        database.execute(
            "KILL " + database.value("SELECT id FROM information_schema.processlist WHERE id <> "
                                     "CONNECTION_ID() AND db = DATABASE()")
        );
    };
    add_once unit{7};
    CHECK(pool().run_now(unit));
    CHECK(unit.runs == 2);
    CHECK(count_of(7) == "1");
    CHECK(counts().outcome_unknown == 1);
    CHECK(counts().found_not_committed == 1);
    CHECK(counts().found_committed == 0);
}

TEST_CASE_FIXTURE(
    fixture, "R3 unknown: the answer to COMMIT is lost; the next run finds the work done"
) {
    options.fault = failing(place::after_commit, 2013, 1);
    add_once unit{7};
    CHECK_FALSE(pool().run_now(unit));
    CHECK(unit.runs == 2);
    CHECK(count_of(7) == "1");
    CHECK(counts().outcome_unknown == 1);
    CHECK(counts().found_committed == 1);
    CHECK(counts().found_not_committed == 0);
}

TEST_CASE_FIXTURE(fixture, "R3 unknown: every odd answer to COMMIT is one, not only a lost line") {
    for (const int code : {1180, 1047, 2006, 1114, 1969, 1105}) {
        CAPTURE(code);
        made.reset();
        options.fault = failing(place::after_commit, code, 1);
        CHECK_FALSE(pool().run_now(add_once{1000 + code}));
        CHECK(counts().outcome_unknown == 1);
    }
}

TEST_CASE_FIXTURE(
    fixture, "R3 unknown: nobody can say before the deadline, so nobody says failed"
) {
    options.connects_per_second = 1000;
    auto committed = std::make_shared<std::atomic<bool>>(false);
    options.fault = [committed](const db::fault_point& point) {
        if (point.where == place::after_commit) committed->store(true);
        if (committed->load()) db::raise(2013, "HY000", "injected");
    };
    CHECK(refusal([&] {
              pool().run_now(add_once{7}, db::limits{800ms});
          }) == errc::database_outcome_unknown);
    CHECK(count_of(7) == "1");
    CHECK(counts().gave_up_unknown == 1);
}

TEST_CASE_FIXTURE(fixture, "R3 unknown: a fault on the next run still does not mean failed") {
    int runs = 0;
    options.fault = failing(place::after_commit, 2013, 1);
    const auto unit = [&runs](db::connection& db) {
        if (++runs == 2) db.select("SELECT nonsense FROM things");
        db.change("UPDATE things SET amount_fen = amount_fen + 1 WHERE id = 1");
    };
    CHECK(refusal([&] { pool().run_now(unit); }) == errc::database_outcome_unknown);
    CHECK(amount() == "1");
}

TEST_CASE_FIXTURE(fixture, "R3 unknown: a refusal by the unit on its next run is an answer") {
    int runs = 0;
    options.fault = failing(place::after_commit, 2013, 1);
    const auto unit = [&runs](db::connection& db) {
        if (++runs == 2) throw base::error{errc::bill_in_live_order};
        db.change("UPDATE things SET amount_fen = amount_fen + 1 WHERE id = 1");
    };
    CHECK(refusal([&] { pool().run_now(unit); }) == errc::bill_in_live_order);
}

TEST_CASE_FIXTURE(fixture, "R3 duplicate: a lost race is found as done by the next run") {
    auto done = std::make_shared<std::atomic<bool>>(false);
    options.fault = [this, done](const db::fault_point& point) {
        if (!point.sql.starts_with("INSERT") || done->exchange(true)) return;
        database.execute("INSERT INTO things (id) VALUES (7)");
    };
    add_once unit{7};
    CHECK_FALSE(pool().run_now(unit));
    CHECK(unit.runs == 2);
    CHECK(counts().duplicates == 1);
}

TEST_CASE_FIXTURE(fixture, "R3 duplicate: twice is a fault, and nothing of the unit stays") {
    int runs = 0;
    const auto unit = [&runs](db::connection& db) {
        ++runs;
        db.change("UPDATE things SET amount_fen = 5 WHERE id = 1");
        db.change("INSERT INTO things (id) VALUES (2)");
    };
    CHECK(refusal([&] { pool().run_now(unit); }) == errc::internal);
    CHECK(runs == 2);
    CHECK(amount() == "0");
}

TEST_CASE_FIXTURE(fixture, "R3 duplicate: a unit may catch it and read the row that is there") {
    const auto name = pool().run_now([](db::connection& db) {
        db.change("UPDATE things SET amount_fen = 5 WHERE id = 1");
        try {
            db.change("INSERT INTO things (id, name) VALUES (9, 'second')");
        } catch (const db::duplicate_key& error) {
            return error.key();
        }
        return std::string{};
    });
    CHECK(name == "things_name");
    CHECK(amount() == "5");
    CHECK(count_of(9) == "0");
}

TEST_CASE_FIXTURE(fixture, "last steps run in order behind the unit and are repeated with it") {
    std::string order;
    int refusals = 2;
    pool().run_now([&](db::connection& db) {
        order += "(";
        for (const char step : {'a', 'b'}) {
            db.before_commit([&order, &refusals, step](db::connection& at_end) {
                order += step;
                if (step == 'b' && refusals-- > 0) db::raise(1213, "40001", "injected");
                at_end.change("UPDATE things SET amount_fen = amount_fen + 1 WHERE id = 1");
            });
        }
        db.change("UPDATE things SET amount_fen = 10 WHERE id = 1");
        order += ")";
    });
    CHECK(order == "()ab()ab()ab");
    CHECK(amount() == "12");
    CHECK(counts().conflicts == 2);
    CHECK(counts().outcome_unknown == 0);  // none of it was a COMMIT
}

TEST_CASE_FIXTURE(fixture, "what a refused unit has put off does not reach the next one") {
    options.size = 1;
    const auto before = amount();
    CHECK(refusal([&] {
              pool().run_now([](db::connection& db) {
                  db.before_commit([](db::connection& at_end) {
                      at_end.change("UPDATE things SET amount_fen = 77 WHERE id = 1");
                  });
                  throw base::error{errc::not_found};
              });
          }) == errc::not_found);
    pool().run_now([](db::connection& db) {
        db.change("UPDATE things SET version = version + 1 WHERE id = 1");
    });
    CHECK(amount() == before);
}

TEST_CASE_FIXTURE(fixture, "R3 broken: as lost") {
    options.fault = failing(place::before_statement, 1114, 2);
    CHECK(pool().run_now(add_once{7}));
    CHECK(counts().broken == 2);
    CHECK(counts().connections_opened == 3);
}

TEST_CASE_FIXTURE(fixture, "R3 time limit: a writing unit gets a second chance and no third") {
    options.size = 1;
    options.fault = failing(place::before_statement, 1969, 1);
    add_once unit{7};
    CHECK(pool().run_now(unit));
    CHECK(unit.runs == 2);
    CHECK(counts().connections_opened == 1);
    made.reset();
    options.fault = failing(place::before_statement, 1969, 2);
    CHECK(refusal([&] { pool().run_now(add_once{8}); }) == errc::database_unavailable);
}

TEST_CASE_FIXTURE(fixture, "the server itself ends a statement that takes too long") {
    const auto start = std::chrono::steady_clock::now();
    const auto unit = [](db::connection& db) { db.select("SELECT SLEEP(60) AS x"); };
    boost::asio::io_context context{1};
    std::optional<errc> refused;
    auto story = [&]() -> base::task<void> {
        try {
            co_await pool().read(unit);
        } catch (const base::error& error) {
            refused = error.what_code();
        }
    };
    boost::asio::co_spawn(context.get_executor(), story(), [](std::exception_ptr) {});
    context.run();
    CHECK(refused == errc::database_unavailable);
    CHECK(std::chrono::steady_clock::now() - start < 8s);
    CHECK(counts().time_limits == 1);
}

TEST_CASE_FIXTURE(fixture, "R3 ours: wrong SQL is not repeated") {
    int runs = 0;
    const auto unit = [&runs](db::connection& db) {
        ++runs;
        db.change("UPDATE things SET amount_fen = 5 WHERE id = 1");
        db.select("SELECT nonsense FROM things");
    };
    CHECK(refusal([&] { pool().run_now(unit); }) == errc::internal);
    CHECK(runs == 1);
    CHECK(amount() == "0");
    CHECK(counts().ours == 1);
}

namespace {

// Keeps every worker of the pool busy until it goes.
class occupation {
public:
    occupation(db::pool& pool, int workers) {
        for (int count = 0; count < workers; ++count) {
            threads_.emplace_back([this, &pool] {
                pool.run_now([this](db::connection&) {
                    ++in_;
                    while (!over_) std::this_thread::sleep_for(1ms);
                });
            });
        }
        while (in_ < workers) std::this_thread::sleep_for(1ms);
    }
    ~occupation() {
        over_ = true;
        for (auto& thread : threads_) thread.join();
    }

private:
    std::atomic<int> in_{0};
    std::atomic<bool> over_{false};
    std::vector<std::thread> threads_;
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "R10: beyond the line's length the answer is busy at once") {
    options.line_max = 3;
    boost::asio::io_context context{1};
    auto& all = pool();
    std::vector<std::future<std::int64_t>> waiting;
    {
        const occupation hold{all, 2};
        for (int count = 0; count < 3; ++count) {
            waiting.push_back(in_coroutine(context, all, session_of));
        }
        context.poll();
        CHECK(counts().waiting == 3);
        const auto start = std::chrono::steady_clock::now();
        CHECK(refusal([&] { all.run_now(session_of); }) == errc::busy);
        CHECK(std::chrono::steady_clock::now() - start < 500ms);
    }
    context.run();
    for (auto& each : waiting) CHECK(each.get() > 0);
    CHECK(counts().refused_busy == 1);
    CHECK(counts().waiting == 0);
}

TEST_CASE_FIXTURE(fixture, "R10: who waits too long is sent home even while every worker hangs") {
    options.wait_max = 300ms;
    auto& all = pool();
    const occupation hold{all, 2};
    auto start = std::chrono::steady_clock::now();
    CHECK(refusal([&] { all.run_now(session_of); }) == errc::busy);
    auto took = std::chrono::steady_clock::now() - start;
    CHECK(took >= 300ms);
    CHECK(took < 1s);
    // The unit's own deadline, if that is shorter.
    start = std::chrono::steady_clock::now();
    CHECK(refusal([&] { all.run_now(session_of, db::limits{50ms}); }) == errc::busy);
    took = std::chrono::steady_clock::now() - start;
    CHECK(took < 290ms);
    // Money stays until its own deadline.
    start = std::chrono::steady_clock::now();
    CHECK(refusal([&] { all.run_now(session_of, db::limits{800ms, true}); }) == errc::busy);
    took = std::chrono::steady_clock::now() - start;
    CHECK(took >= 800ms);
}

TEST_CASE_FIXTURE(fixture, "R10: idle and old connections are closed, doubtful ones are checked") {
    options.size = 1;
    SUBCASE("idle") {
        options.idle_max = 100ms;
        pool().run_now(session_of);
        CHECK(counts().connections == 1);
        std::this_thread::sleep_for(500ms);
        CHECK(counts().connections == 0);
        CHECK(pool().run_now(session_of) > 0);
    }
    SUBCASE("old") {
        options.age_max = 50ms;
        const auto session = pool().run_now(session_of);
        std::this_thread::sleep_for(100ms);
        CHECK(pool().run_now(session_of) != session);
    }
    SUBCASE("killed while idle") {
        options.trust_idle = 0ms;
        const auto session = pool().run_now(session_of);
        database.execute("KILL " + std::to_string(session));
        add_once unit{7};
        CHECK(pool().run_now(unit));
        CHECK(unit.runs == 1);
        CHECK(counts().lost == 0);
    }
}

TEST_CASE("R10: connections come one by one after the first burst") {
    db::pool_gate gate{8, 1000ms, 20, 4};
    const auto now = db::pool_gate::clock::now();
    for (int count = 0; count < 4; ++count) CHECK(gate.turn_to_connect(now) == now);
    CHECK(gate.turn_to_connect(now) == now + 50ms);
    CHECK(gate.turn_to_connect(now) == now + 100ms);
    CHECK(gate.turn_to_connect(now + 10s) == now + 10s);
}

TEST_CASE("a dead server gets one log line a second, with a count") {
    db::pool_gate gate{8, 1000ms, 20, 4};
    const auto now = db::pool_gate::clock::now();
    CHECK(gate.turn_to_tell(now) == 1);
    CHECK(gate.turn_to_tell(now + 1ms) == std::nullopt);
    CHECK(gate.turn_to_tell(now + 999ms) == std::nullopt);
    CHECK(gate.turn_to_tell(now + 1000ms) == 3);
    CHECK(gate.turn_to_tell(now + 3000ms) == 1);
}

TEST_CASE("R14: the circuit opens after losses in a row, one success closes it") {
    db::pool_gate gate{3, 1000ms, 20, 4};
    const auto now = db::pool_gate::clock::now();
    CHECK_FALSE(gate.failed(now));
    CHECK_FALSE(gate.failed(now));
    gate.succeeded();
    CHECK_FALSE(gate.failed(now));
    CHECK_FALSE(gate.failed(now));
    CHECK_FALSE(gate.closed_to_new(now));
    CHECK(gate.failed(now));
    CHECK(gate.closed_to_new(now));
    CHECK(gate.closed_to_new(now + 999ms));
    CHECK_FALSE(gate.closed_to_new(now + 1000ms));
    CHECK(gate.failed(now + 1001ms));
    CHECK(gate.closed_to_new(now + 1002ms));
    gate.succeeded();
    CHECK_FALSE(gate.closed_to_new(now + 1002ms));
}

TEST_CASE_FIXTURE(fixture, "stop finishes who waits and refuses who comes later") {
    boost::asio::io_context context{1};
    auto& all = pool();
    std::vector<std::future<std::int64_t>> waiting;
    std::thread closer;
    {
        const occupation hold{all, 2};
        for (int count = 0; count < 5; ++count) {
            waiting.push_back(in_coroutine(context, all, session_of));
        }
        context.poll();
        closer = std::thread{[&] { all.stop(); }};
        while (all.ready()) std::this_thread::sleep_for(1ms);
        CHECK(refusal([&] { all.run_now(session_of); }) == errc::busy);
    }
    closer.join();
    context.run();
    for (auto& each : waiting) CHECK(each.get() > 0);
    CHECK(counts().connections == 0);
}

TEST_CASE_FIXTURE(fixture, "a unit that waits for another unit is refused instead of hanging") {
    auto& all = pool();
    const auto nested = [&all](db::connection&) { return all.run_now(session_of); };
    CHECK(refusal([&] { all.run_now(nested); }) == errc::internal);
}

TEST_CASE_FIXTURE(
    fixture, "two hundred units while sessions are being killed: each done exactly once"
) {
    options.size = 4;
    options.connects_per_second = 200;
    options.circuit_after = 1000;
    auto& all = pool();
    std::atomic<bool> over{false};
    std::thread killer{[&] {
        while (!over) {
            const auto victim = database.value(
                "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND "
                "db = DATABASE() ORDER BY RAND() LIMIT 1"
            );
            try {
                if (!victim.empty()) database.execute("KILL " + victim);
            } catch (const db::failure&) {
                // It was gone already.
            }
            std::this_thread::sleep_for(10ms);
        }
    }};
    constexpr int threads = 4, each = 50;
    std::atomic<int> acknowledged{0};
    std::vector<std::thread> callers;
    for (int caller = 0; caller < threads; ++caller) {
        callers.emplace_back([&, caller] {
            for (int number = 0; number < each; ++number) {
                const int id = 1000 + caller * each + number;
                all.run_now([id](db::connection& db) {
                    if (!db.select("SELECT id FROM things WHERE id = ?", id).empty()) return;
                    db.change("INSERT INTO things (id) VALUES (?)", id);
                    db.change("UPDATE things SET amount_fen = amount_fen + 1 WHERE id = 1");
                });
                ++acknowledged;
            }
        });
    }
    for (auto& caller : callers) caller.join();
    over = true;
    killer.join();
    CHECK(acknowledged == threads * each);
    CHECK(database.value("SELECT COUNT(*) FROM things WHERE id >= 1000") == "200");
    CHECK(amount() == "200");
    CHECK(counts().lost > 0);
}

TEST_CASE(
    "the server dies and comes back: units in flight are done, others refused, then all is well"
) {
    support::private_server server;
    const support::private_database database{server, samples};
    db::pool_options options{.where = database.url(), .size = 2};
    options.circuit_after = 4;
    db::pool pool{options};
    pool.run_now(session_of);

    server.kill();
    auto in_flight = std::async(std::launch::async, [&] {
        add_once unit{7};
        return pool.run_now(unit, db::limits{30s});
    });
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (pool.ready() && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(5ms);
    }
    REQUIRE_FALSE(pool.ready());
    const auto start = std::chrono::steady_clock::now();
    CHECK(refusal([&] { pool.run_now(session_of); }) == errc::database_unavailable);
    CHECK(std::chrono::steady_clock::now() - start < 200ms);
    CHECK(pool.counts().circuit_opened >= 1);

    server.start();
    CHECK(in_flight.get());
    CHECK(pool.ready());
    CHECK_FALSE(pool.run_now(add_once{7}));
    CHECK(database.value("SELECT COUNT(*) FROM things WHERE id = 7") == "1");
}

TEST_CASE("a server that hangs costs the read time-out, not for ever") {
    support::private_server server;
    const support::private_database database{server, samples};
    db::pool_options options{.where = database.url(), .size = 1};
    options.read_timeout_s = 1;
    db::pool pool{options};
    pool.run_now(session_of);

    server.freeze();
    const auto start = std::chrono::steady_clock::now();
    const auto outcome = refusal([&] { pool.run_now(add_once{7}, db::limits{2500ms}); });
    const auto took = std::chrono::steady_clock::now() - start;
    server.thaw();
    CHECK(outcome == errc::database_unavailable);
    CHECK(took < 6s);
    CHECK(pool.run_now(add_once{7}, db::limits{20s}));
}

TEST_CASE("over TCP as over the socket") {
    support::private_server server{{.durable = true, .tcp = true}};
    const support::private_database database{server, samples};
    database.execute(
        "CREATE USER tcp@'127.0.0.1' IDENTIFIED BY 'p@ss/w:rd'; GRANT ALL ON *.* TO tcp@'127.0.0.1'"
    );
    const auto text = "mysql://tcp:p%40ss%2Fw%3Ard@127.0.0.1:" + std::to_string(server.port()) +
                      "/" + database.url().name;
    db::pool pool{{.where = db::parse_url(text), .size = 1}};
    CHECK(pool.run_now(add_once{7}));
    CHECK_FALSE(pool.run_now(add_once{7}));

    db::pool wrong{
        {.where =
             db::parse_url("mysql://tcp:no@127.0.0.1:" + std::to_string(server.port()) + "/x")}};
    CHECK(refusal([&] { wrong.run_now(session_of); }) == errc::internal);
}
