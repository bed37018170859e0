#include "db/errors.hpp"

#include <array>
#include <string>

#include <doctest/doctest.h>

using db::classify;
using db::failure_kind;

TEST_CASE("each error code has the meaning that the reliability table gives it") {
    using enum failure_kind;
    struct row {
        failure_kind kind;
        std::initializer_list<int> codes;
    };
    const std::array table{
        row{conflict, {1213, 1020, 1205}},
        row{lost, {2002, 2003, 2006, 2013, 2014, 2026, 2027, 2055, 1040, 1047, 1053, 1077,
                   1079, 1152, 1158, 1159, 1160, 1161, 1180, 1184, 1290, 1317, 1927, 4031}},
        row{duplicate, {1062, 1586}},
        row{broken, {1114, 1021, 1030, 1034, 1194}},
        row{time_limit, {1969, 3024}},
        row{ours, {1064, 1146, 1054, 1366, 1406, 1264, 1142, 1227, 4165, 1045, 1452, 1153}},
    };
    for (const auto& line : table) {
        for (const int code : line.codes) {
            CAPTURE(code);
            CHECK(to_text(classify(code, "HY000")) == to_text(line.kind));
        }
    }
}

TEST_CASE("an unknown code goes by its SQLSTATE, and every client error means lost") {
    CHECK(classify(9999, "40001") == failure_kind::conflict);
    CHECK(classify(9999, "08S01") == failure_kind::lost);
    CHECK(classify(9999, "08004") == failure_kind::lost);
    CHECK(classify(9999, "HY000") == failure_kind::ours);
    CHECK(classify(0, "") == failure_kind::ours);
    CHECK(classify(2999, "HY000") == failure_kind::lost);
    CHECK(classify(1999, "HY000") == failure_kind::ours);
}

TEST_CASE("a known code outweighs its SQLSTATE") {
    CHECK(classify(1213, "08S01") == failure_kind::conflict);
    CHECK(classify(1205, "HY000") == failure_kind::conflict);
}

TEST_CASE("raise makes a duplicate key tell its key and hide its value") {
    const auto key_of = [](const char* message) -> std::string {
        try {
            db::raise(1062, "23000", message);
        } catch (const db::duplicate_key& error) {
            CHECK(std::string{error.what()}.find("22010219900101") == std::string::npos);
            return error.key();
        }
    };
    CHECK(
        key_of("Duplicate entry '220102199001011234' for key 'people_id_number'") ==
        "people_id_number"
    );
    CHECK(
        key_of("Duplicate entry '220102199001011234' for key 'people.people_id_number'") ==
        "people_id_number"
    );
    CHECK(
        key_of("Duplicate entry 'x' for key 'y'-220102199001011234' for key 'PRIMARY'") == "PRIMARY"
    );
}

TEST_CASE("messages keep names of columns and lose values") {
    const db::failure column{1054, "42S22", "Unknown column 'colour' in 'field list'"};
    CHECK(std::string{column.what()}.find("'colour'") != std::string::npos);
    const db::failure value{1366, "22007", "Incorrect string value: '\\xE5\\xBC\\xA0' for column"};
    CHECK(std::string{value.what()}.find("xE5") == std::string::npos);
    const db::failure open_quote{1292, "22007", "Truncated value: '13800138000"};
    CHECK(std::string{open_quote.what()}.find("138") == std::string::npos);
}
