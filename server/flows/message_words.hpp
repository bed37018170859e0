#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/flows/message_facts.hpp"
#include "server/flows/parts.hpp"

// How a message reads. All texts are Chinese; times are Beijing's.
namespace flows {

// The template that the school chose for it; nullptr: a text is sent.
const base::template_conf* template_for(const parts& with, const message_facts& facts);

// "thing1" → text, by the school's mapping.
std::vector<std::pair<std::string, std::string>> template_values(
    const parts& with, const base::template_conf& chosen, const message_facts& facts
);

// For the chat, with a link to the order. At most 2048 bytes.
std::string text_of(const parts& with, const message_facts& facts);

// The order's page.
std::string link_of(const parts& with, const message_facts& facts);

}  // namespace flows
