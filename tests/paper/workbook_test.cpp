#include "server/paper/workbook.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "server/base/encoding.hpp"

namespace {

struct own_folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("campus-book-" + base::random_token());
    own_folder() { std::filesystem::create_directory(path); }
    ~own_folder() { std::filesystem::remove_all(path); }
};

// Read back by another program than the one that wrote.
std::string part_of(const std::filesystem::path& file, const std::string& part) {
    const auto out = file.string() + ".part";
    const auto command = "unzip -p '" + file.string() + "' " + part + " > '" + out + "'";
    REQUIRE(std::system(command.c_str()) == 0);  // NOLINT: a test
    std::ifstream in{out};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("a workbook keeps long numbers as text and money as yuan that can be summed up") {
    const own_folder here;
    const auto file = here.path / "x.xlsx";
    paper::workbook book{
        file, here.path, "订单", {{"订单号", 30}, {"金额", 12}, {"笔数"}, {"备注"}}};
    const std::array<paper::cell, 4> row{
        std::string{"20261122000000000000000001"}, base::fen{700'009}, std::int64_t{3}, {}};
    book.add(row);
    const std::array<paper::cell, 4> hostile{
        std::string{"=1+1"}, base::fen{-1}, std::int64_t{0}, std::string{"<b>&\"甲"}};
    book.add(hostile);
    CHECK(book.rows() == 2);
    book.end();
    const auto sheet = part_of(file, "xl/worksheets/sheet1.xml");
    CHECK(sheet.find("<t>20261122000000000000000001</t>") != std::string::npos);
    CHECK(sheet.find("<v>7000.09</v>") != std::string::npos);
    CHECK(sheet.find("<v>-0.01</v>") != std::string::npos);
    CHECK(sheet.find("<t>=1+1</t>") != std::string::npos);
    CHECK(sheet.find("<f>") == std::string::npos);  // text, never a formula
    CHECK(sheet.find("&lt;b&gt;&amp;\"甲") != std::string::npos);
    CHECK(part_of(file, "xl/workbook.xml").find("name=\"订单\"") != std::string::npos);
}

TEST_CASE("a workbook that nobody ends leaves no trouble behind") {
    const own_folder here;
    paper::workbook book{here.path / "x.xlsx", here.path, "a", {{"b"}}};
    const std::array<paper::cell, 1> row{std::string{"c"}};
    book.add(row);
}
