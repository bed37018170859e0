#pragma once

#include <optional>
#include <string>

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// The account's server address: a follower writes, taps or follows.
namespace flows {

// What WeChat sent.
struct callback_request {
    wechat::mp::query_list query;
    std::string body;
};

// The echo of the URL verification; nullopt: refuse.
std::optional<std::string> verify_callback(const parts& with, const callback_request& asked);

// Answers within the five seconds that WeChat waits; a repeated delivery gets the same answer and
// acts once. nullopt: not authentic, nothing was done.
base::task<std::optional<std::string>> answer_message(parts& with, callback_request came);

}  // namespace flows
