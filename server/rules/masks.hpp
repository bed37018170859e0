#pragma once

#include <string>
#include <string_view>

// Personal data as pages show it.
namespace rules {

std::string masked_name(std::string_view name);            // 张三 → 张*, 张小同 → 张*同
std::string masked_id_number(std::string_view id_number);  // stars and the last character
std::string masked_phone(std::string_view phone);          // 138****5678

}  // namespace rules
