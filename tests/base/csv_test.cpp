#include "server/base/csv.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace {

using namespace std::string_literals;
using base::csv_refusal;
using base::csv_table;

// Rows as "number|cell|cell".
std::vector<std::string> rows_of(const csv_table& table) {
    std::vector<std::string> out;
    for (std::size_t row = 0; row < table.size(); ++row) {
        auto line = std::to_string(table.number_of(row));
        for (std::size_t column = 0; column < table.width_of(row); ++column) {
            line += '|';
            line += table.cell(row, column);
        }
        out.push_back(line);
    }
    return out;
}

std::vector<std::string> rows_of(const std::string& bytes) {
    return rows_of(base::read_csv(bytes));
}

using lines = std::vector<std::string>;

// "code@row", or "" when it is accepted.
std::string refusal_of(const std::string& bytes, const base::csv_limits& limits = {}) {
    try {
        base::read_csv(bytes, limits);
        return "";
    } catch (const csv_refusal& no) {
        CHECK_FALSE(no.message().empty());
        return no.code() + "@" + std::to_string(no.row());
    }
}

// 学号,姓名 CRLF 1,张三 in GBK.
const std::string gbk = "\xD1\xA7\xBA\xC5,\xD0\xD5\xC3\xFB\r\n1,\xD5\xC5\xC8\xFD\r\n"s;

}  // namespace

TEST_CASE("the encodings of Excel and of school systems read the same") {
    const lines wanted{"1|学号|姓名", "2|1|张三"};
    CHECK(rows_of("学号,姓名\r\n1,张三\r\n"s) == wanted);
    CHECK(rows_of("\xEF\xBB\xBF学号,姓名\r\n1,张三\r\n"s) == wanted);
    CHECK(rows_of(gbk) == wanted);
    CHECK(base::read_csv(gbk).encoding() == "GB18030");
    CHECK(
        base::read_csv("\xEF\xBB\xBF"
                       "a,b"s)
            .encoding() == "UTF-8"
    );
    const auto utf16le =
        "\xFF\xFE\x66\x5B\xF7\x53\t\0\xD3\x59\x0D\x54\r\0\n\0\x31\0\t\0\x20\x5F\x09\x4E\r\0\n\0"s;
    CHECK(rows_of(utf16le) == wanted);
    CHECK(base::read_csv(utf16le).separator() == '\t');
    CHECK(base::read_csv(utf16le).encoding() == "UTF-16LE");
    const auto utf16be =
        "\xFE\xFF\x5B\x66\x53\xF7\0\t\x59\xD3\x54\x0D\0\n\0\x31\0\t\x5F\x20\x4E\x09"s;
    CHECK(rows_of(utf16be) == wanted);
}

TEST_CASE("four-byte GB18030 is understood: rare characters in names") {
    CHECK(rows_of("\xD0\xD5\xC3\xFB\n\x81\x39\xEE\x39\n"s) == lines{"1|姓名", "2|㐀"});
}

TEST_CASE("bytes in no known encoding are refused by row") {
    CHECK(refusal_of("\xEF\xBB\xBF学号\n1\n\xD5\xC5\n"s) == "encoding_unknown@3");
    CHECK(refusal_of("学号,姓名\n1,张三\n2,\xD5\xC5\n"s) == "encoding_unknown@3");
    CHECK(refusal_of("\xD1\xA7\xBA\xC5\n1\n2\n\xFF\xFF\n"s) == "encoding_unknown@4");
    // A line break inside quotes is no new row.
    CHECK(refusal_of("\xD1\xA7\xBA\xC5\n\"1\n2\"\n\xFF\xFF\n"s) == "encoding_unknown@3");
    CHECK(refusal_of("\xFF\xFE\x66\x5B\n\0\x00\xD8\x31\0"s) == "encoding_unknown@2");
    CHECK(refusal_of("\xFF\xFE\x66\x5B\n"s) == "encoding_unknown@1");  // half a unit at the end
}

TEST_CASE("workbooks and web pages that are called .csv are named as such") {
    CHECK(refusal_of("PK\x03\x04zip"s) == "not_csv@0");
    CHECK(refusal_of("\xD0\xCF\x11\xE0ole"s) == "not_csv@0");
    CHECK(refusal_of("\r\n <html><table>"s) == "not_csv@0");
}

TEST_CASE("line ends and blank lines") {
    const lines wanted{"1|a|b", "2|c|d"};
    CHECK(rows_of("a,b\nc,d"s) == wanted);
    CHECK(rows_of("a,b\rc,d\r"s) == wanted);
    CHECK(rows_of("a,b\r\nc,d\r\n\r\n,,\r\n\r\n"s) == wanted);
    CHECK(rows_of("a,b\n\n , \nc,d\n"s) == lines{"1|a|b", "4|c|d"});
    CHECK(rows_of("a,b,,\nc,d,,\n"s) == wanted);
    CHECK(rows_of("a,b\n,d\n"s) == lines{"1|a|b", "2||d"});
}

TEST_CASE("quoted cells") {
    CHECK(rows_of("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n"s) == lines{"1|a|b", "2|x,y|say \"hi\""});
    CHECK(rows_of("a,b\n\"x\r\ny\",2\n3,4\n"s) == lines{"1|a|b", "2|x\r\ny|2", "3|3|4"});
    CHECK(rows_of("a,b\n \"x\" , 2\n"s) == lines{"1|a|b", "2|x|2"});
    CHECK(rows_of("a,b\n\"\",\"  \"\n\"\"\"\",1"s) == lines{"1|a|b", "3|\"|1"});
    CHECK(rows_of("a,b\n5\" pipe,2\n"s) == lines{"1|a|b", "2|5\" pipe|2"});
    CHECK(rows_of("a,b\n\"7,000.50\",2\n"s) == lines{"1|a|b", "2|7,000.50|2"});
    CHECK(refusal_of("a,b\n1,2\n\"x,y\n3,4\n"s) == "quote_never_ends@3");
    CHECK(refusal_of("a,b\n\"x\"y,2\n"s) == "quote_misplaced@2");
    CHECK(refusal_of("a,b\n\"" + std::string(5000, 'x') + "\"\n") == "cell_too_long@2");
    CHECK(refusal_of("a,b\n" + std::string(5000, 'x') + "\n") == "cell_too_long@2");
}

TEST_CASE("the separator is told by the first line that has one") {
    CHECK(rows_of("a;b;c\n1,5;2;3\n"s) == lines{"1|a|b|c", "2|1,5|2|3"});
    CHECK(rows_of("a\tb\n1,5\t2\n"s) == lines{"1|a|b", "2|1,5|2"});
    CHECK(rows_of("title\na;b\n1;2\n"s) == lines{"1|title", "2|a|b", "3|1|2"});
    CHECK(rows_of("\"x;y;z\",b\n1,2\n"s) == lines{"1|x;y;z|b", "2|1|2"});
    CHECK(rows_of("sep=;\r\na;b\r\n1;2,5\r\n"s) == lines{"1|a|b", "2|1|2,5"});
    CHECK(rows_of("only\none\n"s) == lines{"1|only", "2|one"});
}

TEST_CASE("text cells as Excel is made to keep them, and blanks that nobody sees") {
    CHECK(rows_of("a,b\n=\"00123\",'00456\n"s) == lines{"1|a|b", "2|00123|00456"});
    CHECK(rows_of("a,b\n\"=\"\"00123\"\"\",\"'7\"\n"s) == lines{"1|a|b", "2|00123|7"});
    CHECK(rows_of("a\n\u00A0\u3000x y\u3000\u00A0\n"s) == lines{"1|a", "2|x y"});
    CHECK(rows_of("a\n\u202D2201\u202C\n"s) == lines{"1|a", "2|2201"});
    CHECK(rows_of("a\n\u3000\u00A0\n1\n"s) == lines{"1|a", "3|1"});
}

TEST_CASE("limits") {
    base::csv_limits small;
    small.bytes_max = 20;
    small.rows_max = 2;
    small.columns_max = 3;
    CHECK(refusal_of("a,b\n1,2\n\n", small) == "");
    CHECK(refusal_of("a,b\n1,2\n3,4\n", small) == "too_many_rows@3");
    CHECK(refusal_of("a,b\n1,2,3,4\n", small) == "too_many_columns@2");
    CHECK(refusal_of("a,b\n1,2,3,,,,\n", small) == "");
    CHECK(refusal_of(std::string(21, 'a'), small) == "file_too_large@0");
    CHECK(refusal_of("") == "file_empty@0");
    CHECK(refusal_of("\xEF\xBB\xBF\r\n ,\r\n") == "file_empty@0");
    CHECK(refusal_of("a,b\n1,\0 2\n"s) == "nul_character@2");
    CHECK(refusal_of(std::string(20'000, ',') + "x") == "too_many_columns@1");
}

TEST_CASE("a large hostile file takes time in proportion to its size") {
    // Quotes, blanks and line ends in bulk: a second look at each would take hours.
    CHECK(rows_of(std::string(2U << 20U, '\n') + "a") == lines{"2097153|a"});
    CHECK(refusal_of("a\n\"" + std::string(2U << 20U, '"')) != "crash");
    CHECK(refusal_of(std::string(2U << 20U, ' ')) == "cell_too_long@1");
}

TEST_CASE("files") {
    const auto path = std::filesystem::temp_directory_path() / "campuspay_csv_test.csv";
    std::ofstream{path, std::ios::binary} << gbk;
    CHECK(base::read_csv_bytes(path.string()) == gbk);
    base::csv_limits small;
    small.bytes_max = 5;
    CHECK_THROWS_AS(base::read_csv_bytes(path.string(), small), csv_refusal);
    std::filesystem::remove(path);
    CHECK_THROWS_AS(base::read_csv_bytes(path.string()), csv_refusal);
    CHECK_THROWS_AS(base::read_csv_bytes("/"), csv_refusal);
}

TEST_CASE("numbers that Excel has spoiled") {
    for (const auto* text : {"1.23457E+17", "2.2E17", "2e+10"})
        CHECK(base::is_spoiled_number(text));
    for (const auto* text : {"", "E", "E5", "123", "12E3X", "A1E5", "1E"}) {
        CHECK_FALSE(base::is_spoiled_number(text));
    }
}
