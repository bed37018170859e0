#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/flows/import_fixture.hpp"

// Reductions, surcharges, deferrals and loans from a file: each once, none below what is paid.
namespace {

using namespace import_fixture;
using flows::import_outcome;
using lines = std::vector<std::string>;

const std::string heading = "学号,收费区间,收费项目,类型,金额,截止日期,原因,文号\n";

void fill(school& here) {
    here.students("学号,姓名,证件号码\n1001,张三," + id_number(1) + "\n");
    here.items("项目名称,类别\n学费,学费\n住宿费,住宿费\n");
    here.bills("学号,收费区间,收费项目,应缴金额\n1001,2026-2027学年,学费,5300.00\n");
}

std::string due(const school& here) {
    return here.value("SELECT due_fen FROM bills");
}

std::string row(const std::string& rest) {
    return heading + "1001,2026-2027学年,学费," + rest + "\n";
}

}  // namespace

TEST_CASE("a reduction lowers what is due, once") {
    school here;
    fill(here);
    const auto file = row("减免,800.00,,家庭经济困难,资助〔2026〕3号");
    CHECK(here.adjustments(file, true).outcome == import_outcome::shown);
    CHECK(due(here) == "530000");
    CHECK(counts_of(here.adjustments(file)) == "1 0 0 0");
    CHECK(due(here) == "450000");
    CHECK(here.adjustments(file).outcome == import_outcome::unchanged);
    CHECK(due(here) == "450000");
    CHECK(here.value("SELECT standard_fen FROM bills") == "530000");
    CHECK(
        here.value("SELECT CONCAT(kind, amount_fen, made_by) FROM bill_adjustments") ==
        "reduction-80000tester"
    );
    here.adjustments(row("补收,100.00,,教材差价,"));
    CHECK(due(here) == "460000");
    CHECK_MESSAGE(
        here.bills("学号,收费区间,收费项目,应缴金额\n1001,2026-2027学年,学费,5000.00\n").outcome ==
            import_outcome::written,
        "a new standard"
    );
    CHECK_MESSAGE(due(here) == "430000", "adjustments stay on top of it");
}

TEST_CASE("the newest term of a kind counts, and may be repeated after another") {
    school here;
    fill(here);
    const auto march = row("缓缴,,2027-03-01,助学贷款办理中,");
    const auto june = row("缓缴,,2027-06-01,助学贷款办理中,");
    CHECK(here.adjustments(march).outcome == import_outcome::written);
    CHECK(here.adjustments(march).outcome == import_outcome::unchanged);
    CHECK(here.adjustments(june).outcome == import_outcome::written);
    CHECK(here.adjustments(march).outcome == import_outcome::written);
    CHECK(
        here.adjustments(row("助学贷款,5000.00,2026-12-31,国家助学贷款,HT-1")).outcome ==
        import_outcome::written
    );
    CHECK(
        here.value("SELECT GROUP_CONCAT(kind ORDER BY id) FROM bill_terms") ==
        "deferral,deferral,deferral,loan"
    );
    CHECK_MESSAGE(due(here) == "530000", "terms change no sum");
}

TEST_CASE("what a file of adjustments must not do") {
    school here;
    fill(here);
    const auto faults = [&](const std::string& rest) {
        return faults_of(here.adjustments(row(rest)));
    };
    CHECK(faults("赠送,1.00,,x,") == lines{"2|类型|kind_unknown"});
    CHECK(faults("减免,,,x,") == lines{"2|金额|cell_missing"});
    CHECK(faults("减免,0.00,,x,") == lines{"2|金额|amount_invalid"});
    CHECK(faults("减免,1.00,,,") == lines{"2|原因|cell_missing"});
    CHECK(faults("缓缴,,,x,") == lines{"2|截止日期|cell_missing"});
    CHECK(faults("助学贷款,1.00,,x,") == lines{"2|截止日期|cell_missing"});
    const auto other = here.adjustments(heading + "1001,2026-2027学年,住宿费,减免,1.00,,x,\n");
    CHECK(faults_of(other) == lines{"2|收费项目|bill_unknown"});
    const auto twice =
        here.adjustments(row("减免,1.00,,x,") + "1001,2026-2027学年,学费,减免,1.00,,x,\n");
    CHECK(faults_of(twice) == lines{"3|类型|row_duplicate"});

    CHECK(conflicts_of(here.adjustments(row("减免,5300.01,,x,"))) == lines{"2|bill_below_zero"});
    here.execute("UPDATE bills SET paid_fen = 500000");
    CHECK(conflicts_of(here.adjustments(row("减免,300.01,,x,"))) == lines{"2|bill_below_paid"});
    const auto both =
        here.adjustments(row("减免,200.00,,x,") + "1001,2026-2027学年,学费,减免,200.00,,y,\n");
    CHECK(conflicts_of(both) == lines{"3|bill_below_paid"});
    here.execute("UPDATE bills SET live_order_no = 'CP1'");
    CHECK(conflicts_of(here.adjustments(row("减免,100.00,,x,"))) == lines{"2|bill_in_live_order"});
    CHECK(due(here) == "530000");
    CHECK(here.count("bill_adjustments") == "0");
}
