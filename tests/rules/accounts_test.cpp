#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "server/rules/contact.hpp"
#include "server/rules/new_password.hpp"
#include "server/rules/security_questions.hpp"

using rules::password_verdict;

TEST_CASE("what a password of one's own must be") {
    struct row {
        std::string password;
        password_verdict expected;
    };
    const std::vector<row> table{
        {"rain-on-7", password_verdict::ok},
        {"Abcdefg1", password_verdict::ok},
        {std::string(62, 'a') + "bC1", password_verdict::too_long},
        {"", password_verdict::too_short},
        {"Abcd12!", password_verdict::too_short},
        {"abcdefgh", password_verdict::too_uniform},
        {"12345678", password_verdict::too_uniform},
        {"!!??..,,", password_verdict::too_uniform},
        {"aaaaaaa1", password_verdict::too_repetitive},
        {"abc 1234", password_verdict::odd_character},
        {"密码是这个12ab", password_verdict::odd_character},
        {"tab\tab12", password_verdict::odd_character},
        {"2026010203a", password_verdict::like_oneself},
        {"x2026010203", password_verdict::like_oneself},
        {"a01234Xb", password_verdict::like_oneself},
        {"A01234xB", password_verdict::like_oneself},
        {"11010119900101234x", password_verdict::like_oneself},
        {"2026010203-but-much-more", password_verdict::ok},
    };
    for (const auto& [password, expected] : table) {
        CAPTURE(password);
        const auto verdict = rules::judge_password(password, "2026010203", "11010119900101234X");
        CHECK(verdict == expected);
        CHECK(rules::sentence_for(verdict).empty() == (expected == password_verdict::ok));
    }
    CHECK(rules::judge_password("abcdefg1", "", "") == password_verdict::ok);
}

TEST_CASE("three different questions, three different answers") {
    using list = std::vector<rules::question_answer>;
    const list good{{"book", "红楼梦"}, {"food", "锅包肉"}, {"birthplace", "长春"}};
    CHECK(rules::judge_answers(good) == rules::answers_verdict::ok);
    const auto with = [&](std::size_t at, rules::question_answer other) {
        auto changed = good;
        changed[at] = std::move(other);
        return rules::judge_answers(changed);
    };
    CHECK(rules::judge_answers({}) == rules::answers_verdict::wrong_number);
    CHECK(rules::judge_answers({good[0], good[1]}) == rules::answers_verdict::wrong_number);
    CHECK(with(0, {"food", "别的菜"}) == rules::answers_verdict::wrong_number);
    CHECK(with(0, {"no such", "红楼梦"}) == rules::answers_verdict::wrong_number);
    CHECK(with(0, {"book", "红"}) == rules::answers_verdict::too_short);
    CHECK(with(0, {"book", " 红 "}) == rules::answers_verdict::too_short);
    CHECK(with(0, {"book", std::string(33, 'x')}) == rules::answers_verdict::too_long);
    CHECK(with(0, {"book", "锅 包 肉"}) == rules::answers_verdict::same_answers);
}

TEST_CASE("answers are remembered in any order, with or without blanks and capitals") {
    using list = std::vector<rules::question_answer>;
    const list one{{"book", "The Book"}, {"food", "锅包肉"}, {"birthplace", "长　春"}};
    const list other{{"food", " 锅包肉"}, {"birthplace", "长春"}, {"book", "the  book"}};
    CHECK(rules::joined_answers(one) == rules::joined_answers(other));
    CHECK(rules::joined_questions(one) == "birthplace,book,food");
    CHECK(
        rules::split_questions("birthplace,book,food") ==
        std::vector<std::string>{"birthplace", "book", "food"}
    );
    CHECK(rules::split_questions("").empty());
    list swapped = one;
    std::swap(swapped[0].answer, swapped[1].answer);
    CHECK_MESSAGE(
        rules::joined_answers(one) != rules::joined_answers(swapped), "each to its question"
    );
}

TEST_CASE("a name without an account has three questions, always the same") {
    const auto first = rules::questions_for_nobody(std::string("\x07\x07\x07\xff", 4));
    CHECK(rules::split_questions(first).size() == rules::questions_needed);
    CHECK(first == rules::questions_for_nobody(std::string("\x07\x07\x07\x01", 4)));
    CHECK(first != rules::questions_for_nobody(std::string("\x01\x02\x03\x04", 4)));
    for (const auto& id : rules::split_questions(first)) CHECK(!rules::question_text(id).empty());
}

TEST_CASE("contact data as people type it") {
    CHECK(rules::normal_digits(" 138-0013 8000") == "13800138000");
    CHECK(rules::normal_digits("１３８ab") == "138ab");
    CHECK(rules::is_mobile("13800138000"));
    CHECK_FALSE(rules::is_mobile("12800138000"));
    CHECK_FALSE(rules::is_mobile("1380013800"));
    CHECK_FALSE(rules::is_mobile("1380013800a"));
    for (const auto* good : {"a@b.cn", "someone.else+x@mail.example.com"})
        CHECK(rules::is_email(good));
    for (const auto* bad :
         {"", "@b.cn", "a@", "a@b", "a@b.", "a@.cn", "a@b@c.cn", "a b@c.cn", "<a>@c.cn", "a@b.c"}) {
        CAPTURE(bad);
        CHECK_FALSE(rules::is_email(bad));
    }
    CHECK(rules::is_postcode("130000"));
    CHECK_FALSE(rules::is_postcode("13000"));
    CHECK(rules::is_bank_card("6222000000000009"));
    CHECK_FALSE(rules::is_bank_card("6222000000000000"));
    CHECK_FALSE(rules::is_bank_card("0000000000000000"));
    CHECK_FALSE(rules::is_bank_card("62220000009"));
    CHECK_FALSE(rules::is_bank_card("62220000000000000009"));
    CHECK_FALSE(rules::is_bank_card("622200000000000x"));
}

TEST_CASE("masks of contact data") {
    CHECK(rules::masked_email("someone@example.com") == "s***@example.com");
    CHECK(rules::masked_email("") == "");
    CHECK(rules::masked_bank_card("6222000000000009") == "**** **** **** 0009");
    CHECK(rules::masked_bank_card("") == "");
    CHECK(rules::masked_bank_card("123") == "**** **** **** ");
    CHECK(rules::masked_address("吉林省长春市无名路") == "吉林省长春市******");
    CHECK(rules::masked_address("长春") == "长春");
}
