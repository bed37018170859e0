#pragma once

#include <string>
#include <string_view>

// The words that the books keep, as finance reads them. A word that is not known here stands for
// itself: it is better shown raw than hidden.
namespace rules {

std::string order_attention_text(std::string_view word);   // "" = ""
std::string refund_attention_text(std::string_view word);  // WeChat's code or a word of ours
std::string notice_outcome_text(std::string_view word);
std::string question_answer_text(std::string_view kind, std::string_view answer);
std::string action_text(std::string_view action);
std::string journal_kind_text(std::string_view kind);
// item_name: of a fee's account.
std::string account_text(std::string_view account, std::string_view item_name);
// Who, where it was no operator with a name: "rule:late_money", "finance:li", "student:4711".
std::string actor_text(std::string_view actor);

}  // namespace rules
