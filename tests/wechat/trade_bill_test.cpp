#include "wechat/pay/trade_bill.hpp"

#include <map>

#include <doctest/doctest.h>
#include <malloc.h>

#include "server/base/beijing.hpp"
#include "tests/wechat/bill_bytes.hpp"
#include "tests/wechat/vectors.hpp"

using namespace wechat::pay;
using bill_bytes::opened;
using vectors::at;

namespace {

const std::string sample = vectors::text("wechat-pay/bills/tradebill-all.csv");

struct read_bill {
    std::vector<trade_row> rows;
    trade_sums sums;
    bill_refusal why;
};

read_bill read(std::string_view text) {
    read_bill made;
    const auto file = opened(text);
    const auto keep = [&made](const trade_row& row) { made.rows.push_back(row); };
    const auto got = read_trade_bill(file, keep);
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

// Every one of them.
std::string changed_all(const std::string& from, const std::string& to, std::string in = sample) {
    for (auto where = in.find(from); where != std::string::npos;
         where = in.find(from, where + to.size())) {
        in.replace(where, from.size(), to);
    }
    return in;
}

std::string why_not(const std::string& text) {
    return to_text(read(text).why);
}

// A cell of the expected table, "" for a column that the kind does not have.
std::string expected_cell(const rapidjson::Value& bill, std::size_t row, const std::string& name) {
    const auto& columns = bill["columns"];
    for (rapidjson::SizeType i = 0; i < columns.Size(); ++i) {
        if (name == columns[i].GetString()) {
            return bill["rows"][static_cast<rapidjson::SizeType>(row)][i].GetString();
        }
    }
    return "";
}

base::fen fen_of(const std::string& text) {
    return text.empty() ? base::fen{} : base::parse_yuan(text).value();
}

base::epoch_ms instant_of(const std::string& text) {
    return base::parse_rfc3339(text.substr(0, 10) + "T" + text.substr(11) + "+08:00").value();
}

// Of the heap; always 0 under a sanitizer, which has a heap of its own.
std::size_t bytes_in_use() {
    const auto now = mallinfo2();
    return now.uordblks + now.hblkhd;
}

std::string number_of(const std::string& text) {
    return text == "0" ? "" : text;
}

}  // namespace

TEST_CASE("bills.json: every trade bill, row by row") {
    const auto file = vectors::json("wechat-pay/bills.json");
    int seen = 0;
    for (const auto& one : file["bills"].GetArray()) {
        if (!one.HasMember("bill_type")) continue;
        ++seen;
        CAPTURE(at(one, "file"));
        const auto got = read(vectors::text("wechat-pay/" + at(one, "file")));
        CHECK(to_text(got.why) == "none");
        CHECK(got.sums.tells_refunds == (at(one, "bill_type") != "SUCCESS"));
        REQUIRE(got.rows.size() == one["rows"].Size());
        CHECK(got.sums.rows == one["rows"].Size());
        for (std::size_t i = 0; i < got.rows.size(); ++i) {
            const auto cell = [&](const std::string& name) { return expected_cell(one, i, name); };
            const auto& row = got.rows[i];
            CHECK(row.line == i + 2);
            CHECK(row.mch_id == cell("商户号"));
            CHECK(row.transaction_id == cell("微信订单号"));
            CHECK(row.out_trade_no == cell("商户订单号"));
            CHECK(row.state_text == cell("交易状态"));
            CHECK(row.order_amount == fen_of(cell("订单金额")));
            CHECK(row.settlement_amount == fen_of(cell("应结订单金额")));
            CHECK(to_text(row.fee) == cell("手续费"));
            CHECK(row.refund_id == number_of(cell("微信退款单号")));
            CHECK(row.out_refund_no == number_of(cell("商户退款单号")));
            CHECK(row.refund_applied == fen_of(cell("申请退款金额")));
            CHECK(row.refunded == fen_of(cell("退款金额")));
            CHECK(row.refund_type == cell("退款类型"));
            CHECK(row.refund_status == cell("退款状态"));
            const auto applied = cell("退款申请时间");
            CHECK(row.time == instant_of(applied.empty() ? cell("交易时间") : applied));
        }
    }
    CHECK(seen == 6);
}

TEST_CASE("a trade bill's rows and sums in our words") {
    const auto got = read(sample);
    REQUIRE(got.rows.size() == 3);
    CHECK(got.rows[0].state == bill_row_state::success);
    CHECK(got.rows[0].time == 1795223703'000);  // 2026-11-21T01:15:03Z
    CHECK(got.rows[0].order_amount == base::fen{560000});
    CHECK(got.rows[0].fee == fine_yuan{3'360'000});
    CHECK(got.rows[0].refund_id.empty());
    CHECK(got.rows[1].fee == fine_yuan{5'940});
    CHECK(base::business_day_of(got.rows[1].time) == base::business_day{2026, 11, 21});
    CHECK(got.rows[2].state == bill_row_state::refund);
    CHECK(got.rows[2].out_refund_no == "RF20261121-0001");
    CHECK(got.rows[2].refund_id == "50300000002026112100000000001");
    CHECK(got.rows[2].refund_applied == base::fen{120000});
    CHECK(got.rows[2].refund_status == "PROCESSING");
    CHECK(got.rows[2].fee == fine_yuan{-720'000});
    CHECK(got.sums.order_amount == base::fen{560990});
    CHECK(got.sums.settlement_amount == base::fen{560990});
    CHECK(got.sums.refund_applied == base::fen{120000});
    CHECK(got.sums.refunded == base::fen{120000});
    CHECK(got.sums.fees == fine_yuan{2'645'940});
}

TEST_CASE("columns are found by name: new ones, moved ones") {
    // A new column in front of all others, and one before the last.
    std::string text;
    std::size_t line = 0;
    for (std::size_t start = 0; start < sample.size(); ++line) {
        const auto end = sample.find("\r\n", start);
        auto one = sample.substr(start, end - start);
        start = end + 2;
        if (line == 0) one = "明天的列,费率," + one.substr(3);
        if (line >= 1 && line <= 3) one = "`x,`y" + ("," + one);
        text += one + "\n";
    }
    const auto got = read(text);
    // 费率 is there twice now, but nobody asks for it.
    CHECK(to_text(got.why) == "none");
    REQUIRE(got.rows.size() == 3);
    CHECK(got.rows[2].out_refund_no == "RF20261121-0001");

    // Moved: two columns change places, with their cells.
    const auto other = vectors::text("wechat-pay/bills/tradebill-success.csv");
    auto moved = changed("手续费,费率,订单金额", "订单金额,费率,手续费", other);
    moved = changed("`33.60000,`0.60%,`5600.00", "`5600.00,`0.60%,`33.60000", moved);
    moved = changed("`0.05940,`0.60%,`9.90", "`9.90,`0.60%,`0.05940", moved);
    const auto again = read(moved);
    CHECK(to_text(again.why) == "none");
    REQUIRE(again.rows.size() == 2);
    CHECK(again.rows[0].order_amount == base::fen{560000});
    CHECK(again.rows[0].fee == fine_yuan{3'360'000});
}

TEST_CASE("totals may be printed as floating numbers") {
    const auto floats = changed(
        "`3,`5609.90,`1200.00,`0.00,`26.45940,`5609.90,`1200.00",
        "`3.0,`5609.900000000001,`1.2E3,`0.0,`26.4594,`5609.9,`1200.0"
    );
    CHECK(why_not(floats) == "none");
}

TEST_CASE("an odd trade bill is refused by name and line") {
    struct row {
        std::string name;
        std::string text;
        std::string expected;
    };
    const std::string totals_names =
        "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,"
        "申请退款总金额";
    const std::string totals = "`3,`5609.90,`1200.00,`0.00,`26.45940,`5609.90,`1200.00";
    const auto before_totals = sample.substr(0, sample.find("总交易单数"));
    const auto last_row = sample.rfind("`2026-11-21 10:00:10");
    const row rows[] = {
        {"as it is", sample, "none"},
        {"without the last line end", sample.substr(0, sample.size() - 2), "none"},
        {"blank lines at the end", sample + "\r\n\r\n", "none"},
        {"commas inside a cell", changed("校园卡充值", "卡,充,值,"), "none"},
        {"a backtick inside a cell", changed("校园卡充值", "卡`充"), "none"},
        {"a state of tomorrow", changed("SUCCESS", "SOMETHING"), "none"},
        {"a column more", changed("费率备注\r\n", "费率备注,明天的列\r\n"), "line 2: cells_differ"},
        // the header
        {"empty", "", "header_missing"},
        {"only a mark", "\xef\xbb\xbf", "line 1: header_missing"},
        {"no header", sample.substr(sample.find('`')), "line 1: header_missing"},
        {"another kind of bill",
         vectors::text("wechat-pay/bills/fundflow-basic.csv"),
         "line 1: column_missing in 交易时间"},
        {"a page", "<html>\n<body>\n", "line 1: column_missing in 交易时间"},
        {"the old format", changed(",订单金额,", ",总金额,"), "line 1: column_missing in 订单金额"},
        {"half of the refund's columns",
         changed("申请退款金额", "申请金额"),
         "line 1: column_missing in 申请退款金额"},
        {"a column twice", changed("费率备注", "手续费"), "line 1: column_twice in 手续费"},
        {"too many columns",
         "交易时间," + std::string(200, ',') + sample,
         "line 1: header_missing"},
        // rows
        {"a separator inside a cell",
         changed("校园卡充值", "校园卡,`充值"),
         "line 3: cells_differ"},
        {"a line break inside a cell",
         changed("校园卡充值", "校园卡\n充值"),
         "line 3: cells_differ"},
        {"a cell less", changed(",`9.90,`0.00,`\r\n", ",`9.90,`0.00\r\n"), "line 3: cells_differ"},
        {"a row without backticks",
         changed("`2026-11-21 23:59:59", "2026-11-21 23:59:59"),
         "line 3: not_a_row"},
        {"a blank line between",
         changed("\r\n`2026-11-21 23", "\r\n\r\n`2026-11-21 23"),
         "line 3: not_a_row"},
        {"a NUL", changed("校园卡充值", std::string("卡\0充", 7)), "line 3: not_text"},
        {"a very long line",
         changed("校园卡充值", std::string(33 * 1024, 'x')),
         "line 3: line_too_long"},
        {"a line without end",
         sample.substr(0, sample.find("校园")) + std::string(99'999, 'x'),
         "line 3: line_too_long"},
        {"a time of no day",
         changed("2026-11-21 23:59:59", "2026-11-31 23:59:59"),
         "line 3: bad_time in 交易时间"},
        {"a time too short",
         changed("2026-11-21 23:59:59", "2026-11-21 23:59"),
         "line 3: bad_time in 交易时间"},
        {"a time in words", changed("2026-11-21 23:59:59", "今天"), "line 3: bad_time in 交易时间"},
        {"a time with a zone",
         changed("2026-11-21 23:59:59", "2026-11-21T23:59:59"),
         "line 3: bad_time in 交易时间"},
        {"a negative amount",
         changed("`0.60%,`9.90", "`0.60%,`-9.90"),
         "line 3: bad_amount in 订单金额"},
        {"a third decimal",
         changed("`0.60%,`9.90", "`0.60%,`9.901"),
         "line 3: bad_amount in 订单金额"},
        {"an empty amount", changed("`0.60%,`9.90", "`0.60%,`"), "line 3: bad_amount in 订单金额"},
        {"an exponent in a row",
         changed("`0.60%,`9.90", "`0.60%,`9.9E0"),
         "line 3: bad_amount in 订单金额"},
        {"a huge amount",
         changed("`0.60%,`9.90", "`0.60%,`9999999999.90"),
         "line 3: bad_amount in 订单金额"},
        {"a negative refund",
         changed("`0.00,`1200.00,`\r\n", "`0.00,`-1200.00,`\r\n"),
         "line 4: bad_amount in 申请退款金额"},
        {"a fee in words", changed("0.05940", "免费"), "line 3: bad_amount in 手续费"},
        {"no order number", changed("JLCP20261121AB_0002", ""), "line 3: bad_cell in 商户订单号"},
        {"no transaction",
         changed("4200002611202611212222222222", ""),
         "line 3: bad_cell in 微信订单号"},
        {"no merchant", changed_all("1699999901", ""), "line 2: bad_cell in 商户号"},
        {"a number with a blank",
         changed("JLCP20261121AB_0002", "JLCP 0002"),
         "line 3: bad_cell in 商户订单号"},
        {"a number in Chinese",
         changed("JLCP20261121AB_0002", "订单"),
         "line 3: bad_cell in 商户订单号"},
        {"a long number",
         changed("JLCP20261121AB_0002", std::string(65, 'A')),
         "line 3: bad_cell in 商户订单号"},
        {"a refund without a number",
         changed("50300000002026112100000000001", "0"),
         "line 4: bad_cell in 微信退款单号"},
        {"a refund in a bill without",
         changed("SUCCESS", "REFUND", vectors::text("wechat-pay/bills/tradebill-success.csv")),
         "line 2: bad_cell in 微信退款单号"},
        // the end
        {"cut after a row", before_totals, "line 4: totals_missing"},
        {"cut inside a row", sample.substr(0, sample.find("校园")), "line 3: cells_differ"},
        {"no totals line", before_totals + totals_names + "\r\n", "line 5: totals_missing"},
        {"totals without backticks",
         before_totals + totals_names + "\r\n3,1,1\r\n",
         "line 6: totals_missing"},
        {"a total less",
         before_totals + totals_names + "\r\n`3,`5609.90\r\n",
         "line 6: cells_differ"},
        {"something after the totals", sample + "`1\r\n", "line 7: totals_followed"},
        {"two bills in one", sample + sample, "line 7: totals_followed"},
        {"no count", changed("总交易单数", "总单数"), "line 5: not_a_row"},
        {"no total of fees",
         changed("手续费总金额", "手续费"),
         "line 6: totals_missing in 手续费总金额"},
        {"no total of refunds",
         changed("申请退款总金额", "退款"),
         "line 6: totals_missing in 申请退款总金额"},
        {"a row less",
         sample.substr(0, last_row) + totals_names + "\r\n" + totals,
         "line 5: totals_differ in 总交易单数"},
        {"count", changed("`3,`5609", "`4,`5609"), "line 6: totals_differ in 总交易单数"},
        {"half a row", changed("`3,`5609", "`3.5,`5609"), "line 6: totals_differ in 总交易单数"},
        {"amounts",
         changed("`5609.90,`1200.00\r\n", "`5609.91,`1200.00\r\n"),
         "line 6: totals_differ in 订单总金额"},
        {"fees", changed("26.45940", "26.45941"), "line 6: totals_differ in 手续费总金额"},
        {"fees without sign",
         changed("-7.20000", "7.20000"),
         "line 6: totals_differ in 手续费总金额"},
        {"refunds", changed("`5609.90,`1200.00\r\n", "`5609.90,`1200\r\n"), "none"},
        {"refunds differ",
         changed("`5609.90,`1200.00\r\n", "`5609.90,`120.00\r\n"),
         "line 6: totals_differ in 申请退款总金额"},
        {"settled",
         changed("`3,`5609.90", "`3,`5609.00"),
         "line 6: totals_differ in 应结订单总金额"},
        {"refunded",
         changed("`5609.90,`1200.00,`0.00,", "`5609.90,`1200.01,`0.00,"),
         "line 6: totals_differ in 退款总金额"},
        {"coupons",
         changed("`1200.00,`0.00,`26", "`1200.00,`0.10,`26"),
         "line 6: totals_differ in 充值券退款总金额"},
        {"a total in words", changed("26.45940", "很多"), "line 6: totals_differ in 手续费总金额"},
        {"a changed amount",
         changed("`0.60%,`9.90", "`0.60%,`9.91"),
         "line 6: totals_differ in 订单总金额"},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.name);
        CHECK(why_not(expected.text) == expected.expected);
    }
}

TEST_CASE("a day without payments is a bill without rows") {
    const auto got = read(vectors::text("wechat-pay/bills/tradebill-all-empty.csv"));
    CHECK_FALSE(got.why);
    CHECK(got.rows.empty());
    CHECK(got.sums.rows == 0);
    CHECK(got.sums.fees == fine_yuan{});
}

TEST_CASE("rows may be pulled one by one; the end is seen once") {
    const auto file = opened(sample);
    trade_bill_reader reader{file};
    int count = 0;
    while (const auto* row = reader.next()) {
        ++count;
        CHECK(row->line == static_cast<std::size_t>(count) + 1);
        CHECK(reader.sums().rows == count);
    }
    CHECK(count == 3);
    CHECK(reader.next() == nullptr);
    CHECK_FALSE(reader.refusal());

    const auto odd = opened(changed("`0.60%,`9.90", "`0.60%,`x"));
    trade_bill_reader other{odd};
    CHECK(other.next() != nullptr);
    CHECK(other.next() == nullptr);
    CHECK(other.next() == nullptr);
    CHECK(other.refusal().what == bill_fault::bad_amount);
    CHECK(other.refusal().line == 3);
}

TEST_CASE("a line without end is given up at its limit, not collected") {
    const auto file = opened(std::string(20'000'000, 'x'));
    const auto before = bytes_in_use();
    bill_lines lines{file};
    CHECK_FALSE(lines.next());
    CHECK(lines.fault() == bill_fault::line_too_long);
    CHECK(bytes_in_use() < before + 512 * 1024);
}

TEST_CASE("100,000 rows are read in bounded memory") {
    constexpr int count = 100'000;
    const auto head = sample.substr(0, sample.find('\n') + 1);
    bill_bytes::packer into;
    std::size_t size = 0;
    const auto add = [&](const std::string& line) {
        into.add(line);
        size += line.size();
    };
    add(head);
    for (int i = 0; i < count; ++i) {
        const auto number = std::to_string(1'000'000 + i);
        add("`2026-11-21 12:00:00,`wx0123456789abcdef,`1699999901,`0,`,`42000026112026112" +
            number + ",`JLCP20261121_" + number +
            ",`oTEST,`JSAPI,`SUCCESS,`OTHERS,`CNY,`0.03,`0.00,`0,`0,`0.00," + "`0.00,`,`,`学费" +
            std::string(200, 'x') + ",`,`0.00018,`0.60%,`0.03,`0.00,`\r\n");
    }
    add("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,"
        "申请退款总金额\r\n");
    add("`100000.0,`3000.0,`0.0,`0.0,`18.0,`3000.0,`0.0\r\n");
    const auto raw = into.taken();
    CHECK(size > 40'000'000);

    // The hash of what was packed, without unpacking it all at once.
    std::string hash;
    {
        std::string plain;
        bill_pieces pieces{raw, bill_file::unpacked_max};
        for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) plain += piece;
        hash = bill_bytes::sha1_hex(plain);
    }
    const auto before = bytes_in_use();
    std::size_t peak = 0;
    const auto opened = bill_file::open(raw, hash);
    REQUIRE(opened.file);
    int seen = 0;
    const auto got = read_trade_bill(*opened.file, [&](const trade_row& row) {
        if (++seen % 1000 == 0) peak = std::max(peak, bytes_in_use());
        if (row.line != static_cast<std::size_t>(seen) + 1) FAIL("lines out of step");
    });
    CHECK_FALSE(got.why);
    CHECK(seen == count);
    CHECK(got.sums.order_amount == base::fen{300'000});
    CHECK(got.sums.fees == fine_yuan{1'800'000});
    // The packed file is there once more, and some buffers.
    CHECK(peak < before + raw.size() + 512 * 1024);
    CHECK(opened.file->unpacked_size() == size);
}
