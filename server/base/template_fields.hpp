#pragma once

#include <string>
#include <string_view>

// What a key of a template message may be filled with. The keys ("thing1") are the template's; the
// words are ours:
//
//   items order_no student school  in every message
//   amount time                    what was paid and when; in a refund what came back and when
//   refund_no reason               of a refund
//   =text                          always this text
namespace base {

enum class template_kind { paid, refunded };

// "" where `key` can be filled with `word`, else what is wrong, for the configuration's reader.
std::string flaw_of_template_field(template_kind kind, std::string_view key, std::string_view word);

}  // namespace base
