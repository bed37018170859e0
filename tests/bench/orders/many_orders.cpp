// bench_orders [orders [words for mariadbd …]]: so many orders (a million where nothing is said) of
// a tenth as many students, and how long each kind of search of db/order_search takes. As ratios to
// finding one order by its number, so that machines can be compared; and in milliseconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "db/order_search.hpp"
#include "db/pool.hpp"
#include "tests/support/private_database.hpp"

namespace {

using steady = std::chrono::steady_clock;

constexpr base::epoch_ms first_ms = 1'756'656'000'000;  // 2025-09-01 Beijing
constexpr base::epoch_ms spread_ms = 400LL * 24 * 3600 * 1000;

// Numbers 0 to n-1 out of ten digits and cross joins, so that the database makes the rows itself.
std::string numbers(std::int64_t from, std::int64_t until) {
    const std::string digits =
        "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 "
        "UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL "
        "SELECT 9)";
    return "(SELECT a.d + 10*b.d + 100*c.d + 1000*e.d + " + std::to_string(from) + " AS n FROM " +
           digits + " a, " + digits + " b, " + digits + " c, " + digits + " e HAVING n < " +
           std::to_string(until) + ") s";
}

// Forty colleges' worth of classes; one order in fifty is unpaid, one in a thousand late and odd.
void fill(const support::private_database& database, std::int64_t orders) {
    constexpr std::int64_t piece = 10'000;
    const auto students = std::max<std::int64_t>(orders / 10, 1);
    database.execute(
        "INSERT INTO fee_items (id, name, category, mch_id, created_ms, changed_ms) VALUES "
        "(1, '学费', 'tuition', '1900000001', 0, 0), (2, '补考费', 'other', '1900000001', 0, 0)"
    );
    for (std::int64_t from = 0; from < students; from += piece) {
        database.execute(
            "INSERT INTO people (id, student_no, kind, name, id_number_hash, id_number_sealed, "
            "college, major, class_name, grade, created_ms, changed_ms) SELECT n + 1, "
            "CONCAT('S', LPAD(n, 7, '0')), 'current', CONCAT('学生', n), UNHEX(LPAD(HEX(n), 64, "
            "'0')), 'x', CONCAT('学院', n MOD 20), CONCAT('专业', n MOD 100), CONCAT('班', n DIV "
            "40), CONCAT('202', n MOD 4), 0, 0 FROM " +
            numbers(from, std::min(from + piece, students))
        );
    }
    const auto step = spread_ms / orders;
    for (std::int64_t from = 0; from < orders; from += piece) {
        const auto some = numbers(from, std::min(from + piece, orders));
        const auto opened = std::to_string(first_ms) + " + n * " + std::to_string(step);
        database.execute(
            "INSERT INTO orders (id, order_no, person_id, request_id, request_hash, state, "
            "channel, "
            "mch_id, merchant_name, amount_fen, created_ms, pay_until_ms, provider_body, paid_ms, "
            "transaction_id, attention) SELECT n + 1, CONCAT('CP', n), (n * 7919) MOD " +
            std::to_string(students) +
            " + 1, CONCAT('r', n), REPEAT('x', 32), CASE WHEN n MOD 1000 = 0 THEN 'paid_late' WHEN "
            "n "
            "MOD 50 = 0 THEN 'closed' ELSE 'paid' END, IF(n MOD 3 = 0, 'native', 'jsapi'), IF(n "
            "MOD "
            "500 = 0, '1900000002', '1900000001'), '学院', IF(n MOD 2000 = 0, n + 1, 530000), " +
            opened + ", " + opened + " + 1800000, '', IF(n MOD 50 = 0 AND n MOD 1000 <> 0, NULL, " +
            opened +
            " + 60000), IF(n MOD 50 = 0 AND n MOD 1000 <> 0, NULL, CONCAT('42', n)), IF(n "
            "MOD 1000 = 0, 'late_money', NULL) FROM " +
            some
        );
        database.execute(
            "INSERT INTO order_lines (order_id, line_no, bill_id, item_id, item_name, period, "
            "amount_fen, opened_ms) SELECT n + 1, 1, n + 1, IF(n MOD 400 = 0, 2, 1), '学费', IF(n "
            "< " +
            std::to_string(orders / 2) + ", '2025-2026学年', '2026-2027学年'), 1, " + opened +
            " FROM " + some
        );
    }
    database.execute("ANALYZE TABLE orders, order_lines, people");
}

struct question {
    const char* what;
    std::function<void(db::order_filter&)> set;
};

std::vector<question> questions(std::int64_t orders) {
    using rules::order_state;
    using filter = db::order_filter;
    const auto middle = first_ms + spread_ms / 2;
    const auto number = std::to_string(orders / 3 | 1);
    return {
        {"order number", [=](filter& f) { f.order_no = "CP" + number; }},
        {"WeChat's number", [=](filter& f) { f.transaction_id = "42" + number; }},
        {"student number", [](filter& f) { f.student_no = "S0000777"; }},
        {"name", [](filter& f) { f.name = "学生777"; }},
        {"class", [](filter& f) { f.class_name = "班7"; }},
        {"major", [](filter& f) { f.major = "专业7"; }},
        {"college", [](filter& f) { f.college = "学院7"; }},
        {"grade", [](filter& f) { f.grade = "2023"; }},
        {"no such college", [](filter& f) { f.college = "没有"; }},
        {"college and state that never meet",
         [](filter& f) {
             f.college = "学院7";
             f.states = {order_state::closed};
         }},
        {"common item",
         [](filter& f) {
             f.item_id = 1;
             f.period = "2025-2026学年";
         }},
        {"rare item", [](filter& f) { f.item_id = 2; }},
        {"period", [](filter& f) { f.period = "2025-2026学年"; }},
        {"common state", [](filter& f) { f.states = {order_state::paid}; }},
        {"rare state", [](filter& f) { f.states = {order_state::paid_late}; }},
        {"state that nobody has", [](filter& f) { f.states = {order_state::awaiting}; }},
        {"channel", [](filter& f) { f.channel = db::pay_channel::native; }},
        {"rare merchant", [](filter& f) { f.mch_id = "1900000002"; }},
        {"common amount", [](filter& f) { f.amount_min = f.amount_max = base::fen{530000}; }},
        {"rare amount", [](filter& f) { f.amount_min = f.amount_max = base::fen{2001}; }},
        {"range of amounts", [](filter& f) { f.amount_max = base::fen{100000}; }},
        {"opened on a day",
         [=](filter& f) {
             f.opened_from = middle;
             f.opened_before = middle + 86'400'000;
         }},
        {"paid on a day",
         [=](filter& f) {
             f.paid_from = middle;
             f.paid_before = middle + 86'400'000;
         }},
        {"paid, newest first", [](filter& f) { f.paid_from = 1; }},
        {"odd", [](filter& f) { f.odd = true; }},
        {"everything", [](filter&) {}},
        {"one college's operator", [](filter& f) { f.colleges = {"学院3"}; }},
        {"an operator of a college without students", [](filter& f) { f.colleges = {"没有"}; }},
        {"college, state, channel and a month",
         [=](filter& f) {
             f.college = "学院7";
             f.states = {order_state::paid};
             f.channel = db::pay_channel::native;
             f.opened_from = middle;
             f.opened_before = middle + 30LL * 86'400'000;
         }},
    };
}

double milliseconds(const std::function<void()>& act) {
    std::vector<double> took;
    for (int i = 0; i < 5; ++i) {
        const auto start = steady::now();
        act();
        took.push_back(std::chrono::duration<double, std::milli>(steady::now() - start).count());
    }
    std::sort(took.begin(), took.end());
    return took[took.size() / 2];
}

}  // namespace

int main(int count, char** words) {
    const std::int64_t orders = count > 1 ? std::atoll(words[1]) : 1'000'000;
    support::private_server::choices how;
    for (int i = 2; i < count; ++i) how.options.emplace_back(words[i]);
    const support::private_server server{how};
    const support::private_database database{server, CAMPUS_SCHEMA_DIR};
    const auto start = steady::now();
    fill(database, orders);
    const std::chrono::duration<double> filled = steady::now() - start;
    std::printf("%lld orders made in %.0f s\n", static_cast<long long>(orders), filled.count());

    db::pool_options options;
    options.where = database.url();
    options.size = 1;
    options.read_timeout_s = 600;
    options.statement_limit_s = 600;
    db::pool pool{options};
    double one = 0;
    std::printf(
        "%-44s %9s %7s %9s %7s %5s\n", "", "page ms", "ratio", "next ms", "sums ms", "rows"
    );
    for (const auto& each : questions(orders)) {
        db::order_filter wanted;
        each.set(wanted);
        std::vector<db::found_order> page;
        std::optional<db::page_end> below;
        const auto read = [&] {
            const auto unit = [&](db::connection& db) {
                return db::search_orders(db, wanted, below, 51);
            };
            page = pool.run_now(unit);
        };
        const auto first = milliseconds(read);
        const auto rows = page.size();
        if (one == 0) one = first;
        double next = 0;
        if (!page.empty()) {
            below = db::end_of_page(wanted, page.back());
            next = milliseconds(read);
        }
        const auto sums = milliseconds([&] {
            pool.run_now([&](db::connection& db) { return db::sum_orders(db, wanted, 100'000); });
        });
        std::printf(
            "%-44s %9.1f %7.1f %9.1f %7.0f %5zu\n", each.what, first, first / one, next, sums, rows
        );
        std::fflush(stdout);
    }
    return 0;
}
