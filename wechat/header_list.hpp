#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wechat {

// Header lines in order, as they came or as they go. Names compare without case.
using header_list = std::vector<std::pair<std::string, std::string>>;

// Value of the first line of that name; "" when absent.
std::string_view find_header(const header_list& headers, std::string_view name);
std::size_t count_headers(const header_list& headers, std::string_view name);

}  // namespace wechat
