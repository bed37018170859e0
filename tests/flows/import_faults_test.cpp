#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "server/flows/import_text.hpp"
#include "tests/flows/import_fixture.hpp"

// Dirty files: each fault is named by row, column and code, and nothing is written.
namespace {

using namespace import_fixture;
using flows::import_outcome;
using lines = std::vector<std::string>;

struct dirty_row {
    const char* what;
    std::string row;  // below the heading
    lines wanted;     // "column|code"
};

const auto good_id = id_number(1);
const auto other_id = id_number(2);

std::string with(std::string text, std::size_t at, char c) {
    text[at] = c;
    return text;
}

lines on_row_2(const lines& wanted) {
    lines out;
    for (const auto& one : wanted) out.push_back("2|" + one);
    return out;
}

}  // namespace

TEST_CASE("students: what a single row can have wrong") {
    school here;
    const std::string heading = "学号,姓名,身份证号,性别,手机,班级,年级,学生类别\n";
    const auto wrong_digit = with(good_id, 17, good_id[17] == '0' ? '1' : '0');
    const std::vector<dirty_row> rows{
        {"nothing", "1001,张三," + good_id + ",男,13800000001,一班,2025,在校生", {}},
        {"lower x, padding, full width",
         "１００１,张　三, " + good_id + " ,男,+86 138-0000-0001,,,",
         {}},
        {"a rare ideograph", "1001,张𠮷," + good_id + ",,,,,", {}},
        {"a new student without number", ",张三," + good_id + ",,,,,新生", {}},
        {"a landline", "1001,张三," + good_id + ",,0431-85521234,,,", {}},
        {"no name", "1001,," + good_id + ",,,,,", {"姓名|cell_missing"}},
        {"no ID number", "1001,张三,,,,,,", {"身份证号|cell_missing"}},
        {"two faults", "1001,,220102,,,,,", {"姓名|cell_missing", "身份证号|id_number_length"}},
        {"check digit", "1001,张三," + wrong_digit + ",,,,,", {"身份证号|id_number_check_digit"}},
        {"letters", "1001,张三,22010220050101A011,,,,,", {"身份证号|id_number_character"}},
        {"30 February", "1001,张三,220102200502300011,,,,,", {"身份证号|id_number_birth_day"}},
        {"Excel", "1001,张三,2.20102E+17,,,,,", {"身份证号|spoiled_by_excel"}},
        {"Excel on the number", "2.0251E+10,张三," + good_id + ",,,,,", {"学号|spoiled_by_excel"}},
        {"gender of another", "1001,张三," + good_id + ",女,,,,", {"性别|gender_differs"}},
        {"no gender", "1001,张三," + good_id + ",M,,,,", {"性别|gender_unknown"}},
        {"short phone", "1001,张三," + good_id + ",,1380000,,,", {"手机|phone_invalid"}},
        {"unknown kind", "1001,张三," + good_id + ",,,,,旁听", {"学生类别|kind_unknown"}},
        {"no number", ",张三," + good_id + ",,,,,在校生", {"学号|student_no_missing"}},
        {"odd number", "10 01,张三," + good_id + ",,,,,", {"学号|student_no_invalid"}},
        {"emoji", "1001,张😀," + good_id + ",,,,,", {"姓名|bad_character"}},
        {"control character", "1001,张\x01三," + good_id + ",,,,,", {"姓名|bad_character"}},
        {"replacement character", "1001,张\uFFFD," + good_id + ",,,,,", {"姓名|bad_character"}},
        {"lost character", "1001,张?," + good_id + ",,,,,", {"姓名|lost_character"}},
        {"line break", "1001,\"张\n三\"," + good_id + ",,,,,", {"姓名|bad_character"}},
        {"formula", "1001,张三," + good_id + ",,,=1+1,,", {"班级|bad_character"}},
        {"invisible", "1001,张\u200B三," + good_id + ",,,,,", {"姓名|bad_character"}},
        {"shifted columns", "1001,1002," + good_id + ",,,,,", {"姓名|name_invalid"}},
        {"long grade",
         "1001,张三," + good_id + ",,,,二〇二五级本科三年制高职扩招学生甲,",
         {"年级|too_long"}},
        {"an extra cell", "1001,张三," + good_id + ",,,,,,更多", {"|extra_cells"}},
    };
    for (const auto& one : rows) {
        CAPTURE(one.what);
        const auto report = here.students(heading + one.row + "\n", true);
        CHECK(faults_of(report) == on_row_2(one.wanted));
        const bool refused = report.outcome == import_outcome::refused_faults;
        CHECK(refused == !one.wanted.empty());
    }
    CHECK(here.count("people") == "0");
}

TEST_CASE("students: rows that contradict each other") {
    school here;
    const std::string heading = "学号,姓名,证件号码\n1001,张三," + good_id + "\n";
    const auto faults = [&](const std::string& row) {
        return faults_of(here.students(heading + row + "\n", true));
    };
    CHECK(faults("1002,李四," + other_id) == lines{});
    CHECK(faults("1001,张三," + good_id) == lines{"3|证件号码|row_duplicate"});
    CHECK(faults("1001,李四," + good_id) == lines{"3|姓名|id_number_two_names"});
    CHECK(faults("1002,张三," + good_id) == lines{"3|学号|id_number_two_student_nos"});
    CHECK(faults("1001,李四," + other_id) == lines{"3|学号|student_no_two_people"});
}

TEST_CASE("headings: missing, doubled, unknown, below a title, in other words") {
    school here;
    const std::string row = "1001,张三," + good_id + "\n";
    CHECK(faults_of(here.students("学号,姓名\n1001,张三\n")) == lines{"1|证件号码|column_missing"});
    CHECK(
        faults_of(here.students("学号,姓名,证件号码,学号\n" + row)) ==
        lines{"1|学号|column_duplicate"}
    );
    CHECK(
        faults_of(here.students("甲,乙\n1,2\n")) ==
        lines{"1|姓名|column_missing", "1|证件号码|column_missing"}
    );
    const auto titled = here.students(
        "2025级学生名单,,,\n学号（必填）, 姓 名 *,公民身份号码(18位),民族\n1001,张三," + good_id +
            ",汉\n",
        true
    );
    CHECK(faults_of(titled) == lines{});
    CHECK(counts_of(titled) == "1 0 0 0");
    CHECK(titled.difference.first_new.at(0).row == 3);
    REQUIRE(titled.notes.size() == 1);
    CHECK(titled.notes[0] == "未使用的列：民族");
    CHECK(
        faults_of(here.bills("收费区间,收费项目,应缴金额\na,b,1\n")) ==
        lines{"1|学号|column_missing"}
    );
    CHECK(faults_of(here.students("学号,姓名,证件号码\n\n")) == lines{"0||file_empty"});
    CHECK(faults_of(here.students("PK\x03\x04")) == lines{"0||not_csv"});
    CHECK(faults_of(here.students("学号,姓名\n\"1\n")) == lines{"2||quote_never_ends"});
}

TEST_CASE("items: what a row can have wrong") {
    school here;
    const std::string heading = "项目名称,类别,商户号,必缴,顺序,开放日期,截止日期\n";
    const std::vector<dirty_row> rows{
        {"nothing", "学费,学费,1900000002,是,1,2026-09-01,2026/12/31", {}},
        {"the least", "学费,tuition,,,,,", {}},
        {"no name", ",学费,,,,,", {"项目名称|cell_missing"}},
        {"no category", "学费,,,,,,", {"类别|cell_missing"}},
        {"unknown category", "学费,杂费,,,,,", {"类别|category_unknown"}},
        {"unknown merchant", "学费,学费,1900000009,,,,", {"商户号|merchant_unknown"}},
        {"neither yes nor no", "学费,学费,,也许,,,", {"必缴|yes_no_unknown"}},
        {"not a number", "学费,学费,,,第一,,", {"顺序|number_invalid"}},
        {"too large", "学费,学费,,,10000,,", {"顺序|number_invalid"}},
        {"no such day", "学费,学费,,,,2026-02-30,", {"开放日期|day_invalid"}},
        {"reversed", "学费,学费,,,,2026-12-31,2026-09-01", {"截止日期|window_reversed"}},
    };
    for (const auto& one : rows) {
        CAPTURE(one.what);
        CHECK(faults_of(here.items(heading + one.row + "\n", true)) == on_row_2(one.wanted));
    }
    CHECK(
        faults_of(here.items("项目,类别\n学费,学费\n学费,其他\n")) == lines{"3|项目|row_duplicate"}
    );
}

TEST_CASE("bills: what a row can have wrong") {
    school here;
    here.items("项目名称,类别\n学费,学费\n");
    here.students(
        "学号,姓名,证件号码\n1001,张三," + good_id + "\n1002,李四," + other_id + "\n,王五," +
        id_number(3) + "\n"
    );
    const std::string heading = "学号,证件号码,姓名,收费区间,收费项目,应缴金额（元）,截止日期\n";
    const auto amount = [](const char* text) {
        return "1001,,,2025-2026学年,学费," + std::string{text} + ",";
    };
    const auto day = [](const char* text) {
        return "1001,,,2025-2026学年,学费,5300," + std::string{text};
    };
    const lines bad_amount{"应缴金额（元）|amount_invalid"};
    const lines bad_day{"截止日期|day_invalid"};
    const std::vector<dirty_row> rows{
        {"nothing", "1001," + good_id + ",张三,2025-2026学年,学费,5300.00,2026-12-31", {}},
        {"by ID number", "," + id_number(3) + ",,2025-2026学年,学费,5300.00,", {}},
        {"grouped", amount("\"5,300.00\""), {}},
        {"one decimal", amount("5300.5"), {}},
        {"zero takes a bill back", amount("0.00"), {}},
        {"full width", amount("５３００．００"), {}},
        {"three decimals", amount("5300.005"), bad_amount},
        {"negative", amount("-5300"), bad_amount},
        {"currency sign", amount("￥5300"), bad_amount},
        {"scientific", amount("5.3E+3"), bad_amount},
        {"wrongly grouped", amount("\"53,00.00\""), bad_amount},
        {"too much", amount("100000000.00"), bad_amount},
        {"words", amount("伍仟"), bad_amount},
        {"no amount", amount(""), {"应缴金额（元）|cell_missing"}},
        {"days as Excel shows them", day("2026/1/5"), {}},
        {"with time", day("2026/1/5 0:00"), {}},
        {"compact", day("20260105"), {}},
        {"Chinese", day("2026年1月5日"), {}},
        {"no such day", day("2026-02-30"), bad_day},
        {"American", day("12/31/2026"), bad_day},
        {"another century", day("1926-12-31"), bad_day},
        {"nobody", ",,,2025,学费,1,", {"学号|cell_missing"}},
        {"no period", "1001,,,,学费,1,", {"收费区间|cell_missing"}},
        {"no item", "1001,,,2025,,1,", {"收费项目|cell_missing"}},
        {"unknown student", "1009,,,2025,学费,1,", {"学号|student_unknown"}},
        {"unknown ID", "," + id_number(9) + ",,2025,学费,1,", {"证件号码|student_unknown"}},
        {"unknown item", "1001,,,2025,空调费,1,", {"收费项目|item_unknown"}},
        {"both unknown",
         "1009,,,2025,空调费,1,",
         {"收费项目|item_unknown", "学号|student_unknown"}},
        {"two people", "1001," + other_id + ",,2025,学费,1,", {"证件号码|numbers_of_two_people"}},
        {"another name", "1001,,李四,2025,学费,1,", {"姓名|name_differs"}},
        {"unquoted grouping",
         "1001,,,2025,学费,5,300.00,2026-12-31",
         {"|extra_cells", "截止日期|day_invalid"}},
    };
    for (const auto& one : rows) {
        CAPTURE(one.what);
        auto found = faults_of(here.bills(heading + one.row + "\n", true));
        auto wanted = on_row_2(one.wanted);
        std::sort(found.begin(), found.end());
        std::sort(wanted.begin(), wanted.end());
        CHECK(found == wanted);
    }
    // The same bill, once by number and once by ID number, and with another kind of dash.
    const auto twice = here.bills(
        heading + "1001,,,2025-2026学年,学费,1,\n," + good_id + ",,2025–2026学年,学费,1,\n"
    );
    CHECK(faults_of(twice) == lines{"3|收费项目|row_duplicate"});
    CHECK(here.count("bills") == "0");
    CHECK(here.count("import_batches") == "2");
}

TEST_CASE("faults of the file and faults that the database shows come together, by row") {
    school here;
    here.items("项目名称,类别\n学费,学费\n");
    const auto report = here.bills(
        "学号,收费区间,收费项目,应缴金额\n1001,2025,学费,1\n1001,2025,学费,x\n1001,2025,水费,1\n"
    );
    CHECK(
        faults_of(report) ==
        lines{
            "2|学号|student_unknown",
            "3|应缴金额|amount_invalid",
            "4|学号|student_unknown",
            "4|收费项目|item_unknown"}
    );
}

TEST_CASE("the list of faults is short, its count is whole") {
    school here;
    std::string file = "学号,姓名,证件号码\n";
    for (int i = 0; i < 1000; ++i) file += std::to_string(i) + ",张三,1\n";
    const auto report = here.students(file);
    CHECK(report.faults.total() == 1000);
    CHECK(report.faults.first().size() == flows::fault_list::kept_max);
    CHECK(report.faults.first().front().row == 2);
    CHECK(report.faults.first().back().row == 201);
    const auto text = flows::to_text(report, "students.csv");
    CHECK(text.find("错误 1000 处") != std::string::npos);
    CHECK(text.find("……另有 800 处") != std::string::npos);
    CHECK(text.find("未写入任何数据") != std::string::npos);
}
