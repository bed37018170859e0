#pragma once

#include <string>
#include <string_view>

namespace rules {

// "Chrome · Windows" of a User-Agent header: enough to recognise one's own sessions in a list, and
// no more. Always one of a few words of ours, never a part of the header.
std::string browser_name(std::string_view user_agent);

}  // namespace rules
