#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/flows/reconcile_day.hpp"

namespace commands {

// The day on paper: one page of HTML that needs nothing else, for A4, with places to sign. Numbers
// and amounts only; nothing about persons but the names of those who decided.
std::string reconciliation_sheet(const flows::day_report& report, const std::string& school);

// "finance:li" → "li".
std::string person_of(const std::string& by);
std::string yuan_or_dash(const std::optional<base::fen>& amount);
// 1/1000 fen as yuan, without a floating point: "54.00000".
std::string fine_yuan(std::int64_t fine);
std::string signed_yuan(base::fen amount);
std::string title_of(db::day_state state);
std::string title_of_resolution(const std::string& resolution);

}  // namespace commands
