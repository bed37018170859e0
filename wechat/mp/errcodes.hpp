#pragma once

#include <string>
#include <string_view>

namespace wechat::mp {

// What to do about an errcode.
enum class reaction {
    retry_later,     // busy or too frequent
    renew_token,     // compare and refresh, once
    start_again,     // a new authorization
    drop_recipient,  // this follower cannot be reached
    fix_content,     // never again unchanged
    quota,           // nothing more today
    configuration,   // a person must correct settings
    alarm,           // a person must look
};

struct errcode_fact {
    int code;
    reaction what;
    std::string_view sentence;  // Chinese, for administrators
};

// nullptr when it is not in the table: treat as alarm.
const errcode_fact* find_errcode(std::string_view code);
// The table's sentence, or a general one with the code.
std::string sentence_for(std::string_view code);

}  // namespace wechat::mp
