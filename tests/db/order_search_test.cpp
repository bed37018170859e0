#include "db/order_search.hpp"

#include <functional>
#include <set>

#include <doctest/doctest.h>

#include "tests/db/college_fixture.hpp"

namespace {

using college_fixture::noon;

constexpr base::epoch_ms minute = 60'000;

// Orders 1 to 6 of two students; the newest is the first of a list.
struct order_desk : college_fixture::college {
    order_desk() {
        database.execute(
            "UPDATE people SET student_no = '2024001', name = '张三', college = '汽车学院', major "
            "= "
            "'汽车检测', class_name = '汽检2401', grade = '2024' WHERE id = 11;"
            "UPDATE people SET student_no = '2025_01', name = '张_四', college = '道桥学院', major "
            "= "
            "'道桥', class_name = '道桥2501', grade = '2025' WHERE id = 12"
        );
        put(1, 11, "paid", "jsapi", 530000, noon, noon + minute, "4200001", {{1, "2026-2027学年"}});
        put(2, 11, "closed", "jsapi", 100000, noon + minute, {}, "", {{2, "2026-2027学年"}});
        put(3,
            12,
            "paid",
            "native",
            530000,
            noon + 2 * minute,
            noon + 9 * minute,
            "4200003",
            {{1, "2025-2026学年"}, {2, "2025-2026学年"}});
        put(4, 12, "awaiting", "native", 999, noon + 3 * minute, {}, "", {{3, "2026-2027学年"}});
        put(5,
            11,
            "paid_late",
            "jsapi",
            48650,
            noon + 4 * minute,
            noon + 5 * minute,
            "4200005",
            {{3, "2026-2027学年"}},
            "amount_differs");
        // Opened in the same millisecond as the one before.
        put(6, 12, "opened", "jsapi", 530000, noon + 4 * minute, {}, "", {{1, "2026-2027学年"}});
    }

    struct line {
        int item;
        std::string period;
    };

    void put(
        int id,
        int person,
        const std::string& state,
        const std::string& channel,
        int fen,
        base::epoch_ms opened,
        std::optional<base::epoch_ms> paid,
        const std::string& transaction,
        const std::vector<line>& lines,
        const std::string& attention = {}
    ) const {
        const auto number = std::to_string(id);
        const auto text_or_null = [](const std::string& text) {
            return text.empty() ? std::string{"NULL"} : "'" + text + "'";
        };
        database.execute(
            "INSERT INTO orders (id, order_no, person_id, request_id, request_hash, state, "
            "channel, "
            "mch_id, merchant_name, amount_fen, created_ms, pay_until_ms, provider_body, paid_ms, "
            "transaction_id, attention) VALUES (" +
            number + ", 'CP" + number + "', " + std::to_string(person) + ", 'r" + number +
            "', REPEAT('x', 32), '" + state + "', '" + channel + "', '" +
            (id == 4 ? "1900000002" : "1900000001") + "', '学院', " + std::to_string(fen) + ", " +
            std::to_string(opened) + ", " + std::to_string(opened + 30 * minute) + ", '', " +
            (paid ? std::to_string(*paid) : "NULL") + ", " + text_or_null(transaction) + ", " +
            text_or_null(attention) + ")"
        );
        int line_no = 0;
        for (const auto& one : lines) {
            database.execute(
                "INSERT INTO order_lines (order_id, line_no, bill_id, item_id, item_name, period, "
                "amount_fen, opened_ms) VALUES (" +
                number + ", " + std::to_string(++line_no) + ", 1, " + std::to_string(one.item) +
                ", '项目" + std::to_string(one.item) + "', '" + one.period + "', 1, " +
                std::to_string(opened) + ")"
            );
        }
    }

    std::string ids_by(const db::order_filter& wanted, const db::search_effort& effort) {
        const auto found = pool.run_now([&](db::connection& db) {
            return db::search_orders(db, wanted, {}, 100, effort);
        });
        std::string out;
        for (const auto& one : found) out += std::to_string(one.id);
        return out;
    }

    std::string search(const db::order_filter& wanted) {
        const auto found = pool.run_now([&](db::connection& db) {
            return db::search_orders(db, wanted, {}, 100);
        });
        std::string out;
        for (const auto& one : found) out += std::to_string(one.id);
        // Whatever way is taken, it leads to the same orders.
        for (const db::search_effort effort :
             {db::search_effort{0, 0, 0}, {0, 2, 0}, {0, 2, 100}, {0, 100, 0}, {2, 1, 3}}) {
            CAPTURE(effort.short_way);
            CAPTURE(effort.newest);
            CHECK(out == ids_by(wanted, effort));
        }
        const auto sums =
            pool.run_now([&](db::connection& db) { return db::sum_orders(db, wanted, 100); });
        CHECK(sums.count == static_cast<std::int64_t>(found.size()));
        return out;
    }
};

struct search_row {
    const char* what;
    std::function<void(db::order_filter&)> set;
    const char* expected;
};

}  // namespace

TEST_CASE("orders are found by whatever finance knows of them, newest first") {
    using rules::order_state;
    using filter = db::order_filter;
    order_desk here;
    const search_row rows[] = {
        {"nothing", [](filter&) {}, "654321"},
        {"number", [](filter& f) { f.order_no = "CP3"; }, "3"},
        {"another's number", [](filter& f) { f.order_no = "CP9"; }, ""},
        {"WeChat's number", [](filter& f) { f.transaction_id = "4200005"; }, "5"},
        {"student number", [](filter& f) { f.student_no = "2024001"; }, "521"},
        {"a mark of LIKE is a letter", [](filter& f) { f.student_no = "2025%"; }, ""},
        {"how the name begins", [](filter& f) { f.name = "张"; }, "654321"},
        {"a name with a mark", [](filter& f) { f.name = "张_"; }, "643"},
        {"class", [](filter& f) { f.class_name = "汽检2401"; }, "521"},
        {"major", [](filter& f) { f.major = "道桥"; }, "643"},
        {"college", [](filter& f) { f.college = "道桥学院"; }, "643"},
        {"grade", [](filter& f) { f.grade = "2024"; }, "521"},
        {"item", [](filter& f) { f.item_id = 2; }, "32"},
        {"item and period",
         [](filter& f) {
             f.item_id = 1;
             f.period = "2026-2027学年";
         },
         "61"},
        {"period", [](filter& f) { f.period = "2025-2026学年"; }, "3"},
        {"state", [](filter& f) { f.states = {order_state::paid}; }, "31"},
        {"states",
         [](filter& f) {
             f.states = {order_state::paid, order_state::paid_late};
         },
         "531"},
        {"channel", [](filter& f) { f.channel = db::pay_channel::native; }, "43"},
        {"merchant", [](filter& f) { f.mch_id = "1900000002"; }, "4"},
        {"exact amount", [](filter& f) { f.amount_min = f.amount_max = base::fen{530000}; }, "631"},
        {"least amount", [](filter& f) { f.amount_min = base::fen{100001}; }, "631"},
        {"most amount", [](filter& f) { f.amount_max = base::fen{999}; }, "4"},
        {"opened",
         [](filter& f) {
             f.opened_from = noon + minute;
             f.opened_before = noon + 3 * minute;
         },
         "32"},
        {"paid, newest payment first", [](filter& f) { f.paid_from = noon; }, "351"},
        {"paid before", [](filter& f) { f.paid_before = noon + 6 * minute; }, "51"},
        {"odd", [](filter& f) { f.odd = true; }, "5"},
        {"several at once",
         [](filter& f) {
             f.states = {order_state::paid};
             f.name = "张三";
             f.item_id = 1;
         },
         "1"},
        {"colleges of the operator", [](filter& f) { f.colleges = {"汽车学院"}; }, "521"},
        {"several colleges",
         [](filter& f) {
             f.colleges = {"汽车学院", "道桥学院"};
         },
         "654321"},
        {"outside the operator's",
         [](filter& f) {
             f.colleges = {"汽车学院"};
             f.order_no = "CP3";
         },
         ""},
        {"another college than his",
         [](filter& f) {
             f.colleges = {"汽车学院"};
             f.college = "道桥学院";
         },
         ""},
    };
    for (const auto& one : rows) {
        CAPTURE(one.what);
        filter wanted;
        one.set(wanted);
        CHECK(here.search(wanted) == one.expected);
    }
}

TEST_CASE("pages follow each other without a gap, whatever was opened in the same millisecond") {
    order_desk here;
    for (const bool paid : {false, true}) {
        db::order_filter wanted;
        if (paid) wanted.paid_from = 1;
        std::string seen;
        std::optional<db::page_end> below;
        for (int page = 0; page < 9; ++page) {
            const auto found = here.pool.run_now([&](db::connection& db) {
                return db::search_orders(db, wanted, below, 1);
            });
            if (found.empty()) break;
            seen += std::to_string(found.back().id);
            below = db::end_of_page(wanted, found.back());
            // A newer one comes meanwhile and shifts nothing.
            here.put(
                100 + page, 11, "paid", "jsapi", 1, noon + 100 * minute, noon + 100 * minute, "", {}
            );
        }
        CHECK(seen == (paid ? "351" : "654321"));
        here.database.execute("DELETE FROM orders WHERE id >= 100");
    }
}

TEST_CASE("a row says what it is about, and sums are bounded") {
    order_desk here;
    here.database.execute(
        "INSERT INTO payments (id, mch_id, transaction_id, order_no, amount_fen, paid_ms, "
        "learnt_by, state, booked_ms, refund_held_fen, refund_done_fen) VALUES (1, '1900000001', "
        "'4200003', 'CP3', 530000, 1, 'notice', 'settled', 1, 300, 200)"
    );
    db::order_filter wanted;
    wanted.order_no = "CP3";
    const auto one = here.pool.run_now([&](db::connection& db) {
        return db::search_orders(db, wanted, {}, 10);
    });
    REQUIRE(one.size() == 1);
    CHECK(one[0].first_item == "项目1");
    CHECK(one[0].first_period == "2025-2026学年");
    CHECK(one[0].line_count == 2);
    CHECK(one[0].refunded == base::fen{200});
    CHECK(one[0].student.name == "张_四");
    const auto sums = [&](std::int64_t most) {
        return here.pool.run_now([&](db::connection& db) { return db::sum_orders(db, {}, most); });
    };
    CHECK(sums(6).complete);
    CHECK(sums(6).amount == base::fen{3 * 530000 + 100000 + 999 + 48650});
    CHECK(sums(6).paid == base::fen{2 * 530000 + 48650});
    CHECK(sums(6).paid_count == 3);
    CHECK_FALSE(sums(5).complete);
}

TEST_CASE("a pasted list says what each number was and which were not found") {
    order_desk here;
    const auto look_up = [&](const std::vector<std::string>& colleges) {
        return here.pool.run_now([&](db::connection& db) {
            return db::look_up_orders(
                db, {"CP3", "4200001", "2024001", "nothing", "CP3"}, colleges, 2
            );
        });
    };
    const auto all = look_up({});
    REQUIRE(all.size() == 5);
    CHECK(all[0].kind == db::number_kind::order_no);
    CHECK(all[0].orders[0].line_count == 2);
    CHECK(all[1].kind == db::number_kind::transaction_id);
    CHECK(all[1].orders[0].order_no == "CP1");
    CHECK(all[2].kind == db::number_kind::student_no);
    REQUIRE(all[2].orders.size() == 2);
    CHECK(all[2].orders[0].order_no == "CP5");
    CHECK(all[2].more);
    CHECK_FALSE(all[3].kind);
    CHECK(all[4].orders[0].line_count == 2);
    const auto few = look_up({"汽车学院"});
    CHECK_FALSE(few[0].kind);
    CHECK(few[1].kind == db::number_kind::transaction_id);
    const auto none = look_up({"道桥学院"});
    CHECK_FALSE(none[1].kind);
    CHECK_FALSE(none[2].kind);
}
