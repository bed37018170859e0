#include "server/rules/capitals.hpp"

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "server/base/error.hpp"

namespace {

struct row {
    std::int64_t fen;
    std::string written;
};

}  // namespace

TEST_CASE("amounts in capitals") {
    for (const auto& [fen, written] : {
             row{0, "零元整"},
             row{1, "壹分"},
             row{10, "壹角整"},
             row{12, "壹角贰分"},
             row{50, "伍角整"},
             row{100, "壹元整"},
             row{105, "壹元零伍分"},
             row{150, "壹元伍角整"},
             row{1000, "壹拾元整"},
             row{1100, "壹拾壹元整"},
             row{10'000, "壹佰元整"},
             row{10'500, "壹佰零伍元整"},
             row{11'050, "壹佰壹拾元伍角整"},
             row{100'500, "壹仟零伍元整"},
             row{105'000, "壹仟零伍拾元整"},
             row{140'950, "壹仟肆佰零玖元伍角整"},
             row{600'714, "陆仟零柒元壹角肆分"},
             row{168'032, "壹仟陆佰捌拾元叁角贰分"},
             row{700'000, "柒仟元整"},
             row{1'000'000, "壹万元整"},
             row{1'000'100, "壹万零壹元整"},
             row{1'010'000, "壹万零壹佰元整"},
             row{1'640'902, "壹万陆仟肆佰零玖元零贰分"},
             row{10'000'500, "壹拾万零伍元整"},
             row{10'700'053, "壹拾万零柒仟元伍角叁分"},
             row{100'050'000, "壹佰万零伍佰元整"},
             row{9'999'999'999, "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"},
             row{10'000'000'000, "壹亿元整"},
             row{10'000'000'100, "壹亿零壹元整"},
             row{10'001'000'000, "壹亿零壹万元整"},
             row{1'000'000'000'005, "壹佰亿元零伍分"},
             row{12'345'678'901'234, "壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元叁角肆分"},
         }) {
        CAPTURE(fen);
        CHECK(rules::in_capitals(base::fen{fen}) == written);
    }
}

TEST_CASE("what cannot be written out is refused") {
    CHECK_THROWS_AS(rules::in_capitals(base::fen{-1}), base::error);
    CHECK_THROWS_AS(rules::in_capitals(base::fen{100'000'000'000'000}), base::error);
}
