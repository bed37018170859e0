#include "server/rules/security_questions.hpp"

#include <algorithm>
#include <set>

namespace rules {
namespace {

constexpr std::size_t answer_min = 2;
constexpr std::size_t answer_max = 32;

std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

// Without blanks (the wide one too), ASCII letters small.
std::string plain(std::string_view text) {
    constexpr std::string_view wide_blank = "\xE3\x80\x80";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, wide_blank.size()) == wide_blank) {
            i += wide_blank.size() - 1;
            continue;
        }
        const char c = text[i];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

void sort_by_question(std::vector<question_answer>& answers) {
    std::ranges::sort(answers, {}, &question_answer::question);
}

}  // namespace

const std::vector<security_question>& security_questions() {
    static const std::vector<security_question> all{
        {"birthplace", "您的出生地是哪里？"},
        {"primary_school", "您就读的小学叫什么名字？"},
        {"head_teacher", "您高中（中专）班主任的姓名是什么？"},
        {"father", "您父亲的姓名是什么？"},
        {"mother", "您母亲的姓名是什么？"},
        {"friend", "您最要好的朋友叫什么名字？"},
        {"book", "您最喜欢的一本书是什么？"},
        {"film", "您最喜欢的一部电影是什么？"},
        {"food", "您最喜欢的一道菜是什么？"},
        {"journey", "您第一次乘火车去了哪里？"},
    };
    return all;
}

std::string_view question_text(std::string_view id) {
    const auto& all = security_questions();
    const auto found = std::ranges::find(all, id, &security_question::id);
    return found == all.end() ? std::string_view{} : found->text;
}

answers_verdict judge_answers(const std::vector<question_answer>& answers) {
    std::set<std::string> questions;
    std::set<std::string> contents;
    for (const auto& one : answers) {
        if (question_text(one.question).empty()) return answers_verdict::wrong_number;
        questions.insert(one.question);
        contents.insert(plain(one.answer));
    }
    if (answers.size() != questions_needed || questions.size() != questions_needed) {
        return answers_verdict::wrong_number;
    }
    for (const auto& content : contents) {
        if (characters_in(content) < answer_min) return answers_verdict::too_short;
        if (characters_in(content) > answer_max) return answers_verdict::too_long;
    }
    if (contents.size() != questions_needed) return answers_verdict::same_answers;
    return answers_verdict::ok;
}

std::string_view sentence_for(answers_verdict verdict) {
    switch (verdict) {
        case answers_verdict::ok:
            return "";
        case answers_verdict::wrong_number:
            return "请选择三个不同的密保问题并全部作答";
        case answers_verdict::too_short:
            return "密保答案至少两个字";
        case answers_verdict::too_long:
            return "密保答案最多 32 个字";
        case answers_verdict::same_answers:
            return "三个密保答案不能相同";
    }
    return "密保问题填写有误";
}

std::string joined_answers(std::vector<question_answer> answers) {
    sort_by_question(answers);
    std::string out;
    for (const auto& one : answers) out += one.question + '\n' + plain(one.answer) + '\n';
    return out;
}

std::string joined_questions(const std::vector<question_answer>& answers) {
    auto sorted = answers;
    sort_by_question(sorted);
    std::string out;
    for (const auto& one : sorted) out += (out.empty() ? "" : ",") + one.question;
    return out;
}

std::vector<std::string> split_questions(std::string_view joined) {
    std::vector<std::string> out;
    while (!joined.empty()) {
        const auto end = std::min(joined.find(','), joined.size());
        out.emplace_back(joined.substr(0, end));
        joined.remove_prefix(std::min(end + 1, joined.size()));
    }
    return out;
}

std::string questions_for_nobody(std::string_view keyed_hash) {
    std::vector<std::string> left;
    for (const auto& one : security_questions()) left.emplace_back(one.id);
    std::vector<question_answer> chosen;
    for (std::size_t i = 0; i < questions_needed && i < keyed_hash.size(); ++i) {
        const auto at = static_cast<unsigned char>(keyed_hash[i]) % left.size();
        chosen.push_back({left[at], {}});
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return joined_questions(chosen);
}

}  // namespace rules
