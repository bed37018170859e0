#include "wechat/pay/bill_amount.hpp"

#include <doctest/doctest.h>

using namespace wechat::pay;

TEST_CASE("amounts of bills are read digit by digit") {
    struct row {
        std::string text;
        std::optional<std::int64_t> fine;  // 1e-5 yuan
        std::optional<std::int64_t> fen;
        std::optional<std::int64_t> total;
    };
    const auto no = std::nullopt;
    const row rows[] = {
        {"0", 0, 0, 0},
        {"0.00", 0, 0, 0},
        {"0.0", 0, 0, 0},
        {"-0.00", 0, 0, 0},
        {"1", 100'000, 100, 100'000},
        {"45.0", 4'500'000, 4'500, 4'500'000},
        {"5600.00", 560'000'000, 560'000, 560'000'000},
        {"9.9", 990'000, 990, 990'000},
        {"0.01", 1'000, 1, 1'000},
        {"0.05940", 5'940, no, 5'940},
        {"33.60000", 3'360'000, 3'360, 3'360'000},
        {"-7.20000", -720'000, -720, -720'000},
        {"0.00001", 1, no, 1},
        {"-0.00001", -1, no, -1},
        {"0.000010", 1, no, 1},
        {"0.000001", no, no, 0},
        {"0.000005", no, no, 1},
        {"-0.000005", no, no, -1},
        {"5609.899999999999", no, no, 560'990'000},
        {"5609.900000000001", no, no, 560'990'000},
        {"999999999.99", 99'999'999'999'000, 99'999'999'999, 99'999'999'999'000},
        {"000000000007.50", 750'000, 750, 750'000},
        {"1000000000.00", no, no, 100'000'000'000'000},
        {"9999999999999.99999", no, no, 999'999'999'999'999'999},
        {"10000000000000", no, no, no},
        {"1.12345678E7", no, no, 1'123'456'780'000},
        {"1.2E+7", no, no, 1'200'000'000'000},
        {"1E7", no, no, 1'000'000'000'000},
        {"-1.5e1", no, no, -1'500'000},
        {"5.0E-4", no, no, 50},
        {"1E-9", no, no, 0},
        {"1E-99", no, no, 0},
        {"1E99", no, no, no},
        {"1E100", no, no, no},
        {"1E", no, no, no},
        {"1E+", no, no, no},
        {"1E--7", no, no, no},
        {"1E1.0", no, no, no},
        {"E7", no, no, no},
        {"", no, no, no},
        {"-", no, no, no},
        {".", no, no, no},
        {".5", no, no, no},
        {"5.", no, no, no},
        {"+1.00", no, no, no},
        {"--1", no, no, no},
        {"1,000.00", no, no, no},
        {" 1.00", no, no, no},
        {"1.00 ", no, no, no},
        {"1.0.0", no, no, no},
        {"1.00\r", no, no, no},
        {"`1.00", no, no, no},
        {"１.00", no, no, no},
        {"0x10", no, no, no},
        {"NaN", no, no, no},
        {"Infinity", no, no, no},
        {"99999999999999999999", no, no, no},
        {std::string(40, '0'), no, no, no},
        {std::string(1000, '9'), no, no, no},
    };
    for (const auto& expected : rows) {
        CAPTURE(expected.text);
        const auto fine = read_fine(expected.text);
        CHECK(fine.has_value() == expected.fine.has_value());
        if (fine && expected.fine) CHECK(fine->count() == *expected.fine);
        const auto fen = read_fen(expected.text);
        CHECK(fen.has_value() == expected.fen.has_value());
        if (fen && expected.fen) CHECK(fen->count() == *expected.fen);
        const auto total = read_total(expected.text);
        CHECK(total.has_value() == expected.total.has_value());
        if (total && expected.total) CHECK(total->count() == *expected.total);
    }
}

TEST_CASE("fees are written with their five decimals") {
    CHECK(to_text(fine_yuan{}) == "0.00000");
    CHECK(to_text(fine_yuan{1}) == "0.00001");
    CHECK(to_text(fine_yuan{-720'000}) == "-7.20000");
    CHECK(to_text(fine_yuan{3'365'940}) == "33.65940");
    CHECK(to_text(fine_yuan{INT64_MIN}) == "-92233720368547.75808");
    CHECK(fine_yuan{-1} < fine_yuan{});
}
