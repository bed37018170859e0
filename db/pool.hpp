#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "db/connection.hpp"
#include "db/url.hpp"
#include "server/base/task.hpp"

// The only bridge between coroutines and the blocking connector, and the only place that ends
// transactions, repeats units and gives up.
namespace db {

// How long a unit may be tried, waiting included. Retries stop there.
struct limits {
    std::chrono::milliseconds within;
    bool stays_in_line = false;  // until then, where others are sent home as busy after wait_max
};
inline constexpr limits for_page{std::chrono::milliseconds{8000}};
// What WeChat has told about money: it is not asked for again as soon as a page is.
inline constexpr limits for_money{std::chrono::milliseconds{8000}, true};
inline constexpr limits for_notice{std::chrono::milliseconds{4000}, true};  // hangs up after 5 s
inline constexpr limits for_command{std::chrono::milliseconds{60000}};

// Where a test may make a unit fail; production leaves the hook empty.
struct fault_point {
    enum class place { before_statement, before_commit, after_commit };
    place where;
    int statement;         // 1 for the first of the run; 0 at COMMIT
    std::string_view sql;  // empty at COMMIT
};

struct pool_options {
    url where;
    int size = 4;                                  // worker threads, one connection each
    std::size_t line_max = 256;                    // more waiting units than that: busy
    std::chrono::milliseconds wait_max{2000};      // longer in the line than that: busy
    std::chrono::milliseconds idle_max{300000};    // connections are closed after that
    std::chrono::milliseconds age_max{1800000};    // ... and after that
    std::chrono::milliseconds trust_idle{30000};   // checked before use after that
    int circuit_after = 8;                         // lost connections in a row
    std::chrono::milliseconds circuit_open{1000};  // ... answer 503 at once for that long
    int connects_per_second = 20;                  // no stampede after a fail-over
    std::size_t statements_max = 200;              // prepared statements kept per connection
    int read_timeout_s = 10;
    int statement_limit_s = 5;                        // the server stops a longer one
    std::function<void(const fault_point&)> fault{};  // may throw db::failure
};

// Only ever grow, save the three gauges.
struct counters {
    std::atomic<std::uint64_t> units{0};
    std::atomic<std::uint64_t> conflicts{0};
    std::atomic<std::uint64_t> lost{0};
    std::atomic<std::uint64_t> duplicates{0};
    std::atomic<std::uint64_t> broken{0};
    std::atomic<std::uint64_t> time_limits{0};
    std::atomic<std::uint64_t> ours{0};
    std::atomic<std::uint64_t> outcome_unknown{0};      // a COMMIT whose effect is not known
    std::atomic<std::uint64_t> found_committed{0};      // ... and the next run found it done
    std::atomic<std::uint64_t> found_not_committed{0};  // ... or did it itself
    std::atomic<std::uint64_t> gave_up_unknown{0};      // ... or nobody could say in time
    std::atomic<std::uint64_t> gave_up_unavailable{0};
    std::atomic<std::uint64_t> refused_busy{0};
    std::atomic<std::uint64_t> circuit_opened{0};
    std::atomic<std::uint64_t> connections_opened{0};
    std::atomic<std::int64_t> waiting{0};  // gauges
    std::atomic<std::int64_t> running{0};
    std::atomic<std::int64_t> connections{0};
};

template <class Unit>
using answer_of = std::invoke_result_t<Unit&, connection&>;

// A unit with its type taken off, so that one copy of the machinery serves all of them.
class work {
public:
    virtual void run(connection& db) = 0;

protected:
    ~work() = default;
};

template <class Unit>
class unit_work final : public work {
public:
    explicit unit_work(Unit& unit) : unit_{unit} {}

    void run(connection& db) override {
        answer_.reset();
        if constexpr (std::is_void_v<answer_of<Unit>>) {
            unit_(db);
            answer_.emplace();
        } else {
            answer_.emplace(unit_(db));
        }
    }

    answer_of<Unit> take() {
        if constexpr (!std::is_void_v<answer_of<Unit>>) return std::move(*answer_);
    }

private:
    using kept = std::conditional_t<
        std::is_void_v<answer_of<Unit>>,
        std::monostate,
        std::remove_cv_t<answer_of<Unit>>>;
    Unit& unit_;
    std::optional<kept> answer_;
};

// Throws base::error: busy (line full or waited too long), database_unavailable (not done),
// database_outcome_unknown (perhaps done: never say that it failed), internal (a fault of ours), or
// whatever the unit itself threw, after ROLLBACK.
class pool {
public:
    explicit pool(pool_options options);
    ~pool();  // stops
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;

    // Both hold on to `unit` until they complete; make it a named variable before co_await:
    //   const auto unit = [&fact](db::connection& db) { return db::apply_payment(db, fact); };
    //   const auto outcome = co_await parts.pool.transact(unit, db::for_notice);
    template <class Unit>
    base::task<answer_of<Unit>> transact(Unit& unit, limits how_long = for_page) {
        unit_work<Unit> erased{unit};
        co_await submit(erased, access::write, how_long);
        co_return erased.take();
    }

    // For units that only select; change() inside throws. Cheaper: nothing is left to commit.
    template <class Unit>
    base::task<answer_of<Unit>> read(Unit& unit, limits how_long = for_page) {
        unit_work<Unit> erased{unit};
        co_await submit(erased, access::read, how_long);
        co_return erased.take();
    }

    // Blocks the calling thread: for commands and tests, never on an I/O thread or inside a unit.
    template <class Unit>
    answer_of<Unit> run_now(Unit&& unit, limits how_long = for_command) {
        unit_work<std::remove_reference_t<Unit>> erased{unit};
        run_blocking(erased, access::write, how_long);
        return erased.take();
    }

    bool ready() const;  // false while the circuit is open or after stop()
    const counters& counts() const;

    // Takes no more units, finishes those in the line, joins the workers. Call it while the I/O
    // contexts still run, so that everybody waiting gets the answer.
    void stop();

private:
    enum class access { read, write };
    struct body;

    base::task<void> submit(work& erased, access how, limits how_long);
    void run_blocking(work& erased, access how, limits how_long);

    std::unique_ptr<body> body_;
};

}  // namespace db
