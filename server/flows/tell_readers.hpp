#pragma once

#include <cstdint>
#include <string>

#include "db/outbox.hpp"
#include "server/base/task.hpp"
#include "server/flows/message_facts.hpp"
#include "server/flows/parts.hpp"
#include "server/rules/sending.hpp"

namespace flows {

// How telling ended, and with whom.
struct told {
    rules::try_end end = rules::try_end::nobody;
    std::string code;   // WeChat's errcode; "" for none
    std::string field;  // of a template, where WeChat named the key that it does not like
    std::string openid;
    std::string msgid;
    db::message_way way = db::message_way::none;
};

// Tells the first of the readers who can be reached, within 28 seconds. The order of readers is the
// same at each try, and so is the id for WeChat: a repeat goes to whoever may have got it.
base::task<told> tell_readers(parts& with, std::int64_t id, const message_facts& facts);

}  // namespace flows
