#pragma once

#include <string>
#include <string_view>
#include <vector>

// 密保问题: a fixed list, of which a student answers three when choosing a password.
namespace rules {

struct security_question {
    std::string_view id;
    std::string_view text;
};

inline constexpr std::size_t questions_needed = 3;

const std::vector<security_question>& security_questions();
// "" for an unknown id.
std::string_view question_text(std::string_view id);

struct question_answer {
    std::string question;
    std::string answer;
};

enum class answers_verdict {
    ok,
    wrong_number,  // not questions_needed different, known questions
    too_short,     // an answer with fewer than two characters
    too_long,      // more than 32 characters
    same_answers,
};

answers_verdict judge_answers(const std::vector<question_answer>& answers);
std::string_view sentence_for(answers_verdict verdict);

// What is hashed: the answers in the order of their questions' ids, blanks and case aside, so that
// what people remember is enough.
std::string joined_answers(std::vector<question_answer> answers);
// "birthplace,teacher,…" in the same order.
std::string joined_questions(const std::vector<question_answer>& answers);
std::vector<std::string> split_questions(std::string_view joined);

// The questions that a name without an account is asked: always the same ones for one name, chosen
// by 32 bytes that nobody can guess.
std::string questions_for_nobody(std::string_view keyed_hash);

}  // namespace rules
