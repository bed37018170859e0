#include <future>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/flows/import_file.hpp"
#include "server/flows/import_text.hpp"
#include "tests/flows/import_fixture.hpp"

// What imports write, and that they write all of it or nothing, whoever else is writing.
namespace {

using namespace import_fixture;
using flows::import_kind;
using flows::import_outcome;
using lines = std::vector<std::string>;

const std::string three_students = "学号,姓名,证件号码,手机号,班级\n1001,张三," + id_number(1) +
                                   ",13800000001,一班\n1002,李小四," + id_number(2) +
                                   ",,二班\n,王五," + id_number(3) + ",,\n";

const std::string two_items =
    "项目名称,类别,商户号,必缴,顺序\n学费,学费,,是,1\n住宿费,住宿费,1900000002,,2\n";

const std::string bill_heading = "学号,收费区间,收费项目,应缴金额,截止日期\n";
const std::string two_bills = bill_heading +
                              "1001,2025-2026学年,学费,5300.00,2026-12-31\n"
                              "1001,2025-2026学年,住宿费,800.00,\n";

void fill(school& here) {
    REQUIRE(here.students(three_students).outcome == import_outcome::written);
    REQUIRE(here.items(two_items).outcome == import_outcome::written);
    REQUIRE(here.bills(two_bills).outcome == import_outcome::written);
}

// Everything that an import may write.
std::string fingerprint(const school& here) {
    std::string out;
    for (const auto* table : {"people", "fee_items", "bills", "import_batches", "audit"}) {
        out += here.value("CHECKSUM TABLE " + std::string{table} + " EXTENDED") + "/";
        out += here.count(table) + " ";
    }
    return out;
}

std::string many_students(int count, const std::string& class_name) {
    std::string out = "学号,姓名,证件号码,手机号,班级\n";
    for (int i = 0; i < count; ++i) {
        out += std::to_string(100000 + i) + ",学生," + id_number(i) + ",13800000001," + class_name +
               "\n";
    }
    return out;
}

}  // namespace

TEST_CASE("students are stored sealed and found by hash") {
    school here;
    const auto report = here.students(three_students);
    CHECK(report.outcome == import_outcome::written);
    CHECK(counts_of(report) == "3 0 0 0");
    CHECK(here.count("people") == "3");
    const auto hash = base::to_hex(here.vault.id_number_hash(id_number(1)));
    const auto where = " FROM people WHERE id_number_hash = UNHEX('" + hash + "')";
    const auto id = std::stoll(here.value("SELECT id" + where));
    CHECK(here.value("SELECT student_no" + where) == "1001");
    CHECK(here.value("SELECT name" + where) == "张三");
    CHECK(here.value("SELECT kind" + where) == "current");
    CHECK(here.value("SELECT gender" + where) == "male");
    CHECK(here.value("SELECT class_name" + where) == "一班");
    const auto sealed = base::from_hex(here.value("SELECT HEX(id_number_sealed)" + where));
    CHECK(here.vault.open_id_number(id, *sealed) == id_number(1));
    const auto phone = base::from_hex(here.value("SELECT HEX(phone_sealed)" + where));
    CHECK(here.vault.open_phone(id, *phone) == "13800000001");
    CHECK(here.value("SELECT kind FROM people WHERE student_no IS NULL") == "new");
    CHECK(here.value("SELECT COUNT(*) FROM people WHERE password_hash IS NULL") == "3");
}

TEST_CASE("each import leaves a batch and an audit row without personal data") {
    school here;
    const auto report = here.students(three_students);
    const auto id = std::to_string(report.batch_id);
    CHECK(here.value("SELECT id FROM import_batches") == id);
    CHECK(here.value("SELECT kind FROM import_batches") == "students");
    CHECK(here.value("SELECT LOWER(HEX(file_sha256)) FROM import_batches") == report.sha256);
    CHECK(report.sha256 == base::to_hex(base::sha256(three_students)));
    CHECK(here.value("SELECT rows_new FROM import_batches") == "3");
    CHECK(here.value("SELECT made_by FROM import_batches") == "tester");
    CHECK(here.value("SELECT actor FROM audit") == "command:tester");
    CHECK(here.value("SELECT action FROM audit") == "import.students");
    CHECK(here.value("SELECT object FROM audit").find("batch:" + id) == 0);
    CHECK(here.value("SELECT result FROM audit") == "new 3 changed 0 same 0");
}

TEST_CASE("a dry run shows everything and writes nothing") {
    school here;
    fill(here);
    const auto before = fingerprint(here);
    const auto students = here.students(
        "学号,姓名,证件号码,班级\n1001,张三," + id_number(1) + ",三班\n1009,赵六," + id_number(9) +
            ",三班\n",
        true
    );
    CHECK(students.outcome == import_outcome::shown);
    CHECK(counts_of(students) == "1 1 0 0");
    const auto bills = here.bills(
        bill_heading + "1001,2025-2026学年,学费,5000.00,\n1002,2025-2026学年,学费,5300.00,\n", true
    );
    CHECK(counts_of(bills) == "1 1 0 0");
    CHECK(bills.difference.new_total == base::fen{530000});
    CHECK(bills.difference.changed_total == base::fen{-30000});
    CHECK(here.items("项目名称,类别\n书费,其他\n", true).outcome == import_outcome::shown);
    CHECK(fingerprint(here) == before);
}

TEST_CASE("the report shows no personal data in the clear") {
    school here;
    const auto fresh = flows::to_text(here.students(three_students, true), "a.csv");
    CHECK(fresh.find("学号1002 李*四") != std::string::npos);
    fill(here);
    const auto changed = flows::to_text(
        here.students(
            "学号,姓名,证件号码,手机号\n1001,张三丰," + id_number(1) + ",13800009999\n", true
        ),
        "a.csv"
    );
    CHECK(changed.find("姓名 张* → 张*丰") != std::string::npos);
    CHECK(changed.find("手机号 138****0001 → 138****9999") != std::string::npos);
    for (const auto& text : {fresh, changed}) {
        for (const auto& secret :
             {std::string{"李小四"}, std::string{"13800009999"}, id_number(1), id_number(3)}) {
            CHECK(text.find(secret) == std::string::npos);
        }
    }
}

TEST_CASE("the same file again changes nothing, whatever was paid meanwhile") {
    school here;
    fill(here);
    here.execute("UPDATE bills SET paid_fen = due_fen, version = version + 1");
    here.execute("UPDATE bills SET live_order_no = 'CP1' WHERE due_fen = 80000");
    const auto checksums = here.value("CHECKSUM TABLE people EXTENDED") +
                           here.value("CHECKSUM TABLE bills EXTENDED") +
                           here.value("CHECKSUM TABLE fee_items EXTENDED");
    const auto students = here.students(three_students);
    CHECK(students.outcome == import_outcome::unchanged);
    CHECK(counts_of(students) == "0 0 3 0");
    CHECK(counts_of(here.items(two_items)) == "0 0 2 0");
    CHECK(counts_of(here.bills(two_bills)) == "0 0 2 0");
    CHECK(
        checksums == here.value("CHECKSUM TABLE people EXTENDED") +
                         here.value("CHECKSUM TABLE bills EXTENDED") +
                         here.value("CHECKSUM TABLE fee_items EXTENDED")
    );
    CHECK(here.count("import_batches") == "6");
}

TEST_CASE("changed students: given cells change, blank ones and missing columns do not") {
    school here;
    fill(here);
    here.execute("UPDATE people SET password_hash = 'kept', email = 'a@b' WHERE student_no = '1001'"
    );
    const auto report = here.students(
        "学号,姓名,证件号码,手机号,班级,年级\n1001,张三," + id_number(1) +
        ",,三班,2025\n1002,李小四," + id_number(2) + ",13900000002,,\n1003,王五," + id_number(3) +
        ",,,\n"
    );
    CHECK(report.outcome == import_outcome::written);
    CHECK(counts_of(report) == "0 3 0 0");
    const std::string zhang = " FROM people WHERE student_no = '1001'";
    CHECK(here.value("SELECT class_name" + zhang) == "三班");
    CHECK(here.value("SELECT grade" + zhang) == "2025");
    CHECK(here.value("SELECT version" + zhang) == "2");
    CHECK(here.value("SELECT password_hash" + zhang) == "kept");
    CHECK(here.value("SELECT email" + zhang) == "a@b");
    const auto id = std::stoll(here.value("SELECT id" + zhang));
    const auto phone = base::from_hex(here.value("SELECT HEX(phone_sealed)" + zhang));
    CHECK(here.vault.open_phone(id, *phone) == "13800000001");
    const auto sealed = base::from_hex(here.value("SELECT HEX(id_number_sealed)" + zhang));
    CHECK(here.vault.open_id_number(id, *sealed) == id_number(1));
    CHECK(here.value("SELECT COUNT(*) FROM people WHERE phone_sealed IS NOT NULL") == "2");
    // The new student has got a number.
    CHECK(here.value("SELECT name FROM people WHERE student_no = '1003'") == "王五");

    const auto cleared =
        here.students("学号,姓名,证件号码,手机号\n1001,张三," + id_number(1) + ",无\n");
    CHECK(counts_of(cleared) == "0 1 0 0");
    CHECK(here.value("SELECT COUNT(*)" + zhang + " AND phone_sealed IS NULL") == "1");
}

TEST_CASE("students in conflict refuse the whole file") {
    school here;
    fill(here);
    const auto before = fingerprint(here);
    const auto report = here.students(
        "学号,姓名,证件号码\n1001,张三," + id_number(11) + "\n1009,李小四," + id_number(2) +
        "\n1002,张三," + id_number(1) + "\n1010,赵六," + id_number(10) + "\n"
    );
    CHECK(report.outcome == import_outcome::refused_conflicts);
    CHECK(
        conflicts_of(report) ==
        lines{"2|id_number_differs", "3|student_no_differs", "4|numbers_of_two_people"}
    );
    CHECK(counts_of(report) == "1 0 0 3");
    CHECK(fingerprint(here) == before);
}

TEST_CASE("items: defaults for what is new, given cells for what is known") {
    school here;
    here.items(two_items + "水费,生活,,,,2026-09-01,\n");
    CHECK(here.count("fee_items") == "0");  // one cell too many
    here.items(
        "项目名称,类别,商户号,必缴,顺序,开放日期,截止日期\n学费,学费,,,,,\n水费,生活,1900000002,,7,"
        "2026-09-01,2026-12-31\n"
    );
    const std::string water = " FROM fee_items WHERE name = '水费'";
    CHECK(here.value("SELECT mch_id FROM fee_items WHERE name = '学费'") == "1900000001");
    CHECK(here.value("SELECT required FROM fee_items WHERE name = '学费'") == "1");
    CHECK(here.value("SELECT mch_id" + water) == "1900000002");
    CHECK(here.value("SELECT required" + water) == "0");
    CHECK(here.value("SELECT settle_order" + water) == "7");
    const auto from = std::stoll(here.value("SELECT open_from_ms" + water));
    const auto until = std::stoll(here.value("SELECT open_until_ms" + water));
    CHECK(base::to_rfc3339(from) == "2026-09-01T00:00:00+08:00");
    CHECK(base::to_text(base::business_day_of(until)) == "2026-12-31");
    CHECK(base::business_day_of(until + 1) == base::business_day{2027, 1, 1});

    const auto report = here.items("项目,类别,必缴,截止日期\n水费,其他,是,不限\n");
    CHECK(counts_of(report) == "0 1 0 0");
    CHECK(here.value("SELECT category" + water) == "other");
    CHECK(here.value("SELECT required" + water) == "1");
    CHECK(here.value("SELECT mch_id" + water) == "1900000002");
    CHECK(here.value("SELECT open_until_ms IS NULL" + water) == "1");
    CHECK(std::stoll(here.value("SELECT open_from_ms" + water)) == from);
}

TEST_CASE("bills: due is the standard amount with its adjustments") {
    school here;
    fill(here);
    const std::string tuition = " FROM bills WHERE standard_fen > 100000";
    CHECK(here.value("SELECT due_fen" + tuition) == "530000");
    CHECK(here.value("SELECT paid_fen" + tuition) == "0");
    const auto before = std::stoll(here.value("SELECT pay_before_ms" + tuition));
    CHECK(base::to_text(base::business_day_of(before)) == "2026-12-31");
    // A reduction of 300 yuan.
    here.execute("UPDATE bills SET due_fen = 500000, version = version + 1 WHERE due_fen = 530000");
    CHECK(counts_of(here.bills(two_bills)) == "0 0 2 0");
    const auto report = here.bills(bill_heading + "1001,2025-2026学年,学费,5800.00,\n");
    CHECK(counts_of(report) == "0 1 0 0");
    CHECK(here.value("SELECT standard_fen" + tuition) == "580000");
    CHECK(here.value("SELECT due_fen" + tuition) == "550000");
    CHECK(std::stoll(here.value("SELECT pay_before_ms" + tuition)) == before);
    here.bills(bill_heading + "1001,2025-2026学年,学费,5800.00,无\n");
    CHECK(here.value("SELECT pay_before_ms IS NULL" + tuition) == "1");
}

TEST_CASE("bills in conflict with money refuse the whole file") {
    school here;
    fill(here);
    here.bills(bill_heading + "1002,2025-2026学年,学费,5300,\n1002,2025-2026学年,住宿费,1000,\n");
    here.execute("UPDATE bills SET paid_fen = 530000 WHERE due_fen = 530000");
    here.execute("UPDATE bills SET live_order_no = 'CP1' WHERE due_fen = 80000");
    here.execute("UPDATE bills SET due_fen = 0 WHERE due_fen = 100000");
    const auto before = fingerprint(here);
    const auto report = here.bills(
        bill_heading +
        "1001,2025-2026学年,学费,5299.99,\n"
        "1001,2025-2026学年,住宿费,800.01,\n"
        "1002,2025-2026学年,住宿费,999.99,\n"
        "1002,2025-2026学年,学费,5300.01,\n"
        "1002,2026-2027学年,学费,5300,\n"
    );
    CHECK(report.outcome == import_outcome::refused_conflicts);
    CHECK(
        conflicts_of(report) ==
        lines{"2|bill_below_paid", "3|bill_in_live_order", "4|bill_below_zero"}
    );
    CHECK(counts_of(report) == "1 1 0 3");
    CHECK(fingerprint(here) == before);
    const auto text = flows::to_text(report, "bills.csv");
    CHECK(text.find("[bill_below_paid]") != std::string::npos);
    // The day may still be changed while an order lives.
    const auto day = here.bills(bill_heading + "1001,2025-2026学年,住宿费,800,2027-01-31\n");
    CHECK(day.outcome == import_outcome::written);
    CHECK(here.value("SELECT live_order_no FROM bills WHERE due_fen = 80000") == "CP1");
}

TEST_CASE("an order or a payment between comparing and writing is not overwritten") {
    school here;
    fill(here);
    const std::string file = bill_heading +
                             "1001,2025-2026学年,学费,5000,\n"
                             "1002,2025-2026学年,学费,5300,\n";
    const std::string tuition = " WHERE standard_fen = 530000";
    // As the orders write; and writers that forget the version must not win either.
    const std::vector<std::pair<std::string, std::string>> others{
        {"UPDATE bills SET live_order_no = 'CP1', version = version + 1", "bill_in_live_order"},
        {"UPDATE bills SET live_order_no = 'CP1'", "bill_in_live_order"},
        {"UPDATE bills SET paid_fen = 530000, version = version + 1", "bill_below_paid"},
        {"UPDATE bills SET paid_fen = 530000", "bill_below_paid"}};
    for (const auto& [write, wanted] : others) {
        CAPTURE(write);
        int calls = 0;
        const auto meanwhile = [&, write = write] {
            if (calls++ == 0) here.execute(write + tuition);
        };
        const auto report = here.import(import_kind::bills, file, false, meanwhile);
        CHECK(report.outcome == import_outcome::refused_conflicts);
        CHECK(conflicts_of(report) == lines{"2|" + wanted});
        CHECK(here.count("bills") == "2");
        CHECK(here.value("SELECT due_fen FROM bills" + tuition) == "530000");
        here.execute("UPDATE bills SET live_order_no = NULL, paid_fen = 0");
    }
}

TEST_CASE("a student who changes the phone meanwhile is read again, not overwritten") {
    school here;
    fill(here);
    int calls = 0;
    const auto meanwhile = [&] {
        if (calls++ == 0) {
            here.execute(
                "UPDATE people SET major = '路桥', version = version + 1 WHERE student_no = '1001'"
            );
        }
    };
    const auto report = here.import(
        import_kind::students,
        "学号,姓名,证件号码,班级\n1001,张三," + id_number(1) + ",九班\n",
        false,
        meanwhile
    );
    CHECK(report.outcome == import_outcome::written);
    CHECK(calls == 2);
    CHECK(
        here.value("SELECT CONCAT(major, class_name, version) FROM people WHERE student_no = '1001'"
        ) == "路桥九班3"
    );
}

TEST_CASE("two imports of the same file at once: one writes, the other finds it done") {
    school here;
    int calls = 0;
    const auto meanwhile = [&] {
        if (calls++ == 0) CHECK(here.students(three_students).outcome == import_outcome::written);
    };
    const auto report = here.import(import_kind::students, three_students, false, meanwhile);
    CHECK(report.outcome == import_outcome::unchanged);
    CHECK(counts_of(report) == "0 0 3 0");
    CHECK(here.count("people") == "3");
}

TEST_CASE("endless interference ends as busy, with nothing written") {
    school here;
    fill(here);
    const auto meanwhile = [&] { here.execute("UPDATE bills SET version = version + 1"); };
    CHECK_THROWS_AS(
        here.import(
            import_kind::bills, bill_heading + "1001,2025-2026学年,学费,1,\n", false, meanwhile
        ),
        base::error
    );
    CHECK(here.value("SELECT SUM(due_fen) FROM bills") == "610000");
}

TEST_CASE("more rows than one statement takes, new and changed") {
    school here;
    CHECK(counts_of(here.students(many_students(1203, "甲班"))) == "1203 0 0 0");
    CHECK(counts_of(here.students(many_students(1203, "甲班"))) == "0 0 1203 0");
    CHECK(counts_of(here.students(many_students(1204, "乙班"))) == "1 1203 0 0");
    CHECK(here.value("SELECT COUNT(*) FROM people WHERE class_name = '乙班'") == "1204");
    here.items(two_items);
    std::string first = bill_heading;
    std::string second = bill_heading;
    for (int i = 0; i < 1203; ++i) {
        const auto start = std::to_string(100000 + i) + ",2025,学费,";
        first += start + std::to_string(5000 + i) + ",\n";
        second += start + std::to_string(6000 + i) + ",\n";
    }
    CHECK(counts_of(here.bills(first)) == "1203 0 0 0");
    CHECK(counts_of(here.bills(second)) == "0 1203 0 0");
    CHECK(
        here.value("SELECT SUM(due_fen) FROM bills") ==
        std::to_string((6000 * 1203 + 1202 * 1203 / 2) * 100)
    );
    CHECK(counts_of(here.bills(second)) == "0 0 1203 0");
}

TEST_CASE("a server that dies in the middle leaves nothing behind") {
    support::private_server server;
    auto database =
        std::make_unique<support::private_database>(server, std::string{CAMPUS_SCHEMA_DIR});
    const auto& look = *database;
    std::promise<void> killed;
    bool armed = true;
    const auto fault = [&](const db::fault_point& point) {
        // The third statement of the writing unit: people of the first piece are in.
        const bool second = point.sql.find("INSERT INTO people") == 0 && point.statement == 3;
        if (!second || !std::exchange(armed, false)) return;
        server.kill();
        killed.set_value();
    };
    school here{std::move(database), fault};
    auto running =
        std::async(std::launch::async, [&] { return here.students(many_students(1203, "甲班")); });
    killed.get_future().wait();
    server.start();
    // Never a part: nothing yet, or all of it when the next try was quicker than this look.
    const auto then = look.value("SELECT COUNT(*) FROM people");
    CHECK((then == "0" || then == "1203"));
    const auto report = running.get();
    // The pool began again on a new connection, from the first row.
    CHECK(report.outcome == import_outcome::written);
    CHECK(look.value("SELECT COUNT(*) FROM people") == "1203");
    CHECK(look.value("SELECT COUNT(*) FROM import_batches") == "1");
}

TEST_CASE("a unit that gives up in the middle has written nothing") {
    bool armed = true;
    const auto fault = [&](const db::fault_point& point) {
        const bool last = point.sql.find("INSERT INTO import_batches") == 0;
        if (armed && last) db::raise(1146, "42S02", "no such table");
    };
    school here{std::make_unique<support::private_database>(), fault};
    CHECK_THROWS_AS(here.students(many_students(600, "甲班")), base::error);
    armed = false;
    CHECK(here.count("people") == "0");
    CHECK(here.students(many_students(600, "甲班")).outcome == import_outcome::written);
}

TEST_CASE("a COMMIT of unknown outcome that had taken effect is not repeated") {
    bool armed = true;
    bool written = false;
    const auto fault = [&](const db::fault_point& point) {
        written = written || point.sql.find("INSERT INTO audit") == 0;
        const bool after = point.where == db::fault_point::place::after_commit;
        if (!after || !written || !std::exchange(armed, false)) return;
        db::raise(2013, "HY000", "lost connection");
    };
    school here{std::make_unique<support::private_database>(), fault};
    const auto report = here.students(three_students);
    CHECK_FALSE(armed);
    CHECK(report.outcome == import_outcome::written);
    CHECK(here.count("people") == "3");
    CHECK(here.count("import_batches") == "1");
    CHECK(here.count("audit") == "1");
}
