#include "server/rules/masks.hpp"

#include <string>

#include <doctest/doctest.h>

#include "server/base/encoding.hpp"

namespace {

struct row {
    std::string plain;
    std::string expected;
};

}  // namespace

TEST_CASE("names") {
    for (const auto& [plain, expected] : {
             row{"张三", "张*"},
             row{"张小同", "张*同"},
             row{"欧阳小同", "欧**同"},
             row{"买买提·艾合买提", "买******提"},
             row{"𠮷田", "𠮷*"},
             row{"张", "*"},
             row{"", "*"},
             row{"Li Lei", "L****i"},
         }) {
        CAPTURE(plain);
        CHECK(rules::masked_name(plain) == expected);
    }
}

TEST_CASE("ID numbers keep their last character only") {
    for (const auto& [plain, expected] : {
             row{"22010420050315123X", "*****************X"},
             row{"220104200001010007", "*****************7"},
             row{"X", "X"},
             row{"", ""},
         }) {
        CAPTURE(plain);
        CHECK(rules::masked_id_number(plain) == expected);
    }
}

TEST_CASE("phones keep the first three and the last four") {
    for (const auto& [plain, expected] : {
             row{"13812345678", "138****5678"},
             row{"+8613812345678", "+86*******5678"},
             row{"12345678", "123*5678"},
             row{"1234567", "*******"},
             row{"110", "***"},
             row{"", ""},
         }) {
        CAPTURE(plain);
        CHECK(rules::masked_phone(plain) == expected);
    }
}

TEST_CASE("a mask never cuts a character in half") {
    for (const std::string text :
         {"张小同", "欧阳", "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷", "一二三四五六七八九十"}) {
        CAPTURE(text);
        CHECK(base::is_utf8(rules::masked_name(text)));
        CHECK(base::is_utf8(rules::masked_id_number(text)));
        CHECK(base::is_utf8(rules::masked_phone(text)));
        CHECK(rules::masked_phone(text) != text);
    }
}
