#include "wechat/pay/fund_flow.hpp"

#include <doctest/doctest.h>

#include "tests/wechat/bill_bytes.hpp"
#include "tests/wechat/vectors.hpp"

using namespace wechat::pay;
using bill_bytes::opened;
using vectors::at;

namespace {

const std::string sample = vectors::text("wechat-pay/bills/fundflow-basic.csv");

struct read_flow {
    std::vector<flow_row> rows;
    flow_sums sums;
    bill_refusal why;
};

read_flow read(std::string_view text) {
    read_flow made;
    const auto file = opened(text);
    const auto keep = [&made](const flow_row& row) { made.rows.push_back(row); };
    const auto got = read_fund_flow(file, keep);
    made.sums = got.sums;
    made.why = got.why;
    if (made.why) CHECK(made.rows.empty());
    return made;
}

std::string changed(const std::string& from, const std::string& to, std::string in = sample) {
    const auto where = in.find(from);
    REQUIRE(where != std::string::npos);
    return in.replace(where, from.size(), to);
}

std::string why_not(const std::string& text) {
    return to_text(read(text).why);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = text.find("\r\n", start);
        out.push_back(text.substr(start, end + 2 - start));
        start = end + 2;
    }
    return out;
}

}  // namespace

TEST_CASE("bills.json: the fund-flow bill, row by row") {
    const auto file = vectors::json("wechat-pay/bills.json");
    int seen = 0;
    for (const auto& one : file["bills"].GetArray()) {
        if (!one.HasMember("account_type")) continue;
        ++seen;
        const auto got = read(vectors::text("wechat-pay/" + at(one, "file")));
        CHECK(to_text(got.why) == "none");
        const auto& rows = one["rows"];
        REQUIRE(got.rows.size() == rows.Size());
        for (rapidjson::SizeType i = 0; i < rows.Size(); ++i) {
            const auto cell = [&](rapidjson::SizeType column) {
                return std::string{rows[i][column].GetString()};
            };
            const auto& row = got.rows[i];
            CHECK(row.line == i + 2);
            CHECK(row.business_no == cell(1));
            CHECK(row.flow_no == cell(2));
            CHECK(row.business_name == cell(3));
            CHECK(row.business_type == cell(4));
            CHECK((row.direction == flow_direction::income) == (cell(5) == "收入"));
            CHECK(base::to_yuan(row.amount) == cell(6));
            CHECK(base::to_yuan(row.balance) == cell(7));
            CHECK(row.voucher_no == cell(10));
        }
    }
    CHECK(seen == 1);
}

TEST_CASE("a fund-flow bill proves the balance") {
    const auto got = read(sample);
    CHECK(got.rows[0].time == 1795223703'000);
    CHECK(got.rows[0].signed_amount() == base::fen{560000});
    CHECK(got.rows[1].signed_amount() == base::fen{-3360});
    CHECK(got.sums.income_rows == 1);
    CHECK(got.sums.expense_rows == 2);
    CHECK(got.sums.income == base::fen{560000});
    CHECK(got.sums.expense == base::fen{122640});
    CHECK(got.sums.order == balance_order::oldest_first);
    CHECK(got.sums.opening == base::fen{1000000});
    CHECK(got.sums.closing == base::fen{1437360});
    CHECK(*got.sums.closing == *got.sums.opening + got.sums.income - got.sums.expense);
}

TEST_CASE("the order of the rows is seen from the balances") {
    const auto lines = lines_of(sample);
    REQUIRE(lines.size() == 6);
    const auto newest = lines[0] + lines[3] + lines[2] + lines[1] + lines[4] + lines[5];
    const auto falling = read(newest);
    CHECK_FALSE(falling.why);
    CHECK(falling.sums.order == balance_order::newest_first);
    CHECK(falling.sums.opening == base::fen{1000000});
    CHECK(falling.sums.closing == base::fen{1437360});

    const auto mixed = lines[0] + lines[3] + lines[1] + lines[2] + lines[4] + lines[5];
    const auto none = read(mixed);
    CHECK_FALSE(none.why);
    CHECK(none.sums.order == balance_order::none);
    CHECK_FALSE(none.sums.opening);
    CHECK_FALSE(none.sums.closing);

    // A balance that does not follow from the one before.
    const auto torn = read(changed("15566.40", "15566.41"));
    CHECK_FALSE(torn.why);
    CHECK(torn.sums.order == balance_order::none);

    const auto one = lines[0] + lines[1] + lines[4] + "`1,`1,`5600,`0,`0\r\n";
    const auto single = read(one);
    CHECK_FALSE(single.why);
    CHECK(single.sums.order == balance_order::oldest_first);
    CHECK(single.sums.opening == base::fen{1000000});
    CHECK(single.sums.closing == base::fen{1560000});

    const auto empty = read(lines[0] + lines[4] + "`0.0,`0.0,`0.0,`0.0,`0.0\r\n");
    CHECK_FALSE(empty.why);
    CHECK(empty.rows.empty());
    CHECK_FALSE(empty.sums.opening);
}

TEST_CASE("an overdrawn account has a negative balance") {
    const auto lines = lines_of(sample);
    const auto text =
        lines[0] + changed("15600.00", "-4400.00", lines[1]) + lines[4] + "`1,`1,`5600,`0,`0\r\n";
    const auto got = read(text);
    CHECK_FALSE(got.why);
    CHECK(got.sums.opening == base::fen{-1000000});
    CHECK(got.sums.closing == base::fen{-440000});
}

TEST_CASE("an odd fund-flow bill is refused by name and line") {
    struct row {
        std::string name;
        std::string text;
        std::string expected;
    };
    const row rows[] = {
        {"as it is", sample, "none"},
        {"another kind",
         vectors::text("wechat-pay/bills/tradebill-all.csv"),
         "line 1: column_missing in 记账时间"},
        {"a column missing",
         changed("账户结余(元)", "结余"),
         "line 1: column_missing in 账户结余(元)"},
        {"neither in nor out", changed("`收入", "`其他"), "line 2: bad_cell in 收支类型"},
        {"a negative amount", changed("`33.60", "`-33.60"), "line 3: bad_amount in 收支金额(元)"},
        {"a balance in words", changed("`15566.40", "`?"), "line 3: bad_amount in 账户结余(元)"},
        {"a time", changed("10:00:10", "25:00:10"), "line 4: bad_time in 记账时间"},
        {"a separator inside a cell", changed("system", "sys,`tem"), "line 2: cells_differ"},
        {"a comma inside a cell", changed("system", "sys,tem"), "none"},
        {"a long remark", changed("system", std::string(8000, 'x')), "none"},
        {"a kept name that is no text",
         changed("`退款,`退款", "`\xff,`退款"),
         "line 4: bad_cell in 业务名称"},
        {"a kept name with a tab",
         changed("`退款,`退款", "`退\t款,`退款"),
         "line 4: bad_cell in 业务名称"},
        {"a kept name that is long",
         changed("`退款,`退款", "`" + std::string(257, 'x') + ",`退款"),
         "line 4: bad_cell in 业务名称"},
        {"rows", changed("`3.0,", "`2.0,"), "line 6: totals_differ in 资金流水总笔数"},
        {"income", changed("`5600.0,", "`5600.01,"), "line 6: totals_differ in 收入金额"},
        {"expense", changed("`1226.4", "`1226.39"), "line 6: totals_differ in 支出金额"},
        {"expense, a rounding of floats", changed("`1226.4", "`1226.4000000000001"), "none"},
        {"incomes", changed("`1.0,", "`2.0,"), "line 6: totals_differ in 收入笔数"},
        {"expenses", changed("`2.0,", "`1.0,"), "line 6: totals_differ in 支出笔数"},
        {"a direction turned",
         changed("`支出,`33.60", "`收入,`33.60"),
         "line 6: totals_differ in 收入笔数"},
        {"no total of expense",
         changed("支出金额\r\n", "支出\r\n"),
         "line 6: totals_missing in 支出金额"},
        {"cut", sample.substr(0, sample.find("资金流水总")), "line 4: totals_missing"},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        CHECK(why_not(expected.text) == expected.expected);
    }
}
