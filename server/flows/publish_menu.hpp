#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

namespace flows {

enum class publish_result {
    published,  // sent, read back, equal
    not_valid,  // breaks WeChat's rules; nothing was sent
    refused,    // WeChat said no
    unknown,    // no answer, and reading back did not settle it
    differs,    // live, but not what was sent
};

struct publish_report {
    publish_result result = publish_result::unknown;
    std::vector<std::string> sentences;  // Chinese: problems, WeChat's refusal, differences
    std::string code;                    // WeChat's, when refused
};

// menu_json: a menu as WeChat spells it; `${public_url}` stands for our address. The exact bytes
// are kept as a publication before they are sent. Unknown is settled by reading the menu back.
base::task<publish_report> publish_menu(parts& with, std::string menu_json, std::string by);

struct live_menu_report {
    bool known = false;
    std::vector<std::string> sentences;
};

// What is live, compared with the file.
base::task<live_menu_report> compare_menu(parts& with, std::string menu_json);

}  // namespace flows
