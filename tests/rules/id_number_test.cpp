#include "server/rules/id_number.hpp"

#include <array>
#include <random>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

using rules::id_number_verdict;

namespace {

constexpr base::business_day today{2026, 11, 22};

// ISO 7064 MOD 11-2, worked from the definition (Σ aᵢ·2^(i-1) ≡ 1 mod 11, counted from the right)
// and not from the table of weights that the source uses.
char check_of(const std::string& first_17) {
    int remainder = 0;
    for (const char c : first_17) remainder = (remainder + (c - '0')) * 2 % 11;
    const int check = (12 - remainder) % 11;
    return check == 10 ? 'X' : static_cast<char>('0' + check);
}

std::string complete(const std::string& first_17) {
    return first_17 + check_of(first_17);
}

std::string random_number(std::mt19937& draw) {
    const auto birth = base::plus_days({1960, 1, 1}, static_cast<int>(draw() % (50 * 365)));
    return complete(fmt::format(
        "{:06}{}{:03}", 110000 + draw() % 540000, base::to_compact(birth), draw() % 1000
    ));
}

}  // namespace

TEST_CASE("numbers are judged") {
    struct row {
        std::string text;
        id_number_verdict expected;
    };
    for (const auto& [text, expected] : {
             // Examples of the standard itself.
             row{"11010519491231002X", id_number_verdict::ok},
             row{"440524188001010014", id_number_verdict::wrong_birth_day},  // 1880: too old here
             row{"22010420050315123X", id_number_verdict::ok},
             row{"220104200802291240", id_number_verdict::ok},  // a leap day
             row{"220104200602291238", id_number_verdict::wrong_birth_day},
             row{"220104200001010007", id_number_verdict::ok},
             row{"220181199912319985", id_number_verdict::ok},
             row{"220202190101010019", id_number_verdict::ok},
             row{"220104200503151231", id_number_verdict::wrong_check_digit},
             row{"22010420050315123x", id_number_verdict::wrong_character},  // see normal_id_number
             row{"", id_number_verdict::wrong_length},
             row{"220104050315123", id_number_verdict::wrong_length},  // the old 15 digits
             row{"22010420050315123", id_number_verdict::wrong_length},
             row{"22010420050315123X0", id_number_verdict::wrong_length},
             row{"２２０１０４", id_number_verdict::wrong_character},  // 18 bytes
             row{"2201042005O315123X", id_number_verdict::wrong_character},
             row{"2201042005 315123X", id_number_verdict::wrong_character},
             row{"X2010420050315123X", id_number_verdict::wrong_character},
             row{"22010420050315123Y", id_number_verdict::wrong_character},
             row{"220104200513151235", id_number_verdict::wrong_birth_day},
             row{"220104200500151235", id_number_verdict::wrong_birth_day},
             row{"220104200503001235", id_number_verdict::wrong_birth_day},
             row{"220104200511311235", id_number_verdict::wrong_birth_day},
             row{complete("22010420261122001"), id_number_verdict::ok},  // born today
             row{complete("22010420261123001"), id_number_verdict::wrong_birth_day},
             row{complete("22010418991231001"), id_number_verdict::wrong_birth_day},
             row{complete("22010419000101001"), id_number_verdict::ok},
         }) {
        CAPTURE(text);
        CHECK(rules::judge_id_number(text, today) == expected);
    }
}

TEST_CASE("every verdict but ok has a sentence of its own, without the number") {
    std::set<std::string_view> sentences;
    for (const auto verdict :
         {id_number_verdict::wrong_length,
          id_number_verdict::wrong_character,
          id_number_verdict::wrong_birth_day,
          id_number_verdict::wrong_check_digit}) {
        CHECK_FALSE(rules::sentence_for(verdict).empty());
        CHECK(sentences.insert(rules::sentence_for(verdict)).second);
    }
    CHECK(rules::sentence_for(id_number_verdict::ok).empty());
}

TEST_CASE("all check characters occur, and each valid number is taken") {
    std::mt19937 draw{5};
    std::set<char> seen;
    for (int i = 0; i < 5000; ++i) {
        const auto number = random_number(draw);
        CAPTURE(number);
        CHECK(rules::judge_id_number(number, today) == id_number_verdict::ok);
        seen.insert(number.back());
    }
    CHECK(seen.size() == 11);
}

TEST_CASE("every single wrong character is found") {
    std::mt19937 draw{6};
    for (int i = 0; i < 300; ++i) {
        const auto number = random_number(draw);
        for (std::size_t at = 0; at < number.size(); ++at) {
            for (const char other : std::string_view{"0123456789X"}) {
                if (other == number[at]) continue;
                auto wrong = number;
                wrong[at] = other;
                CAPTURE(wrong);
                CHECK(rules::judge_id_number(wrong, today) != id_number_verdict::ok);
            }
        }
    }
}

TEST_CASE("every two neighbours changed over are found") {
    std::mt19937 draw{7};
    for (int i = 0; i < 300; ++i) {
        const auto number = random_number(draw);
        for (std::size_t at = 0; at + 1 < number.size(); ++at) {
            if (number[at] == number[at + 1]) continue;
            auto wrong = number;
            std::swap(wrong[at], wrong[at + 1]);
            CAPTURE(wrong);
            CHECK(rules::judge_id_number(wrong, today) != id_number_verdict::ok);
        }
    }
}

TEST_CASE("what people type is brought into one form") {
    struct row {
        std::string typed;
        std::string expected;
    };
    for (const auto& [typed, expected] : {
             row{"22010420050315123X", "22010420050315123X"},
             row{"22010420050315123x", "22010420050315123X"},
             row{" 22010420050315123X\t", "22010420050315123X"},
             row{"220104 20050315 123X", "22010420050315123X"},
             row{"２２０１０４２００５０３１５１２３Ｘ", "22010420050315123X"},
             row{"２２０１０４２００５０３１５１２３ｘ", "22010420050315123X"},
             row{"０１２３４５６７８９", "0123456789"},
             row{"\u3000220104\u3000", "220104"},  // the blank of a Chinese keyboard
             row{"\u00a0220104\u00a0", "220104"},  // the blank that copying from a page leaves
             row{"220104\r\n", "220104"},
             row{"张三", "张三"},  // not ours to change
             row{"\xef", "\xef"},
             row{"\xef\xbc", "\xef\xbc"},
             row{"", ""},
         }) {
        CAPTURE(typed);
        CHECK(rules::normal_id_number(typed) == expected);
        CHECK(rules::normal_id_number(expected) == expected);
    }
}

TEST_CASE("the initial password is the last six, with its X") {
    CHECK(rules::last_six("22010420050315123X") == "15123X");
    CHECK(rules::last_six("123456") == "123456");
}

TEST_CASE("the seventeenth digit tells the gender") {
    CHECK(rules::gender_of("22010420050315123X") == rules::gender::male);
    CHECK(rules::gender_of("220104200802291240") == rules::gender::female);
    CHECK(rules::gender_of("220104200001010007") == rules::gender::female);
}
