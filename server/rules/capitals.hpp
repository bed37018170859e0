#pragma once

#include <string>

#include "server/base/money.hpp"

// 人民币大写, as the Ministry of Finance's rule for bills and receipts writes amounts.
namespace rules {

// 1,005.00 → 壹仟零伍元整. Always ends in 整 or 分, so that nothing can be written behind it.
// Throws base::error{internal} for less than nothing or a trillion yuan and more.
std::string in_capitals(base::fen amount);

}  // namespace rules
