#include "server/rules/desk_words.hpp"

#include <doctest/doctest.h>

TEST_CASE("words of the books are read in Chinese, and unknown ones stand for themselves") {
    CHECK(rules::order_attention_text("late_money") == "订单关闭后到账，未能全部计入费用");
    CHECK(rules::order_attention_text("") == "");
    CHECK(rules::refund_attention_text("NOT_ENOUGH") == "商户账户余额不足，充值后自动继续");
    CHECK(rules::refund_attention_text("SOME_CODE") == "SOME_CODE");
    CHECK(rules::notice_outcome_text("applied") == "已入账");
    CHECK(rules::question_answer_text("query", "closed") == "已关闭");
    CHECK(rules::question_answer_text("close", "closed") == "微信已受理关闭");
    CHECK(rules::action_text("refund.release") == "复核通过");
    CHECK(rules::journal_kind_text("refund_sent") == "退款发出");
    CHECK(rules::account_text("fee:7", "学费") == "学费");
    CHECK(rules::account_text("provider:1900000001", "") == "微信商户 1900000001");
    CHECK(rules::account_text("suspense", "") == "待定款项");
    CHECK(rules::actor_text("rule:late_money") == "系统规则");
    CHECK(rules::actor_text("finance:li") == "li（命令行）");
    CHECK(rules::actor_text("student:4711") == "学生本人");
}
